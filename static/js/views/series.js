// @ts-check
/** What curves are made of: columns of series, stated means, and thinning that keeps every extreme. */

import { drawable } from '../draw/axes.js';
import { stepOf } from '../session/frame.js';

/** @typedef {import('../session/frame.js').Series} Series */
/** @typedef {{stride: number}} Strided */
/** @typedef {import('../draw/axes.js').Kind} Kind */

/** One column of a series, a copy. @param {Series} series @param {number} [index] @returns {Float32Array} */
export function column({ width, values, rows }, index = 0) {
  if (width === 1) return values.subarray(0, rows);
  return Float32Array.from({ length: rows }, (_, row) => values[row * width + index] ?? NaN);
}

/**
 * How many rows a mean over `smooth` steps takes. Rows of a thinned series are extremes in pairs, so it takes whole pairs.
 * @param {number} smooth @param {number} stride @returns {number}
 */
export function span(smooth, stride) {
  if (smooth <= 1 || stride === 1) return smooth;
  return 2 * Math.max(1, Math.round(smooth / (2 * stride)));
}

/** What a mean is called, so that nothing is smoothed silently. @param {number} smooth @param {number} stride
 * @param {string} stepName @returns {string} */
export function meanName(smooth, stride, stepName) {
  if (smooth <= 1) return '';
  if (stride === 1) return `mean of the last ${smooth} ${counted(stepName, smooth)}`;
  return `mean of the extremes of the last ${span(smooth, stride) * stride} ${counted(stepName, 2)}`;
}

/**
 * Mean of the last `count` values, of fewer at the start; not finite as long as the window holds what is not finite.
 * @param {Float32Array} values @param {number} count @returns {Float32Array}
 */
export function mean(values, count) {
  if (count <= 1) return values;
  const means = new Float32Array(values.length);
  let [sum, held, bad] = [0, 0, 0];
  for (let row = 0; row < values.length; row += 1) {
    const entering = values[row] ?? NaN;
    if (Number.isFinite(entering)) (sum += entering), (held += 1);
    else bad += 1;
    const leaving = row >= count ? values[row - count] ?? NaN : 0;
    if (row >= count && Number.isFinite(leaving)) (sum -= leaving), (held -= 1);
    else if (row >= count) bad -= 1;
    means[row] = bad ? NaN : sum / held;
  }
  return means;
}

/** Positive numbers over more decades than this are read on a log axis. */
const DECADES = 4;

/**
 * The kind of axis that shows all of these numbers: the declared one, unless they span more than four decades.
 * @param {Kind} declared @param {ArrayLike<number>[]} columns @returns {Kind}
 */
export function kindOf(declared, columns) {
  let [least, most] = [Infinity, 0];
  for (const values of columns) {
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row] ?? NaN;
      if (!Number.isFinite(value)) continue;
      if (value <= 0) return declared;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return most > least * 10 ** DECADES ? 'log' : declared;
}

/** The last row that an axis can show, −1 if none. @param {ArrayLike<number>} values @param {Kind} kind @returns {number} */
export function lastDrawable(values, kind) {
  let row = values.length - 1;
  while (row >= 0 && !drawable(kind, values[row] ?? NaN)) row -= 1;
  return row;
}

/**
 * A curve as runs of places, at most two per `grain` of width: the least and the greatest there, in their order.
 * @param {Float32Array} values @param {Strided} frame @param {(step: number) => number} x
 * @param {import('../draw/axes.js').Scale} y @param {number} grain @returns {[number, number][][]} one run per gap-free piece
 */
export function traced(values, frame, x, y, grain) {
  /** @type {[number, number][][]} */
  const runs = [];
  /** @type {[number, number][]} */
  let run = [];
  let [bucket, least, most] = [NaN, -1, -1];
  const place = (/** @type {number} */ row) =>
    /** @type {[number, number]} */ ([x(stepOf(frame, row)), y(values[row] ?? NaN)]);
  const flush = () => {
    if (least < 0) return;
    run.push(place(Math.min(least, most)));
    if (least !== most) run.push(place(Math.max(least, most)));
    least = most = -1;
  };
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] ?? NaN;
    if (!drawable(y.kind, value)) {
      flush();
      if (run.length) runs.push(run);
      [run, bucket] = [[], NaN];
      continue;
    }
    const here = Math.floor(x(stepOf(frame, row)) / grain);
    if (here !== bucket) {
      flush();
      bucket = here;
    }
    if (least < 0 || value < (values[least] ?? NaN)) least = row;
    if (most < 0 || value > (values[most] ?? NaN)) most = row;
  }
  flush();
  if (run.length) runs.push(run);
  return runs;
}

/** The name of so many steps: "minibatch", "minibatches". @param {string} stepName @param {number} count */
export function counted(stepName, count) {
  if (count === 1) return stepName;
  return /(ch|sh|s|x)$/.test(stepName) ? `${stepName}es` : `${stepName}s`;
}
