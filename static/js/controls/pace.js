// @ts-check
/** The speed slider's scale: one step per second at the left, as fast as possible at the right. */
import { fixed, short } from '../draw/numbers.js';

export const SLOWEST = 1;
export const QUICKEST = 10000;
/** The right end of the track is "as fast as possible"; what lies before it is logarithmic. */
const LAST = 0.94;
/** A measured speed this much lower than the wanted one is worth saying. */
const SHORTFALL = 0.9;
/** Keys move by a sixth of a decade. */
const NUDGE = 1 / 24;

/** @param {number | null} speed steps per second; null: as fast as possible @returns {number} place on the track */
export function position(speed) {
  if (speed === null) return 1;
  return LAST * Math.min(1, Math.max(0, Math.log(speed / SLOWEST) / Math.log(QUICKEST / SLOWEST)));
}

/** @param {number} at @returns {number | null} */
export function speedAt(at) {
  if (at > (LAST + 1) / 2) return null;
  const speed = SLOWEST * (QUICKEST / SLOWEST) ** Math.max(0, Math.min(1, at / LAST));
  return Number(speed.toPrecision(2));
}

/** @param {number | null} speed @param {number} count key presses @returns {number | null} */
export function nudged(speed, count) {
  if (speed === null) return count < 0 ? nudged(QUICKEST, count + 1) : null;
  const at = Math.log(speed / SLOWEST) / Math.log(QUICKEST / SLOWEST) + count * NUDGE;
  if (at > 1 + 1e-6) return null;
  const next = SLOWEST * (QUICKEST / SLOWEST) ** Math.max(0, at);
  return Number(next.toPrecision(2));
}

export const ticks = [0, 1, 2, 3, 4].map((decade) => ({ at: position(10 ** decade) })).concat({ at: 1 });

/** @param {string} word @returns {string} */
export const plural = (word) => (/(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`);

/**
 * What stands beside the slider: "40 updates/s", "10 000 updates/s, now 2 300", "as fast as possible, 52 000 updates/s".
 * @param {number | null} speed @param {number} measured steps per second; 0 or NaN when standing still
 * @param {string} step the step's name
 */
export function words(speed, measured, step) {
  const unit = `${plural(step)}/s`;
  const moving = measured > 0;
  if (speed === null) return moving ? `max: ${rate(measured)} ${unit}` : 'as fast as possible';
  const slow = moving && measured < SHORTFALL * speed;
  return `${rate(speed)} ${unit}${slow ? `, now ${rate(measured)}` : ''}`;
}

/** @param {number} value */
const rate = (value) => (value >= 100 ? fixed(Number(value.toPrecision(2)), 0) : short(value, 2));
