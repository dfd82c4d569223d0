// @ts-check
/** How exactly a number is known, and the fewest digits that say it. */

import { valueAt } from '../session/frame.js';

/** @typedef {import('../session/frame.js').Channel} Channel */

const LEVELS = 254;

/** The fewest digits that name this 32-bit float and no other: 0.1, not 0.10000000149. @param {number} value */
export function shortest(value) {
  for (let digits = 1; digits < 9; digits += 1) {
    const near = Number(value.toPrecision(digits));
    if (Math.fround(near) === value) return near;
  }
  return value;
}

/**
 * How a channel's numbers are read: those that came as colour levels have the decimals that tell two levels apart.
 * @param {Channel | undefined} channel @returns {{note: string, at: (index: number) => number}}
 */
export function reading(channel) {
  if (!channel) return { note: '', at: () => NaN };
  const level = ((channel.high ?? 0) - (channel.low ?? 0)) / LEVELS;
  if (level <= 0) return { note: '', at: (index) => shortest(valueAt(channel, index)) };
  const decimals = Math.min(100, Math.max(0, Math.ceil(-Math.log10(level))));
  return {
    note: `sent in 255 levels, ± ${Number((level / 2).toPrecision(2))}`,
    at: (index) => Number(valueAt(channel, index).toFixed(decimals)),
  };
}
