// @ts-check
/** How a curve ends: where the run is now, and the number that may be claimed there. */

import { drawable } from '../draw/axes.js';
import { number, stepOf } from '../session/frame.js';
import { lastDrawable } from './series.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').Line} Line */
/** @typedef {import('../draw/axes.js').Kind} Kind */
/**
 * @typedef {object} Ending
 * @property {Line} line
 * @property {number} step
 * @property {number} value where the ball or the ✕ stands, and what its label says
 * @property {boolean} lost there is no present value on this axis: a ✕ at the last one that was
 * @property {boolean} broken the present value is not finite
 * @property {number} drawn where the curve itself ends, NaN if it has not begun
 */

/** A mean that the present value is this many times beyond says nothing of the run as it is. */
const BEYOND = 10;

/** @param {number} average @param {number} value */
const speaksFor = (average, value) => Number.isFinite(average) && Math.abs(value) <= BEYOND * Math.abs(average);

/**
 * An unsmoothed line ends at the present value, which an action may have changed since the last step; a smoothed one
 * at its mean, unless the mean misleads.
 * @param {{line: Line, raw: Float32Array, values: Float32Array}} trace @param {Frame} frame @param {Kind} kind
 * @returns {Ending | null} null: there is nothing yet
 */
export function ending({ line, raw, values }, frame, kind) {
  const smooth = line.smooth > 1;
  const recorded = raw.at(-1);
  const present = smooth || (recorded !== undefined && !Number.isFinite(recorded)) ? recorded ?? NaN : number(frame, line.channel);
  if (!drawable(kind, present)) {
    const row = lastDrawable(raw, kind);
    const value = raw[row] ?? NaN;
    return row < 0 ? null : { line, step: stepOf(frame, row), value, lost: true, broken: !Number.isFinite(present), drawn: value };
  }
  const average = values.at(-1) ?? NaN;
  const value = smooth && speaksFor(average, present) ? average : present;
  const step = raw.length ? stepOf(frame, raw.length - 1) : frame.step;
  return { line, step, value, lost: false, broken: false, drawn: drawable(kind, average) ? average : NaN };
}
