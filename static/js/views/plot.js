// @ts-check
/** How a relation is drawn: axes, bars or marks, errors, theory, the ball, and words where they cover nothing. */

import { baseAxis, drawable, label, room, scale, stroke, ticks, valueAxis } from '../draw/axes.js';
import { font } from '../draw/canvas.js';
import { ball, colourOf, cross, dashed, point, words } from '../draw/marks.js';
import { square } from '../draw/places.js';
import { named, theoryLabel } from './callouts.js';
import { ranges, rising, spacing, unbroken } from './points.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/axes.js').Box} Box */
/** @typedef {import('../draw/axes.js').Scale} Scale */
/** @typedef {import('../draw/places.js').Places} Places */
/** @typedef {import('../draw/places.js').Point} Point */
/** @typedef {import('./types.js').RelationSpec} RelationSpec */
/** @typedef {import('./points.js').Points} Points */
/** @typedef {import('./points.js').Spot} Spot */
/** @typedef {{box: Box, x: Scale, y: Scale, thick: number}} Plot `thick`: a bar's width */

const RADIUS = 4.6;

/** @param {Sheet} sheet @param {RelationSpec} spec @param {Points} points @param {number} chosen the mark being read
 * @param {Places} places @returns {Spot[]} */
export function plotted(sheet, spec, points, chosen, places) {
  const plot = laidOut(sheet, spec, points);
  const { box, x, y } = plot;
  const dashes = points.theory.map(({ label: name, runs, value }) => ({
    name,
    runs: (Number.isFinite(value) ? [/** @type {Point[]} */ ([[x.low, value], [x.high, value]])] : runs)
      .map((run) => run.map(([left, height]) => /** @type {Point} */ ([x(left), y(height)]))),
  }));
  const spots = spotsOf(points, plot, spec.style);
  if (spec.style === 'bars') bars(sheet, points, spots, plot);
  // A line is joined as it comes (a loop); marks only where x goes on and on.
  const inOrder = spec.style === 'line' || (spec.style === 'marks' && rising(points.x));
  const curves = inOrder ? joined(points, plot, spec) : [];
  if (spec.style !== 'bars') lines(sheet, spec, points, spots, curves, plot);
  inside(sheet, box, () => dashes.forEach(({ runs }) => runs.forEach((run) => dashed(sheet, run))));
  places.begin([...curves.flatMap(({ runs }) => runs), ...dashes.flatMap(({ runs }) => runs)]);
  if (spec.style !== 'line') for (const { left, top } of spots) places.take(square(left, top, RADIUS * sheet.unit));
  const lit = spots.find(({ cell }) => cell === chosen);
  if (lit) outlined(sheet, lit.left, lit.top);
  if (points.now) here(sheet, points.now, plot, places);
  named(sheet, points, spots, box, places);
  for (const { name, runs } of dashes) if (name) theoryLabel(sheet, name, runs, box, places);
  return spots;
}

/** @param {Sheet} sheet @param {RelationSpec} spec @param {Points} points @returns {Plot} */
function laidOut(sheet, spec, points) {
  const { width, height, unit, look, context: pen } = sheet;
  const range = ranges(spec, points);
  const line = look.size.tick * 1.2;
  // Air all round for the mark of focus, which is drawn inside.
  const air = 6 * unit;
  const [top, bottom] = [line * 0.5 + air, height - line - 2 * air - (spec.axis ? line : 0)];
  pen.font = font(look.size.tick);
  /** @param {[number, number]} of @param {number} most @param {import('./types.js').AxisScale} kind */
  const widest = ([low, high], most, kind) => Math.max(...ticks(kind, low, high, most).map((tick) => pen.measureText(label(kind, tick)).width));
  const left = widest(range.y, Math.min(5, room(sheet, bottom - top)), spec.y_scale) + 8 * unit + air;
  const edge = spec.style === 'bars' ? 2 * unit : RADIUS * unit + 2;
  const box = { left, right: width - 10 * unit, top, bottom };
  const x = scale(spec.x_scale, ...range.x, box.left + edge, box.right - edge);
  const y = scale(spec.y_scale, ...range.y, box.bottom, box.top);
  valueAxis(sheet, box, y);
  const every = widest(range.x, 6, spec.x_scale) + 22 * unit;
  baseAxis(sheet, box, x, ticks(spec.x_scale, ...range.x, Math.min(8, (box.right - box.left) / every)), (mark) => label(spec.x_scale, mark));
  if (spec.axis) {
    words(sheet, spec.axis, box.right, height - air, { colour: look.colour['ink-2'], align: 'right', baseline: 'bottom' });
  }
  return { box, x, y, thick: spec.style === 'bars' ? Math.abs(x(spacing(points.x)) - x(0)) : 0 };
}

