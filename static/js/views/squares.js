// @ts-check
/** The units of every state, as little squares under its column. */

import { shade } from '../draw/shades.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {{middle: (entry: number) => number, upper: number, pitch: number}} Place where the columns stand, and the squares' upper edge */

/** Greys apart from one another, so that few fills are needed. */
const SHADES = 16;

/**
 * @param {Sheet} sheet @param {number[]} units from 0 (off) to 1 (on), state after state @param {import('./patterns.js').Layout} layout
 * @param {Place} place @param {number} now the present state, ringed like its bar; −1: none @param {number} lit the one being read
 */
export function squares({ context: pen, look, unit, ratio }, units, { rows, columns, cell }, { middle, upper, pitch }, now, lit) {
  const whole = (/** @type {number} */ value) => Math.round(value * ratio) / ratio;
  const top = whole(upper);
  const left = (/** @type {number} */ entry) => whole(middle(entry) - (cell * columns) / 2);
  const gap = cell * ratio >= 4 ? 1 / ratio : 0;
  /** @type {Map<number, [number, number][]>} */
  const shades = new Map();
  for (const [index, state] of units.entries()) {
    const [entry, within] = [Math.floor(index / (rows * columns)), index % (rows * columns)];
    const level = Math.round(state * SHADES) / SHADES;
    const place = /** @type {[number, number]} */ ([left(entry) + (within % columns) * cell, top + Math.floor(within / columns) * cell]);
    const known = shades.get(level);
    if (known) known.push(place);
    else shades.set(level, [place]);
  }
  for (const [level, places] of shades) {
    pen.fillStyle = shade(look, level);
    for (const [x, y] of places) pen.fillRect(x, y, cell - gap, cell - gap);
  }
  const thin = Math.min(1, pitch / (14 * unit)) * unit;
  const [width, height] = [cell * columns + 4 * thin - gap, cell * rows + 4 * thin - gap];
  for (const [entry, rings] of /** @type {const} */ ([[lit, [[2, 'ink']]], [now, [[4.5, 'ink'], [2.5, 'now']]]])) {
    if (!(entry >= 0 && entry * rows * columns < units.length)) continue;
    for (const [line, colour] of rings) {
      [pen.lineWidth, pen.strokeStyle] = [line * thin, look.colour[colour]];
      pen.strokeRect(left(entry) - 2 * thin, top - 2 * thin, width, height);
    }
  }
}
