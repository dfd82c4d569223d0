// @ts-check
/** A field of heights as the surface and its flat map need it: range, contours, triangles, shades. No canvas here. */

import { ticks } from '../draw/axes.js';
import { contour } from '../draw/contours.js';

/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {[number, number, number]} Spot x and y in −1…1, y up; height */
/**
 * @typedef {object} Heights
 * @property {number} rows @property {number} columns
 * @property {ArrayLike<number>} values row by row, the first row on top; NaN: nothing there
 * @property {number} low @property {number} high the range of the field and of the path, never empty
 * @property {number[]} levels round heights @property {number[][]} lines x, y, x, y of stretches at each level
 * @property {Spot[]} path from the start to now
 */

const LEVELS = 12;
/** The highest ground keeps so much colour that paper does not swallow it. */
const PALEST = 16;

/** The middle of a cell. @param {number} column @param {number} columns */
export const across = (column, columns) => ((column + 0.5) / columns) * 2 - 1;
/** @param {number} row @param {number} rows */
export const up = (row, rows) => 1 - ((row + 0.5) / rows) * 2;

/** @param {Channel | undefined} path @returns {Spot[]} */
function spots(path) {
  const rows = Array.from({ length: path?.shape[0] ?? 0 }, (_, row) => [...(path?.data.subarray(3 * row, 3 * row + 3) ?? [])]);
  return /** @type {Spot[]} */ (rows.filter((row) => row.length === 3 && row.every(Number.isFinite)));
}

/**
 * @param {Channel} field (rows, columns) @param {Channel | undefined} track (k, 3)
 * @param {Heights | null} [old] lends its lines while only the path grows: then they are the very same array
 * @returns {Heights}
 */
export function heightsOf(field, track, old) {
  const [rows = 0, columns = 0] = field.shape;
  const path = spots(track);
  let [low, high] = [Infinity, -Infinity];
  /** @param {number} height */
  const reach = (height) => {
    if (height < low) low = height;
    if (height > high) high = height;
  };
  for (const height of field.data) if (Number.isFinite(height)) reach(height);
  for (const [, , height] of path) reach(height);
  if (!(low < high)) [low, high] = Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1];
  if (old && old.values === field.data && old.low === low && old.high === high) return { ...old, path };
  const levels = ticks('linear', low, high, LEVELS);
  const lines = levels.map((level) => contour(field.data, columns, level)
    .map((place, index) => (index % 2 ? up(place, rows) : across(place, columns))));
  return { rows, columns, values: field.data, low, high, levels, lines, path };
}

/** Entries of the table below, 255 where there is nothing. @param {Heights} heights */
export function shadesOf({ values, low, high }) {
  return Uint8Array.from(values, (height) => (Number.isFinite(height) ? Math.round(((height - low) / (high - low)) * 254) : 255));
}

/** The sequential map reversed, so that the valleys carry the ink; 255 is nothing at all.
 * @param {import('../draw/colours.js').Look} look */
export function relieved({ maps: { sequential } }) {
  return Uint32Array.from({ length: 256 }, (_, entry) =>
    entry === 255 ? 0 : sequential[Math.round(254 - (entry / 254) * (254 - PALEST))] ?? 0);
}

/**
 * Two triangles for each square of the grid, one where a corner is missing. Of the two diagonals that one is taken whose
 * ends differ less, so that the surface's creases run along its valleys.
 * @param {Heights} heights @returns {Uint32Array} three indices of `values` for each triangle
 */
export function triangles({ rows, columns, values }) {
  const found = new Uint32Array(6 * Math.max(0, rows - 1) * Math.max(0, columns - 1));
  let count = 0;
  /** @param {number} a @param {number} b @param {number} c */
  const add = (a, b, c) => {
    if (!Number.isFinite((values[a] ?? NaN) + (values[b] ?? NaN) + (values[c] ?? NaN))) return;
    found.set([a, b, c], count);
    count += 3;
  };
  for (let row = 0; row + 1 < rows; row += 1) {
    for (let column = 0; column + 1 < columns; column += 1) {
      const a = row * columns + column;
      const [b, c, d] = [a + 1, a + columns + 1, a + columns];
      const falling = Math.abs((values[a] ?? NaN) - (values[c] ?? NaN));
      const rising = Math.abs((values[b] ?? NaN) - (values[d] ?? NaN));
      if (falling <= rising || Number.isNaN(rising)) add(a, d, c), add(a, c, b);
      else add(a, d, b), add(b, d, c);
    }
  }
  return found.subarray(0, count);
}
