// @ts-check
/** Marks over an index, joined by lines: arm A hollow circles, arm B filled squares, theory dashed. */

import { Extent, baseAxis, drawable, label, scale, ticks, valueAxis } from '../draw/axes.js';
import { font } from '../draw/canvas.js';
import { colourOf, cross, dashed, point, sizeOf, worded, words } from '../draw/marks.js';
import { scientific } from '../draw/numbers.js';
import { boxAt, square } from '../draw/places.js';
import { number } from '../session/frame.js';
import { vector } from './profile.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/axes.js').Scale} Scale */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').ProfileSpec} ProfileSpec */
/** @typedef {import('./profile.js').Row} Row */

/** @param {Sheet} sheet @param {ProfileSpec} spec @param {Frame} frame @param {Row[]} rows
 * @param {import('../draw/places.js').Places} places */
export function profileMarks(sheet, spec, frame, rows, places) {
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
  const box = { left, right: width - 16 * unit, top: look.size.title * 1.3, bottom: height - look.size.tick - 9 * unit };
  const x = scale('linear', 0.6, count + 0.4, box.left, box.right);
  const y = scale(spec.scale, low, high, box.bottom, box.top);
  valueAxis(sheet, box, y);
  const every = Math.max(1, Math.ceil(count / Math.max(2, (box.right - box.left) / (30 * unit))));
  baseAxis(sheet, box, x, Array.from({ length: Math.ceil(count / every) }, (_, n) => 1 + n * every), String);
  if (spec.axis) {
    words(sheet, spec.axis, left - 7 * unit, box.bottom + 6 * unit, { colour: look.colour['ink-2'], align: 'right', baseline: 'top' });
  }
  const runs = theories.map(({ values }) => joined(values, x, y));
  for (const run of runs) if (run.length) dashed(sheet, run);
  for (const row of rows) measured(sheet, row, x, y, box);
  places.begin([...runs, ...rows.map(({ values }) => joined(values, x, y))]);
  for (const { values } of rows) for (const [left, top] of joined(values, x, y)) places.take(square(left, top, 5 * unit));
  if (rows.length === 2) bracket(sheet, rows, x, y, box, places);
  named(sheet, rows, x, y, box, places);
  theories.forEach(({ theory }, index) => theoryLabel(sheet, theory.label, runs[index] ?? [], box, places));
}

/** The marks that have a place. @param {number[]} values @param {Scale} x @param {Scale} y @returns {[number, number][]} */
const joined = (values, x, y) => values.flatMap((value, entry) =>
  drawable(y.kind, value) ? [/** @type {[number, number]} */ ([x(entry + 1), y(value)])] : []);

/** @param {Sheet} sheet @param {Row} row @param {Scale} x @param {Scale} y @param {import('../draw/axes.js').Box} box */
function measured(sheet, { line, values }, x, y, box) {
  const { context: pen, look, unit } = sheet;
  const colour = colourOf(look, line.mark);
  [pen.strokeStyle, pen.lineWidth, pen.lineJoin] = [colour, 2.4 * unit, 'round'];
  pen.beginPath();
  let begun = false;
  values.forEach((value, entry) => {
    const fits = drawable(y.kind, value);
    if (fits && begun) pen.lineTo(x(entry + 1), y(value));
    else if (fits) pen.moveTo(x(entry + 1), y(value));
    begun = fits;
  });
  pen.stroke();
  values.forEach((value, entry) => {
    if (drawable(y.kind, value)) point(sheet, line.mark, x(entry + 1), y(value));
    else if (value === 0) words(sheet, '0', x(entry + 1), box.bottom - 2, { colour, align: 'center', baseline: 'bottom' });
    else cross(sheet, x(entry + 1), value > 0 ? box.top : box.bottom - 8 * unit, colour);
  });
}

/** The label stands close to the line, above or below, wherever it covers least. @param {Sheet} sheet @param {string} text
 * @param {[number, number][]} line @param {import('../draw/axes.js').Box} box @param {import('../draw/places.js').Places} places */
function theoryLabel(sheet, text, line, box, places) {
  if (!line.length) return;
  const size = sizeOf(sheet, text);
  const middle = Math.floor(line.length / 2);
  const nearest = line.toSorted((a, b) => Math.abs(line.indexOf(a) - middle) - Math.abs(line.indexOf(b) - middle));
  const away = size.height / 2 + 8 * sheet.unit;
  const offered = nearest.flatMap(([x, y]) => [-away, away].flatMap((rise) =>
    [size.width + 8 * sheet.unit, size.width / 2, -8 * sheet.unit].map((shift) => boxAt(x - shift, y + rise, size))));
  worded(sheet, text, places.put(`theory ${text}`, offered, box));
}

/** Labels at the last marks, above or below so that they cover nothing. @param {Sheet} sheet @param {Row[]} rows
 * @param {Scale} x @param {Scale} y @param {import('../draw/axes.js').Box} box @param {import('../draw/places.js').Places} places */
function named(sheet, rows, x, y, box, places) {
  const { look, unit, width } = sheet;
  const told = rows.flatMap(({ line, values }) => {
    const last = joined(values, x, y).at(-1);
    return line.label && last ? [{ line, left: last[0], top: last[1] }] : [];
  });
  const lowest = Math.max(...told.map(({ top }) => top));
  for (const { line, left, top } of told) {
    const style = { size: look.size.title, weight: 650, colour: colourOf(look, line.mark) };
    const size = sizeOf(sheet, line.label, style);
    const away = (top === lowest && told.length > 1 ? 1 : -1) * 18 * unit;
    const offered = [away, -away, 1.6 * away, -1.6 * away].flatMap((rise) =>
      [0.5, 1.5, 3].map((part) => boxAt(left - part * size.width, top + rise, size)));
    const within = { ...box, top: 0, right: width };
    worded(sheet, line.label, places.put(`end ${line.channel}`, offered, within), style);
  }
}

/** Where two arms differ most, if by more than ten times: how many times. @param {Sheet} sheet @param {Row[]} rows
 * @param {Scale} x @param {Scale} y @param {import('../draw/axes.js').Box} box @param {import('../draw/places.js').Places} places */
function bracket(sheet, rows, x, y, box, places) {
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
  const text = `${scientific(found.high / found.low, 0)} times smaller`;
  const style = { size: look.size.title, weight: 650 };
  const size = sizeOf(sheet, text, style);
  const sides = place < sheet.width / 2 ? [12 * unit, -12 * unit - size.width] : [-12 * unit - size.width, 12 * unit];
  const offered = [0.25, 0.4, 0.55, 0.7].flatMap((part) => sides.map((side) => boxAt(place + side, top + (bottom - top) * part, size)));
  places.take({ left: place - 4 * unit, right: place + 4 * unit, top, bottom });
  worded(sheet, text, places.put('bracket', offered, box), style);
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
