// @ts-check
/** States of a few units as the labels of columns: what they are called, how they are laid out. No canvas here. */

import { fixed, short } from '../draw/numbers.js';
import { valueAt } from '../session/frame.js';

/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {import('./types.js').ProfileSpec} ProfileSpec */
/** @typedef {{rows: number, columns: number, cell: number}} Layout `cell`: the side of a unit's square; 0: no room */

/** Units are 0 and 1, or −1 and +1: how far on each is, from 0 to 1. @param {Channel} tiles @returns {number[]} */
export function unitsOf(tiles) {
  const values = Array.from(tiles.data, (_, index) => valueAt(tiles, index));
  const off = values.some((value) => value < 0) ? -1 : 0;
  return values.map((value) => (value - off) / (1 - off));
}

/** More units than this are no name. */
const LONGEST = 16;

/** What an entry is called: in words, by its units ("10110"), or by its number.
 * @param {Pick<ProfileSpec, 'index' | 'tiles'>} spec @param {import('./types.js').Frame} frame @param {number} entry @returns {string} */
export function nameOf({ index, tiles }, frame, entry) {
  const word = frame.words[`${index}_${entry}`];
  const channel = frame.channels.get(tiles);
  const size = channel ? channel.data.length / (channel.shape[0] || 1) : 0;
  if (word !== undefined || !channel || !size || size > LONGEST) return word ?? String(entry + 1);
  return unitsOf(channel).slice(entry * size, (entry + 1) * size).map((unit) => (unit > 0.5 ? '1' : '0')).join('');
}

const LARGEST = 14;
const SMALLEST = 2;

/**
 * How large a unit's square is under columns so far apart: a picture as it is where it has room, else its units one
 * below the other. Whole device pixels.
 * @param {number[]} shape (entries, rows, columns) @param {number} pitch of the columns @param {number} height there is for them
 * @param {{unit: number, ratio: number}} sheet @returns {Layout}
 */
export function laidOut([, rows = 1, columns = 1], pitch, height, { unit, ratio }) {
  for (const [high, wide] of /** @type {const} */ ([[rows, columns], [rows * columns, 1]])) {
    const across = (pitch * (wide === 1 ? 0.55 : 0.84)) / wide;
    const least = wide === 1 ? Math.min(SMALLEST, pitch * 0.8) : 0;
    const cell = Math.floor(Math.min(LARGEST * unit, Math.max(across, least), height / high) * ratio) / ratio;
    if (cell >= Math.min(SMALLEST, pitch * 0.7) && cell > 0) return { rows: high, columns: wide, cell };
  }
  return { rows: 0, columns: 0, cell: 0 };
}

const ROOFS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/**
 * Where an axis that begins at 0 ends: a round number above all values. It stays where it was while that serves, so that
 * columns that tremble do not shake their axis.
 * @param {number} most the greatest value @param {number} before where it ended, 0 if nowhere @returns {number}
 */
export function roof(most, before) {
  if (!(most > 0) || !Number.isFinite(most)) return before || 1;
  const wanted = most * 1.03;
  const ten = 10 ** Math.floor(Math.log10(wanted));
  const found = Number(((ROOFS.find((factor) => factor * ten >= wanted) ?? 10) * ten).toPrecision(3));
  return before >= wanted && before <= 1.5 * found ? before : found;
}

/** A share in per cent, small ones too: "8.9 %", "0.03 %". @param {number} share @returns {string} */
export function percent(share) {
  const value = 100 * share;
  const digits = value !== 0 && Math.abs(value) < 0.95 ? short(value, 2) : fixed(value, 1);
  return `${digits}\u2009%`;
}
