// @ts-check
/** Ways down a map of heights: from a channel's numbers, where they leave the map, and in words. No canvas here. */

import { short } from '../draw/numbers.js';
import { valueAt } from '../session/frame.js';
import { heightsOf } from './heights.js';
import { cellAt } from './shares.js';

/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {import('./heights.js').Heights} Heights */
/** @typedef {import('./types.js').PlaneSpec} PlaneSpec */
/** @typedef {import('./shares.js').Point} Point */
/** @typedef {{name: string, points: Point[]}} Way */
/** @typedef {{heights: Heights, said: [string, string, string] | undefined}} Altitudes as they are shaded, and what the bar says if that differs */

/** A log scale ends so many decades below the highest place. */
const DECADES = 6;

/** @param {Channel} field @param {'linear' | 'log'} scale @returns {Altitudes} */
export function altitudesOf(field, scale) {
  const known = Array.from(field.data).filter(Number.isFinite);
  const high = known.reduce((most, height) => Math.max(most, height), 0);
  if (scale === 'linear' || !(high > 0) || known.some((height) => height < 0)) return { heights: heightsOf(field, undefined), said: undefined };
  const least = known.reduce((low, height) => (height > 0 ? Math.min(low, height) : low), Infinity);
  const floor = Math.max(least, high / 10 ** DECADES);
  const heights = heightsOf({ ...field, data: Float32Array.from(field.data, (height) => Math.log10(Math.max(floor, height))) }, undefined);
  const { levels: [first = 0, next = first] } = heights;
  const below = known.some((height) => height < floor * (1 - 1e-6)) ? '≤ ' : '';
  return { heights, said: [below + short(floor, 2), short(high, 3), next > first ? `a line every factor ${short(10 ** (next - first), 2)}` : ''] };
}

/** Pairs up to the first that is no number. @param {ArrayLike<number>} flat @returns {Point[]} */
function begun(flat) {
  /** @type {Point[]} */
  const points = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const point = /** @type {Point} */ ([flat[index], flat[index + 1]]);
    if (!point.every(Number.isFinite)) break;
    points.push(point);
  }
  return points;
}

/** @param {Channel | undefined} channel (p, k, 2) @param {PlaneSpec} spec @param {Record<string, string>} words @returns {Way[]} */
export function waysOf(channel, { index, names }, words) {
  const [count = 0, length = 0] = channel?.shape ?? [];
  return Array.from({ length: count }, (_, each) => ({
    name: names[each] ?? words[`${index || 'way'}_${each}`] ?? (count > 1 ? `way ${each + 1}` : ''),
    points: begun(channel?.data.subarray(2 * each * length, 2 * (each + 1) * length) ?? []),
  }));
}

/** Rows of numbers, all finite. @param {Channel | undefined} channel @param {number} width
 * @returns {{row: number, entries: number[]}[]} */
export function rowsOf(channel, width) {
  const all = Array.from({ length: channel?.shape[0] ?? 0 }, (_, row) =>
    ({ row, entries: Array.from({ length: width }, (_, entry) => (channel ? valueAt(channel, row * width + entry) : NaN)) }));
  return all.filter(({ entries }) => entries.every(Number.isFinite));
}

/** Whether a point is on the map. @param {Point} point */
export const inside = ([x, y]) => Math.abs(x) <= 1 && Math.abs(y) <= 1;

/** Where the straight line from a point on the map to one off it crosses the edge. @param {Point} from @param {Point} to @returns {Point} */
export function exit([x, y], [endX, endY]) {
  const part = [[x, endX], [y, endY]].map(([start = 0, end = 0]) => (Math.abs(end) > 1 ? (Math.sign(end) - start) / (end - start) : 1));
  const share = Math.min(...part);
  return [x + share * (endX - x), y + share * (endY - y)];
}

/**
 * Where a way is now: on the map, or lost at the point where it last left it; null where it never was on it.
 * @param {Point[]} points @returns {{point: Point, lost: boolean} | null}
 */
export function ended(points) {
  const last = points.findLastIndex(inside);
  const [point, next] = [points[last], points[last + 1]];
  if (!point) return null;
  return next ? { point: exit(point, next), lost: true } : { point, lost: false };
}

/** −1 … 1 in the units of the axes. @param {Point} point @param {number[]} span x₀, x₁, y₀, y₁ @returns {Point} */
export const measured = ([x, y], [left = -1, right = 1, low = -1, high = 1]) =>
  [left + ((x + 1) / 2) * (right - left), low + ((y + 1) / 2) * (high - low)];

/** A place and its height in words. @param {Point} point @param {Channel} field @param {number[]} span @param {[string, string]} axes */
export function told(point, field, span, axes) {
  const [rows = 1, columns = 1] = field.shape;
  const height = inside(point) ? valueAt(field, cellAt(point, { columns, rows })) : NaN;
  const place = measured(point, span).map((value, axis) => `${axes[axis] || 'xy'[axis]} ${short(value, 2)}`).join(', ');
  return Number.isFinite(height) ? `${place}: height ${short(height, 3)}` : place;
}

/** One way in words. @param {Way} way @param {Channel} field @param {number[]} span @param {[string, string]} axes */
export function wayTold({ name, points }, field, span, axes) {
  const last = points.at(-1);
  const who = name || 'the run';
  if (!last) return `${who} has not begun`;
  return inside(last) ? `${who} is at ${told(last, field, span, axes)}` : `${who} has left the map`;
}
