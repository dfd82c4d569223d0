// @ts-check
/** Marks over an index, joined by lines: arm A hollow circles, arm B filled squares, theory dashed. */

import { Extent, baseAxis, drawable, label, scale, ticks, valueAxis } from '../draw/axes.js';
import { font } from '../draw/canvas.js';
import { apart, colourOf, cross, dashed, point, words } from '../draw/marks.js';
import { scientific } from '../draw/numbers.js';
import { number } from '../session/frame.js';
import { vector } from './profile.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/axes.js').Scale} Scale */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').ProfileSpec} ProfileSpec */
/** @typedef {import('./profile.js').Row} Row */

/** @param {Sheet} sheet @param {ProfileSpec} spec @param {Frame} frame @param {Row[]} rows */
export function profileMarks(sheet, spec, frame, rows) {
  const { width, height, unit, look, context: pen } = sheet;
  const count = Math.max(...rows.map(({ values }) => values.length));
  const theories = spec.theory.map((theory) => {
    const flat = theory.value ?? number(frame, theory.channel);
    return { theory, values: Number.isFinite(flat) ? Array(count).fill(flat) : vector(frame, theory.channel) ?? [] };
  });
  const extent = new Extent(spec.scale);
  for (const { values } of [...rows, ...theories]) extent.addAll(values);
  const [low, high] = extent.padded(0.08);
  pen.font = font(look.size.tick);
  const names = ticks(spec.scale, low, high, 5).map((tick) => pen.measureText(label(spec.scale, tick)).width);
  const left = Math.max(pen.measureText(spec.axis).width, ...names) + 12 * unit;
  const box = { left, right: width - 16 * unit, top: 10 * unit, bottom: height - look.size.tick - 9 * unit };
  const x = scale('linear', 0.6, count + 0.4, box.left, box.right);
  const y = scale(spec.scale, low, high, box.bottom, box.top);
  valueAxis(sheet, box, y);
  const every = Math.max(1, Math.ceil(count / Math.max(2, (box.right - box.left) / (30 * unit))));
  baseAxis(sheet, box, x, Array.from({ length: Math.ceil(count / every) }, (_, n) => 1 + n * every), String);
  if (spec.axis) {
    words(sheet, spec.axis, left - 7 * unit, box.bottom + 6 * unit, { colour: look.colour['ink-2'], align: 'right', baseline: 'top' });
  }
  for (const { theory, values } of theories) theoryLine(sheet, theory.label, values, x, y);
  for (const row of rows) measured(sheet, row, x, y, box);
  names.length && named(sheet, rows, x, y, box);
  if (rows.length === 2) bracket(sheet, rows, x, y);
}

/** @param {Sheet} sheet @param {Row} row @param {Scale} x @param {Scale} y @param {import('../draw/axes.js').Box} box */
function measured(sheet, { line, values }, x, y, box) {
  const { context: pen, look, unit } = sheet;
  const colour = colourOf(look, line.mark);
  [pen.strokeStyle, pen.lineWidth, pen.lineJoin] = [colour, 2.4 * unit, 'round'];
  pen.beginPath();
  let joined = false;
  values.forEach((value, entry) => {
    const fits = drawable(y.kind, value);
    if (fits && joined) pen.lineTo(x(entry + 1), y(value));
    else if (fits) pen.moveTo(x(entry + 1), y(value));
    joined = fits;
  });
  pen.stroke();
  values.forEach((value, entry) => {
    if (drawable(y.kind, value)) point(sheet, line.mark, x(entry + 1), y(value));
    else if (value === 0) words(sheet, '0', x(entry + 1), box.bottom - 2, { colour, align: 'center', baseline: 'bottom' });
    else cross(sheet, x(entry + 1), value > 0 ? box.top : box.bottom - 8 * unit, colour);
  });
}

/** The label stands on the line, above its middle. @param {Sheet} sheet @param {string} text @param {number[]} values
 * @param {Scale} x @param {Scale} y */
