// @ts-check
/** A unit's state as a shade between off and on, and ink that can be read on it. */

import { rgb } from './colours.js';

/** @typedef {import('./colours.js').Look} Look */
/** @typedef {import('./colours.js').Rgb} Rgb */

/** @param {Look} look @param {number} state from 0 (off) to 1 (on) @returns {Rgb} */
function mixed({ colour }, state) {
  const [off, on] = [rgb(colour.down), rgb(colour.ink)];
  const part = Math.max(0, Math.min(1, state));
  const band = (/** @type {0 | 1 | 2} */ index) => Math.round(off[index] + (on[index] - off[index]) * part);
  return [band(0), band(1), band(2)];
}

/** Paper where the state is not known. @param {Look} look @param {number} state @returns {string} */
export const shade = (look, state) => (Number.isFinite(state) ? `rgb(${mixed(look, state).join(' ')})` : look.colour.paper);

/** Relative luminance (WCAG 2.2). @param {Rgb} colour */
export function luminance(colour) {
  const [red = 0, green = 0, blue = 0] = colour.map((band) => {
    const share = band / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio (WCAG 2.2), from 1 to 21. @param {Rgb} one @param {Rgb} other */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

/** Ink or paper, whichever is read better on a state's shade. @param {Look} look @param {number} state @returns {string} */
export function inkOn(look, state) {
  const { ink, paper } = look.colour;
  if (!Number.isFinite(state)) return ink;
  const under = mixed(look, state);
  return contrast(rgb(paper), under) > contrast(rgb(ink), under) ? paper : ink;
}
