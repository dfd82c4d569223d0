// @ts-check
/** A slider without its pixels: value ↔ place on the track, steps, ticks, and the words for a value. */
import { decimals, parse, power, short, typeset } from '../draw/numbers.js';

/**
 * A slider as `Parameters.schema()` declares it.
 * @typedef {object} SliderSpec
 * @property {string} name @property {string} label @property {string} help @property {string} symbol
 * @property {'live'|'restart'} applies @property {number} default @property {number} low @property {number} high
 * @property {number} step @property {'linear'|'log'} scale @property {string} unit @property {boolean} integer
 */
/** @typedef {Pick<SliderSpec, 'low'|'high'|'step'|'scale'|'integer'>} Scale */

const DIGITS = 3;

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** Where a value stands: 0 at the left end, 1 at the right. @param {Scale} scale @param {number} value */
export function position({ low, high, scale }, value) {
  const at = scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Number.isFinite(at) ? clamp(at, 0, 1) : 0;
}

/** The value at a place of the track, on the slider's own grain. @param {Scale} scale @param {number} at */
export function valueAt(scale, at) {
  const { low, high } = scale;
  return snapped(scale, scale.scale === 'log' ? low * (high / low) ** clamp(at, 0, 1) : low + at * (high - low));
}

/** The nearest value on the grain: `step` when linear, three significant digits when logarithmic. */
/** @param {Scale} scale @param {number} value @returns {number} */
export function snapped({ low, high, step, scale, integer }, value) {
  if (scale === 'log') {
    const near = integer ? Math.round(value) : Number(value.toPrecision(DIGITS));
    return clamp(near, low, high);
  }
  // 3 × 0.1 is not 0.3: count steps, then round to the decimals that the step and the lower end have.
  const near = low + Math.round((value - low) / step) * step;
  return clamp(Number(near.toFixed(Math.max(decimals(step), decimals(low)))), low, high);
}

/**
 * `count` key presses on: steps when linear, hundredths of the track when logarithmic (integers move by at least one).
 * @param {Scale} scale @param {number} value @param {number} count @returns {number}
 */
export function nudged(scale, value, count) {
  if (scale.scale === 'linear') return snapped(scale, value + count * scale.step);
  const moved = valueAt(scale, position(scale, value) + count / 100);
  const least = clamp(value + Math.sign(count), scale.low, scale.high);
  return scale.integer && Math.abs(moved - value) < 1 ? least : moved;
}

/** @param {SliderSpec | Scale} scale @param {number} value @returns {string} */
export function words({ step, scale, integer, low }, value) {
  if (integer) return typeset(String(Math.round(value)));
  if (scale === 'log') return short(value, DIGITS);
  // A value typed finer than the grain is shown in full, never rounded to another.
  const places = Math.max(decimals(step), decimals(low));
  const shown = value.toFixed(places);
  return Math.abs(Number(shown) - value) < 1e-9 ? typeset(shown.replace(/^-(0\.?0*)$/, '$1')) : short(value, 6);
}

/** The number typed into the value's field, NaN when it is none. @param {string} text @param {string} unit */
export function typed(text, unit) {
  const bare = text.trim();
  return parse(unit && bare.endsWith(unit) ? bare.slice(0, -unit.length) : bare);
}

/** Powers of the base from low to high; empty if the ends are not both powers and `exact`. */
/** @param {number} low @param {number} high @param {2 | 10} base @returns {number[]} */
function exponents(low, high, base) {
  const from = Math.ceil(Math.log(low) / Math.log(base) - 1e-9);
  const to = Math.floor(Math.log(high) / Math.log(base) + 1e-9);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** @param {number} value */
const isPowerOfTwo = (value) => Number.isInteger(Math.log2(value));

/**
 * Ticks of a logarithmic track, each at its place, every so many with a label: decades, or doublings where both ends
 * are powers of two. A linear track has none.
 * @param {Scale} scale @returns {{at: number, label: string}[]}
 */
export function ticks(scale) {
  const { low, high } = scale;
  if (scale.scale !== 'log') return [];
  const doubling = scale.integer && isPowerOfTwo(low) && isPowerOfTwo(high);
  const base = doubling ? 2 : 10;
  const powers = exponents(low, high, base);
  // Less than two decades hold too few powers to read the scale by: the ends say it.
  if (powers.length < 3) {
    const values = [...new Set([low, ...powers.map((exponent) => base ** exponent), high])];
    return values.map((value) => ({ at: position(scale, value), label: short(value, 6) }));
  }
  const apart = Math.max(1, Math.ceil((powers.length - 1) / 3));
  return powers.map((exponent, index) => {
    const value = base ** exponent;
    const text = doubling || Math.abs(exponent) < 2 ? short(value, 6) : power(exponent);
    return { at: position(scale, value), label: index % apart === 0 ? text : '' };
  });
}
