// @ts-check
/** Scales, ticks and the two axes: no frame, a hairline base, labels outside. */

import { font } from './canvas.js';
import { power, short } from './numbers.js';

/** @typedef {import('./canvas.js').Sheet} Sheet */
/** @typedef {'linear' | 'log'} Kind */
/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */
/** @typedef {((value: number) => number) & {invert: (place: number) => number, low: number, high: number, kind: Kind}} Scale */

/**
 * Values to places: `low` at `from`, `high` at `to`.
 * @param {Kind} kind @param {number} low @param {number} high @param {number} from @param {number} to @returns {Scale}
 */
export function scale(kind, low, high, from, to) {
  const [forth, back] = kind === 'log' ? [Math.log10, (/** @type {number} */ value) => 10 ** value] : [same, same];
  const [start, end] = [forth(low), forth(high)];
  const length = end - start || 1;
  /** @param {number} value */
  const place = (value) => from + ((forth(value) - start) / length) * (to - from);
  /** @param {number} at */
  const invert = (at) => back(start + ((at - from) / (to - from || 1)) * length);
  return Object.assign(place, { invert, low, high, kind });
}

/** @param {number} value */
const same = (value) => value;

/** Whether a number has a place on an axis of this kind. @param {Kind} kind @param {number} value */
export const drawable = (kind, value) => Number.isFinite(value) && (kind === 'linear' || value > 0);

/** Least and greatest of the numbers that an axis can show. */
export class Extent {
  low = Infinity;
  high = -Infinity;

  /** @param {Kind} kind */
  constructor(kind) {
    this.kind = kind;
  }

  /** @param {number} value */
  add(value) {
    if (!drawable(this.kind, value)) return;
    if (value < this.low) this.low = value;
    if (value > this.high) this.high = value;
  }

  /** @param {ArrayLike<number>} values @param {number} [from] @param {number} [to] @param {number} [every] */
  addAll(values, from = 0, to = values.length, every = 1) {
    for (let index = from; index < to; index += every) this.add(values[index] ?? NaN);
  }

  /** The range with some air, never empty. @param {number} [air] @returns {[number, number]} */
  padded(air = 0.06) {
    if (this.low > this.high) return this.kind === 'log' ? [0.1, 10] : [0, 1];
    if (this.kind === 'log') {
      const margin = Math.max(0.15, Math.log10(this.high / this.low) * air);
      return [this.low / 10 ** margin, this.high * 10 ** margin];
    }
    const margin = (this.high - this.low) * air || Math.abs(this.high) * 0.1 || 1;
    return [this.low - margin, this.high + margin];
  }
}

/** The least of 1, 2, 5 × 10ⁿ that is no smaller. @param {number} rough */
export function nice(rough) {
  if (!(rough > 0) || !Number.isFinite(rough)) return 1;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * ten >= rough * (1 - 1e-9)) ?? 10;
  return factor * ten;
}

/**
 * Round numbers inside a range, about `most` of them but never fewer than two: one number gives no scale.
 * On a log axis powers of ten, or 1, 2, 5 × 10ⁿ where it spans too few of them.
 * @param {Kind} kind @param {number} low @param {number} high @param {number} most @returns {number[]}
 */
export function ticks(kind, low, high, most) {
  if (!(high > low)) return [low];
  const tried = [most, 2, 3, 4, 6].filter((count) => count >= most);
  for (const count of tried) {
    const found = kind === 'log' ? powers(low, high, count) : rounds(low, high, count);
    if (found.length > 1) return found;
  }
  const between = kind === 'log' ? halves(low, high) : [];
  return between.length > 1 ? between : rounds(low, high, 4);
}

/** @param {number} low @param {number} high @param {number} most */
function powers(low, high, most) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, most)));
  const start = Math.ceil(first / every) * every;
  return Array.from({ length: Math.max(0, Math.floor((last - start) / every) + 1) }, (_, n) => 10 ** (start + n * every));
}

/** @param {number} low @param {number} high */
function halves(low, high) {
  const ten = 10 ** Math.floor(Math.log10(low));
  return [1, 2, 5, 10, 20, 50].map((factor) => Number((factor * ten).toPrecision(12))).filter((tick) => tick >= low && tick <= high);
}

/** @param {number} low @param {number} high @param {number} most */
function rounds(low, high, most) {
  const step = nice((high - low) / Math.max(1, most));
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, n) => Number(((first + n) * step).toPrecision(12)));
}

/** @param {Kind} kind @param {number} value */
export function label(kind, value) {
  const exponent = Math.round(Math.log10(value));
  return kind === 'log' && Math.abs(value / 10 ** exponent - 1) < 1e-6 ? power(exponent) : short(value, 4);
}

/** How many labels fit at least 28 px apart. @param {{unit: number}} sheet @param {number} length */
export const room = ({ unit }, length) => Math.max(1, Math.floor(length / (28 * unit)));

/**
 * Labels left of the box, a rule at each if asked for.
 * @param {Sheet} sheet @param {Box} box @param {Scale} y @param {boolean} [rules] @param {(tick: number) => string} [name]
 */
export function valueAxis(sheet, box, y, rules = true, name = (tick) => label(y.kind, tick)) {
  const { context: pen, look, unit } = sheet;
  pen.font = font(look.size.tick);
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  pen.lineWidth = 1;
  for (const tick of ticks(y.kind, y.low, y.high, Math.min(5, room(sheet, box.bottom - box.top)))) {
    const at = Math.round(y(tick)) + 0.5;
    if (rules) stroke(pen, look.colour.rule, [[box.left, at], [box.right, at]]);
    pen.fillStyle = look.colour['ink-2'];
    pen.fillText(name(tick), box.left - 7 * unit, at);
  }
}

/**
 * The base line with ticks and labels below.
 * @param {Sheet} sheet @param {Box} box @param {Scale} x @param {number[]} marks @param {(mark: number) => string} [name]
 */
export function baseAxis(sheet, box, x, marks, name = (mark) => label('linear', mark)) {
  const { context: pen, look, unit } = sheet;
  const base = Math.round(box.bottom) + 0.5;
  pen.lineWidth = 1;
  pen.font = font(look.size.tick);
  pen.textAlign = 'center';
  pen.textBaseline = 'top';
  stroke(pen, look.colour['ink-3'], [[box.left, base], [box.right, base]]);
  for (const mark of marks) {
    const at = Math.round(x(mark)) + 0.5;
    stroke(pen, look.colour['ink-3'], [[at, base], [at, base + 4 * unit]]);
    pen.fillStyle = look.colour['ink-2'];
    const half = pen.measureText(name(mark)).width / 2;
    pen.fillText(name(mark), Math.max(half, Math.min(sheet.width - half, at)), base + 6 * unit);
  }
}

/** A polyline. @param {CanvasRenderingContext2D} pen @param {string} colour @param {[number, number][]} points */
export function stroke(pen, colour, points) {
  pen.strokeStyle = colour;
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
}
