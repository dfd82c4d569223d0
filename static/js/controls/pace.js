// @ts-check
/** The speed slider's scale: one step per second at the left, as fast as possible at the right. */
import { fixed, short } from '../draw/numbers.js';

export const SLOWEST = 1;
export const QUICKEST = 10000;
/** The right end of the track is "as fast as possible"; what lies before it is logarithmic. */
const LAST = 0.94;
/** Letters that fit beside the slider. */
const LONGEST = 8;
/** A measured speed this much lower than the wanted one is worth saying. */
const SHORTFALL = 0.9;
/** Keys go from one of these to the next, in every decade, so that there and back is where one was. */
const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
const LADDER = [0, 1, 2, 3].flatMap((decade) => ROUND.map((value) => Number((value * 10 ** decade).toPrecision(2))))
  .concat(QUICKEST);

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
  const above = LADDER.findIndex((rung) => rung >= (speed ?? Infinity));
  const at = above < 0 ? LADDER.length : above;
  // Between two rungs the first press up reaches the upper one.
  const between = at < LADDER.length && LADDER[at] !== speed && count > 0 ? 1 : 0;
  const to = Math.max(0, at + count - between);
  return to >= LADDER.length ? null : LADDER[to] ?? null;
}

export const ticks = [0, 1, 2, 3, 4].map((decade) => ({ at: position(10 ** decade) })).concat({ at: 1 });

/** @param {string} word @returns {string} */
export const plural = (word) => (/(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`);

/**
 * What stands beside the slider, short enough for its place: "40 updates/s", "2 300 of 10 000/s", "max, 52 000/s".
 * @param {number | null} speed @param {number} measured steps per second; 0 or NaN when standing still
 * @param {string} step the step's name
 */
export function words(speed, measured, step) {
  const moving = measured > 0;
  if (speed === null) return moving ? `max, ${rate(measured)}/s` : 'as fast as possible';
  const slow = moving && measured < SHORTFALL * speed;
  return slow ? `${rate(measured)} of ${rate(speed)}/s` : `${rate(speed)}${unit(step)}/s`;
}

/** A long name is left to the tooltip. @param {string} step */
const unit = (step) => (plural(step).length <= LONGEST ? ` ${plural(step)}` : '');

/** @param {number} value */
const rate = (value) => (value >= 100 ? fixed(Number(value.toPrecision(2)), 0) : short(value, 2));