function theoryLine(sheet, text, values, x, y) {
  const points = values.flatMap((value, entry) =>
    drawable(y.kind, value) ? [/** @type {[number, number]} */ ([x(entry + 1), y(value)])] : []);
  if (!points.length) return;
  dashed(sheet, points);
  const middle = points[Math.floor(points.length / 2)] ?? [0, 0];
  const rises = (points.at(-1)?.[1] ?? 0) < (points[0]?.[1] ?? 0) - 20;
  const { unit, context: pen, look } = sheet;
  pen.font = font(look.size.tick);
  const least = x(x.low) + pen.measureText(text).width * (rises ? 1 : 0.5) + 20 * unit;
  words(sheet, text, Math.max(least, middle[0] + (rises ? -8 : 0) * unit), middle[1] - 10 * unit, {
    align: rises ? 'right' : 'center', baseline: 'bottom',
  });
}

/** Labels at the last marks, above or below so that they do not meet. @param {Sheet} sheet @param {Row[]} rows
 * @param {Scale} x @param {Scale} y @param {import('../draw/axes.js').Box} box */
function named(sheet, rows, x, y, box) {
  const { look, unit } = sheet;
  const told = rows.filter(({ line, values }) => line.label && values.some((value) => drawable(y.kind, value)));
  const spots = told.map(({ values }) => {
    const last = values.findLastIndex((value) => drawable(y.kind, value));
    return { x: x(last + 1), y: y(values[last] ?? NaN) };
  });
  const order = spots.map((spot) => spot.y);
  const lowest = Math.max(...order);
  const wanted = order.map((place) => (place === lowest && told.length > 1 ? place + 18 * unit : place - 18 * unit));
  const places = apart(wanted, look.size.title, box.top, box.bottom - 8 * unit);
  told.forEach(({ line }, index) => words(sheet, line.label, (spots[index]?.x ?? 0) + 6 * unit, places[index] ?? 0, {
    size: look.size.title, weight: 650, colour: colourOf(look, line.mark), align: 'right',
  }));
}

/** Where two arms differ most, if by more than ten times: how many times. @param {Sheet} sheet @param {Row[]} rows
 * @param {Scale} x @param {Scale} y */
function bracket(sheet, rows, x, y) {
  const found = widest(rows[0]?.values ?? [], rows[1]?.values ?? []);
  if (!found) return;
  const { context: pen, look, unit } = sheet;
  const place = x(found.entry + 1);
  const [top, bottom] = [y(found.high) + 12 * unit, y(found.low) - 12 * unit];
  if (bottom - top < 40 * unit) return;
  [pen.strokeStyle, pen.lineWidth] = [look.colour.ink, 1.2 * unit];
  pen.beginPath();
  pen.moveTo(place, top);
  pen.lineTo(place, bottom);
  for (const [end, sign] of /** @type {const} */ ([[top, 1], [bottom, -1]])) {
    pen.moveTo(place - 4 * unit, end + sign * 6 * unit);
    pen.lineTo(place, end);
    pen.lineTo(place + 4 * unit, end + sign * 6 * unit);
  }
  pen.stroke();
  const leftHalf = place < sheet.width / 2;
  words(sheet, `${scientific(found.high / found.low, 0)} times smaller`, place + (leftHalf ? 12 : -12) * unit,
    top + (bottom - top) * 0.25, { size: look.size.title, weight: 650, align: leftHalf ? 'left' : 'right' });
}

/** @param {number[]} first @param {number[]} second @returns {{entry: number, low: number, high: number} | null} */
export function widest(first, second) {
  /** @type {{entry: number, low: number, high: number} | null} */
  let found = null;
  for (let entry = 0; entry < Math.min(first.length, second.length); entry += 1) {
    const [one, two] = [first[entry] ?? NaN, second[entry] ?? NaN];
    if (!(one > 0 && two > 0 && Number.isFinite(one) && Number.isFinite(two))) continue;
    const [low, high] = one < two ? [one, two] : [two, one];
    if (high / low > 10 && high / low > (found ? found.high / found.low : 0)) found = { entry, low, high };
  }
  return found;
}
