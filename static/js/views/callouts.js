// @ts-check
/** The words inside a relation: names of measured lines and of theory, where they cover nothing. */

import { colourOf, sizeOf, worded } from '../draw/marks.js';
import { boxAt } from '../draw/places.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/axes.js').Box} Box */
/** @typedef {import('../draw/places.js').Places} Places */
/** @typedef {import('../draw/places.js').Point} Point */
/** @typedef {import('./points.js').Points} Points */
/** @typedef {import('./points.js').Spot} Spot */

/** Places close to some points of a line: above, below, left, right. @param {Point[]} points best first
 * @param {import('../draw/places.js').Size} size @param {number} unit @returns {Box[]} */
function close(points, size, unit) {
  const [away, rise] = [8 * unit, size.height / 2 + 6 * unit];
  return points.flatMap(([x, y]) => [
    boxAt(x - size.width / 2, y - rise, size), boxAt(x - size.width / 2, y + rise, size),
    ...[0, -rise, rise].flatMap((shift) => [boxAt(x - size.width - away, y + shift, size), boxAt(x + away, y + shift, size)]),
  ]);
}

/** A line's name stands at its last mark, or at an earlier one where it covers less. @param {Sheet} sheet @param {Points} points
 * @param {Spot[]} spots @param {Box} box @param {Places} places */
export function named(sheet, { x, rows }, spots, box, places) {
  rows.forEach(({ line }, row) => {
    const own = spots.filter(({ cell }) => Math.floor(cell / x.length) === row).sort((one, other) => other.left - one.left);
    if (!line.label || !own.length) return;
    const style = { weight: 650, colour: line.mark === 'other' ? sheet.look.colour['ink-2'] : colourOf(sheet.look, line.mark) };
    const every = Math.ceil(own.length / SAMPLES);
    const marks = own.filter((_, index) => index % every === 0).map(({ left, top }) => /** @type {Point} */ ([left, top]));
    const offered = close(marks, sizeOf(sheet, line.label, style), sheet.unit);
    worded(sheet, line.label, places.put(`end ${line.channel}`, offered, { ...box, top: 0 }), style);
  });
}

/** Theory's name stands close to its line, first where most of it lies behind. @param {Sheet} sheet
 * @param {string} text @param {Point[][]} runs @param {Box} box @param {Places} places */
export function theoryLabel(sheet, text, runs, box, places) {
  const seen = runs.flatMap((run) => sampled(run)).filter(([x, y]) => x >= box.left && x <= box.right && y >= box.top - 1 && y <= box.bottom + 1);
  if (!seen.length) return;
  const middle = seen.length * 0.6;
  const order = seen.map((_, index) => index).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  const offered = close(order.map((index) => /** @type {Point} */ (seen[index])), sizeOf(sheet, text), sheet.unit);
  worded(sheet, text, places.put(`theory ${text}`, offered, box));
}

const SAMPLES = 14;

/** Points evenly along a line, on its straight stretches too. @param {Point[]} run @returns {Point[]} */
export function sampled(run) {
  const lengths = run.slice(1).map(([x, y], index) => Math.hypot(x - (run[index]?.[0] ?? x), y - (run[index]?.[1] ?? y)));
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  let [stretch, before] = [0, 0];
  return Array.from({ length: SAMPLES }, (_, sample) => {
    const wanted = ((sample + 0.5) / SAMPLES) * whole;
    while (stretch < lengths.length - 1 && before + (lengths[stretch] ?? 0) < wanted) before += lengths[stretch++] ?? 0;
    const from = run[stretch] ?? /** @type {Point} */ ([0, 0]);
    const to = run[stretch + 1] ?? from;
    const part = lengths[stretch] ? (wanted - before) / (lengths[stretch] ?? 1) : 0;
    return /** @type {Point} */ ([from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]);
  });
}
