// @ts-check
/** What a map of basins says: places and pixels, shares of the map, and sentences. No canvas here. */

import { fixed } from '../draw/numbers.js';
import { NONE, OUTSIDE } from '../draw/regions.js';

/** @typedef {import('../draw/regions.js').Regions} Regions */
/** @typedef {[number, number]} Point in [−1, 1]², y upwards */
/** @typedef {{columns: number, rows: number}} Grid */

/** @param {import('../session/frame.js').Frame} frame @param {string} name @returns {Regions | null} */
export function regionsOf(frame, name) {
  const channel = frame.channels.get(name);
  if (!channel) return null;
  const [rows = 0, columns = 0] = channel.shape;
  return { codes: channel.data instanceof Uint8Array ? channel.data : Uint8Array.from(channel.data), rows, columns };
}

/** The middle of a pixel, row 0 on top. @param {number} cell @param {Grid} grid @returns {Point} */
export const pointAt = (cell, { columns, rows }) =>
  [((cell % columns) + 0.5) * (2 / columns) - 1, 1 - (Math.floor(cell / columns) + 0.5) * (2 / rows)];

/** The pixel that a point lies in, the nearest one if it is off the map. @param {Point} point @param {Grid} grid @returns {number} */
export function cellAt([x, y], { columns, rows }) {
  const column = Math.max(0, Math.min(columns - 1, Math.floor(((x + 1) / 2) * columns)));
  const row = Math.max(0, Math.min(rows - 1, Math.floor(((1 - y) / 2) * rows)));
  return row * columns + column;
}

/** Where a point stands on a picture of this side. @param {Point} point @param {number} side @returns {Point} */
export const placed = ([x, y], side) => [((x + 1) / 2) * side, ((1 - y) / 2) * side];

/** A map loses at most this much of its place to whole pixels. */
const WHOLE = 0.9;

/** How large the map is, in device pixels: whole pixels for each of its own where that costs little.
 * @param {number} room @param {number} columns */
export function sideOf(room, columns) {
  const whole = Math.floor(room / columns) * columns;
  return whole >= WHOLE * room ? whole : Math.max(1, Math.floor(room));
}

const LEGIBLE = 18;

/** How large the memories' pictures may be so that no two meet; 0 when that is too small to see.
 * @param {Point[]} names where they stand, in [−1, 1]² @param {number} side @param {number} unit @returns {number} */
export function pictureSide(names, side, unit) {
  let closest = side;
  names.forEach(([x, y], index) => names.slice(index + 1).forEach(([otherX, otherY]) => {
    closest = Math.min(closest, (Math.hypot(x - otherX, y - otherY) * side) / 2);
  }));
  const size = Math.min(0.55 * closest, 0.15 * side);
  return size < LEGIBLE * unit ? 0 : size;
}

/** How much room a disc leaves at a height over the lower edge of its square. @param {number} radius @param {number} up */
export const corner = (radius, up) => radius - Math.sqrt(Math.max(0, radius ** 2 - (radius - Math.min(up, radius)) ** 2));

/** How much of the map each memory has, from 0 to 1; `NONE` too. @param {Regions} regions @returns {Map<number, number>} */
export function sharesOf({ codes }) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  let all = 0;
  for (const code of codes) {
    if (code === OUTSIDE) continue;
    counts.set(code, (counts.get(code) ?? 0) + 1);
    all += 1;
  }
  return new Map([...counts].map(([code, count]) => /** @type {[number, number]} */ ([code, count / all])).sort(([a], [b]) => a - b));
}

/** @typedef {(memory: number) => string} Naming */

/** Names as the experiment's words say them ("memory_3"), else by number. @param {Record<string, string>} words @param {string} index
 * @returns {Naming} */
export const naming = (words, index) => (memory) => {
  const word = words[`${index || 'memory'}_${memory}`];
  return word ? `“${word}”` : `memory ${memory + 1}`;
};

const DRAWS = 12;

/** A share of repeated draws as counts: 0.8 → "4 of 5". The fewest draws that it can be the share of. @param {number} share */
export function timesOf(share) {
  for (let draws = 2; draws <= DRAWS; draws += 1) {
    const times = Math.round(share * draws);
    if (times > 0 && times < draws && Math.abs(times / draws - share) < 0.004) return `${times} of ${draws}`;
  }
  return '';
}

/** @param {number} code @param {number} share of draws that ended there @param {Naming} name @returns {string} */
export function fallen(code, share, name) {
  if (code === OUTSIDE) return 'off the map';
  const where = code === NONE ? 'falls into no memory' : `falls into ${name(code)}`;
  const times = timesOf(share);
  return times ? `${where}, ${times} times` : where;
}

const SAID = 8;

/** @param {Regions} regions @param {Naming} name @returns {string} */
export function mapped(regions, name) {
  const shares = [...sharesOf(regions)];
  const percent = (/** @type {number} */ share) => `${fixed(100 * share, share < 0.0995 ? 1 : 0)} %`;
  const memories = shares.filter(([code]) => code !== NONE).sort(([, a], [, b]) => b - a);
  const told = memories.slice(0, SAID).map(([code, share]) => `${percent(share)} into ${name(code)}`);
  const rest = memories.length > SAID ? `, and ${memories.length - SAID} memories more` : '';
  const lost = shares.find(([code]) => code === NONE)?.[1] ?? 0;
  return `of the starts on the map fall ${[...told, `${percent(lost)} into no memory`].join(', ')}${rest}`;
}
