// @ts-check
/** What a relation is made of: measured points, their errors, theory's points, and where things stand. No canvas. */

import { Extent, drawable } from '../draw/axes.js';
import { short, typeset } from '../draw/numbers.js';
import { valueAt } from '../session/frame.js';

/** @typedef {import('../draw/places.js').Point} Point */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').RelationSpec} RelationSpec */
/** @typedef {{line: import('./types.js').Line, values: number[]}} Row */
/** @typedef {{label: string, runs: Point[][], value: number}} Dashes `value`: the height of a level line, else NaN */
/** @typedef {{x: number[], rows: Row[], errors: number[], theory: Dashes[], now: Point | null}} Points */
/** @typedef {[number, number]} Range */
/** @typedef {Pick<RelationSpec, 'x_scale' | 'y_scale'>} Scales */
/** @typedef {{cell: number, left: number, top: number}} Spot a mark on the picture; cell = line × entries + entry */

/** @param {Frame} frame @param {string} name @returns {number[]} */
function numbers(frame, name) {
  const channel = frame.channels.get(name);
  return channel ? Array.from(channel.data, (_, index) => valueAt(channel, index)) : [];
}

/** @param {RelationSpec} spec @param {Frame} frame @returns {Points} */
export function pointsOf(spec, frame) {
  const [here = NaN, height = NaN] = numbers(frame, spec.now);
  return {
    x: numbers(frame, spec.x),
    rows: spec.lines.map((line) => ({ line, values: numbers(frame, line.channel) })),
    errors: numbers(frame, spec.errors),
    theory: spec.theory.map(({ label, channel, value }) =>
      ({ label, value: value ?? NaN, runs: value === null ? unbroken(numbers(frame, channel), spec) : [] })),
    now: Number.isFinite(here) && Number.isFinite(height) ? [here, height] : null,
  };
}

/** Pairs x, y, cut where one has no place on its axis. @param {number[]} flat @param {Scales} scales @returns {Point[][]} */
export function unbroken(flat, { x_scale, y_scale }) {
  /** @type {Point[][]} */
  const runs = [];
  let open = false;
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const [x = NaN, y = NaN] = [flat[index], flat[index + 1]];
    const fits = drawable(x_scale, x) && drawable(y_scale, y);
    if (fits && open) runs.at(-1)?.push([x, y]);
    else if (fits) runs.push([[x, y]]);
    open = fits;
  }
  return runs;
}

/** The least distance between two different x, the width of a bar. @param {number[]} x @returns {number} */
export function spacing(x) {
  const sorted = x.filter(Number.isFinite).sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((value, index) => value - (sorted[index] ?? value)).filter((gap) => gap > 0);
  return gaps.length ? Math.min(...gaps) : 1;
}

/** Bars and small positive numbers stand on 0. Marks this near to 0, as a share of the greatest, show it. */
const NEAR = 0.4;

/** What the axes must hold. A declared span is widened by measurements only, never cropped by them.
 * @param {Pick<RelationSpec, 'style' | 'span'> & Scales} spec @param {Points} points @returns {{x: Range, y: Range}} */
export function ranges({ style, span, x_scale, y_scale }, { x, rows, errors, theory, now }) {
  const [across, up, expected] = [new Extent(x_scale), new Extent(y_scale), new Extent(y_scale)];
  const half = style === 'bars' ? spacing(x) / 2 : 0;
  for (const value of x) for (const side of [-half, half]) across.add(value + side);
  rows.forEach(({ values }, row) => values.forEach((value, entry) => {
    const error = row === 0 ? errors[entry] ?? NaN : NaN;
    for (const side of [-1, 0, 1]) up.add(Number.isFinite(error) ? value + side * error : value);
  }));
  for (const { runs, value } of theory) {
    expected.add(value);
    for (const [left, height] of runs.flat()) {
      across.add(left);
      expected.add(height);
    }
  }
  if (now) {
    across.add(now[0]);
    expected.add(now[1]);
  }
  const wide = /** @type {Range} */ (across.high > across.low ? [across.low, across.high] : across.padded(0.1));
  if (span) return { x: wide, y: [Math.min(span[0], up.low), Math.max(span[1], up.high)] };
  for (const value of [expected.low, expected.high]) up.add(value);
  if (style === 'bars') up.add(0);
  const [low, high] = up.padded(0.08);
  const based = y_scale === 'linear' && up.low >= 0 && up.low <= NEAR * up.high;
  return { x: wide, y: [based ? 0 : low, style === 'bars' && up.high === 0 ? 0 : high] };
}

/** Whether marks may be joined: only where x goes on and on. @param {number[]} x */
export const rising = (x) => x.every((value, index) => index === 0 || value > (x[index - 1] ?? -Infinity));

/** The mark under the pointer: the nearest, sideways first. @param {Spot[]} spots @param {number} x @param {number} y */
export function nearest(spots, x, y) {
  const far = (/** @type {Spot} */ { left, top }) => (left - x) ** 2 + ((top - y) / 8) ** 2;
  return spots.reduce((/** @type {Spot | null} */ best, spot) => (!best || far(spot) < far(best) ? spot : best), null);
}

/** 0.8421 and 0.021 → "0.842 ± 0.021": two digits of the error, and as many places of the value.
 * @param {number} value @param {number} error @returns {string} */
export function plusMinus(value, error) {
  if (!(error > 0) || !Number.isFinite(error) || !Number.isFinite(value)) return short(value, 3);
  const places = Math.max(0, 1 - Math.floor(Math.log10(error)));
  if (places > 6) return `${short(value, 6)} ± ${short(error, 2)}`;
  return `${typeset((Number(value.toFixed(places)) || 0).toFixed(places))} ± ${typeset(error.toFixed(places))}`;
}

/** One mark in words. @param {RelationSpec} spec @param {Points} points @param {number} cell @returns {string} */
export function told(spec, { x, rows, errors }, cell) {
  const [row, entry] = [Math.floor(cell / x.length), cell % x.length];
  const { line, values } = rows[row] ?? {};
  const value = values?.[entry] ?? NaN;
  const measured = Number.isNaN(value) ? 'not measured' : plusMinus(value, row === 0 ? errors[entry] ?? NaN : NaN);
  return `${spec.axis || 'x'} ${short(x[entry] ?? NaN, 3)}: ${line?.label ? `${line.label} ` : ''}${measured}`;
}

/** The whole picture in a sentence. @param {RelationSpec} spec @param {Points} points @returns {string} */
export function summed(spec, { x, rows, theory, now }) {
  const lines = rows.map(({ line, values }) => {
    const known = values.flatMap((value, entry) => (Number.isFinite(value) ? [{ at: x[entry] ?? NaN, value }] : []));
    const name = line.label ? `${line.label}: ` : '';
    const [first, last] = [known[0], known.at(-1)];
    if (!first || !last) return `${name}nothing measured yet`;
    const ends = `from ${short(first.value, 3)} at ${short(first.at, 3)} to ${short(last.value, 3)} at ${short(last.at, 3)}`;
    return `${name}${known.length} of ${x.length} measured, ${ends}`;
  });
  const names = theory.map(({ label }) => label).filter(Boolean);
  const against = names.length ? ` Dashed: ${names.join('; ')}.` : '';
  const here = now ? ` Now at ${short(now[0], 3)}, ${short(now[1], 3)}.` : '';
  return `${spec.title} by ${spec.axis || 'x'}: ${lines.join('; ') || 'theory alone'}.${against}${here}`;
}