/** @param {Sheet} sheet @param {Box} box @param {() => void} draw */
function inside({ context: pen }, box, draw) {
  pen.save();
  pen.beginPath();
  pen.rect(box.left, box.top - 2, box.right - box.left, box.bottom - box.top + 4);
  pen.clip();
  draw();
  pen.restore();
}

/** What was measured has a mark; what is off the axis (infinite, or 0 on a log axis) has it at the edge. @param {Points} points @param {Plot} plot
 * @param {RelationSpec['style']} style @returns {Spot[]} */
function spotsOf({ x: across, rows }, { x, y, thick }, style) {
  return rows.flatMap(({ values }, row) => values.flatMap((value, entry) => {
    const at = across[entry] ?? NaN;
    if (Number.isNaN(value) || !drawable(x.kind, at)) return [];
    const shift = style === 'bars' ? ((row + 0.5) / rows.length - 0.5) * thick * 0.86 : 0;
    return [{ cell: row * across.length + entry, left: x(at) + shift, top: y(Math.max(y.low, Math.min(y.high, value))) }];
  }));
}

/** @param {Sheet} sheet @param {Points} points @param {Spot[]} spots @param {Plot} plot */
function bars({ context: pen, look }, { x, rows }, spots, { y, thick }) {
  const each = Math.max(1, (thick * 0.86) / rows.length - (thick > 4 ? 0 : 0.5));
  const base = y(Math.max(y.low, Math.min(y.high, 0)));
  for (const { cell, left, top } of spots) {
    const mark = rows[Math.floor(cell / x.length)]?.line.mark ?? 'ink';
    pen.fillStyle = mark === 'ink' ? look.colour.bar : colourOf(look, mark);
    pen.fillRect(left - each / 2, Math.min(top, base), each, Math.abs(base - top));
  }
}

/** @param {Points} points @param {Plot} plot @param {RelationSpec} spec */
function joined({ x: across, rows }, { x, y }, spec) {
  return rows.map(({ line, values }) => ({
    line,
    runs: unbroken(across.flatMap((at, entry) => [at, values[entry] ?? NaN]), spec)
      .map((run) => run.map(([left, height]) => /** @type {Point} */ ([x(left), y(height)]))),
  }));
}

/** @param {Sheet} sheet @param {RelationSpec} spec @param {Points} points @param {Spot[]} spots
 * @param {ReturnType<typeof joined>} curves @param {Plot} plot */
function lines(sheet, { style }, { x: across, rows, errors }, spots, curves, { box, x, y }) {
  const { context: pen, look, unit } = sheet;
  pen.lineJoin = 'round';
  for (const { line, runs } of curves) {
    pen.lineWidth = (style === 'line' ? 2.4 : 1.2) * unit;
    for (const run of runs) stroke(pen, colourOf(look, line.mark), run);
  }
  const first = rows[0];
  const cap = 3 * unit;
  pen.lineWidth = 1.4 * unit;
  for (const [entry, error] of errors.entries()) {
    const [left, value] = [x(across[entry] ?? NaN), first?.values[entry] ?? NaN];
    const [top, bottom] = [y(value + error), y(drawable(y.kind, value - error) ? value - error : y.low)];
    if (!first || !Number.isFinite(left + top) || !(bottom - top > 1)) continue;
    const colour = colourOf(look, first.line.mark);
    stroke(pen, colour, [[left, top], [left, bottom]]);
    for (const end of [top, bottom]) stroke(pen, colour, [[left - cap, end], [left + cap, end]]);
  }
  const small = Math.max(2, Math.min(RADIUS, (0.4 * (box.right - box.left)) / across.length / unit));
  for (const { cell, left, top } of spots) {
    const row = rows[Math.floor(cell / across.length)];
    const mark = row?.line.mark ?? 'ink';
    if (!drawable(y.kind, row?.values[cell % across.length] ?? NaN)) cross(sheet, left, top, colourOf(look, mark));
    else if (style === 'marks') point(sheet, mark, left, top, small);
  }
}

/** The mark being read: a ring, yellow inside ink. @param {Sheet} sheet @param {number} x @param {number} y */
function outlined({ context: pen, look, unit }, x, y) {
  for (const [width, colour] of /** @type {const} */ ([[4.5, 'on-now'], [2.5, 'now']])) {
    [pen.lineWidth, pen.strokeStyle] = [width * unit, look.colour[colour]];
    pen.beginPath();
    pen.arc(x, y, 7 * unit, 0, 2 * Math.PI);
    pen.stroke();
  }
}

/** @param {Sheet} sheet @param {Point} now @param {Plot} plot @param {Places} places */
function here(sheet, [across, height], { x, y }, places) {
  const [left, top] = [x(across), y(Math.max(y.low, Math.min(y.high, height)))];
  ball(sheet, left, top, 6);
  places.take(square(left, top, 6 * sheet.unit + 3));
}
