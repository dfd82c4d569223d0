// @ts-check
/** The spin grid: ink on, grey off; an orange dot where a unit disagrees with the target; a yellow ring for now. */

import { pixel, rgb } from './colours.js';
import { Stamp } from './map.js';

/** @typedef {import('./canvas.js').Sheet} Sheet */
/** @typedef {import('../session/frame.js').Channel} Channel */

/** Cells smaller than this many device pixels have no gaps, and those that disagree are orange all over. */
const SMALL = 5;
/** So have cells of any size where a side has more of them: so many gaps would make black grey. */
const MANY = 64;

/** @param {{columns: number, rows: number}} grid */
export const isFine = ({ columns, rows }) => Math.max(columns, rows) > MANY;
/** Where the two oranges stand in the table, behind the map and "not finite". */
const WRONG = 256;

/** @param {boolean} on @param {boolean} dark the look: in the dark, units that are on are light */
const dotColour = (on, dark) => (on === dark ? 'wrong-on-light' : 'wrong-on-dark');

/**
 * Entries of a table: 0 (off) to 254 (on), 255 no number; with a target, `WRONG` and `WRONG` + 1 for units that are off
 * or on and should not be.
 * @param {Channel | Float32Array} state from −1 to 1 @param {Channel | null} target @param {Uint16Array} codes filled
 */
export function coded(state, target, codes) {
  const bytes = levels(state instanceof Float32Array ? { shape: [], data: state, changed: true } : state);
  codes.set(bytes);
  if (!target) return;
  const wanted = levels(target);
  // Numbers over the middle have the highest bit.
  for (let index = 0; index < codes.length; index += 1) {
    const entry = bytes[index] ?? 255;
    const on = entry >> 7;
    if (on !== (wanted[index] ?? 0) >> 7 && entry !== 255) codes[index] = WRONG + on;
  }
}

/** A channel's numbers from −1 to 1 as entries 0 to 254, whatever range it came in. @param {Channel} channel @returns {Uint8Array} */
function levels({ data, low, high }) {
  if (data instanceof Uint8Array && low === -1 && high === 1) return data;
  const found = new Uint8Array(data.length);
  if (low === undefined || high === undefined) {
    for (let index = 0; index < found.length; index += 1) found[index] = levelOf(data[index] ?? NaN);
    return found;
  }
  const known = Uint8Array.from({ length: 256 }, (_, code) => levelOf(code === 255 ? NaN : low + (code / 254) * (high - low)));
  for (let index = 0; index < found.length; index += 1) found[index] = known[data[index] ?? 255] ?? 255;
  return found;
}

/** Numbers in range are decided by one comparison: a lattice has a quarter of a million. @param {number} value @returns {number} */
function levelOf(value) {
  const level = value * 127 + 127.5;
  if (level >= 0 && level < 255) return level | 0;
  return level >= 255 ? 254 : level < 0 ? 0 : 255;
}

/** A grid of spins as one image, enlarged: a lattice of 512 × 512 takes no longer than its pixels do. */
export class Spins {
  #stamp = new Stamp();
  #codes = new Uint16Array(0);
  #table = new Uint32Array(WRONG + 2);

  /**
   * @param {Sheet} sheet @param {Channel | Float32Array} state from −1 (off) to 1 (on), grey between; NaN: no number
   * @param {{columns: number, rows: number, cell: number}} grid @param {Channel | null} target
   */
  draw(sheet, state, { columns, rows, cell }, target) {
    const { context: pen, look, ratio } = sheet;
    const small = cell * ratio < SMALL || isFine({ columns, rows });
    if (this.#codes.length !== columns * rows) this.#codes = new Uint16Array(columns * rows);
    coded(state, target, this.#codes);
    const shades = look.maps.spins;
    this.#table.set(shades);
    for (const on of [0, 1]) this.#table[WRONG + on] = small ? pixel(rgb(look.colour[dotColour(on === 1, look.dark)])) : shades[on * 254] ?? 0;
    this.#stamp.paint(this.#codes, 0, columns, rows, this.#table);
    this.#stamp.draw(sheet, 0, 0, cell * columns, cell * rows);
    if (small) return;
    const gap = Math.max(1, Math.round(cell * 0.07 * ratio)) / ratio;
    const before = Math.floor((gap * ratio) / 2) / ratio;
    for (let column = 0; column <= columns; column += 1) pen.clearRect(column * cell - before, 0, gap, cell * rows);
    for (let row = 0; row <= rows; row += 1) pen.clearRect(0, row * cell - before, cell * columns, gap);
    if (target) for (const on of [0, 1]) dots(sheet, this.#codes, WRONG + on, columns, cell, look.colour[dotColour(on === 1, look.dark)]);
  }
}

/** @param {Sheet} sheet @param {Uint16Array} codes @param {number} wanted @param {number} columns @param {number} cell @param {string} colour */
function dots({ context: pen }, codes, wanted, columns, cell, colour) {
  pen.beginPath();
  for (let index = codes.indexOf(wanted); index >= 0; index = codes.indexOf(wanted, index + 1)) {
    const [left, top] = [((index % columns) + 0.5) * cell, (Math.floor(index / columns) + 0.5) * cell];
    pen.moveTo(left + cell * 0.26, top);
    pen.arc(left, top, cell * 0.26, 0, 2 * Math.PI);
  }
  pen.fillStyle = colour;
  pen.fill();
}

/** What the rings below need outside the cell that they are round. @param {Sheet} sheet */
export const rim = ({ unit, ratio }) => Math.ceil(5 * unit * ratio) / ratio;

/** The cell that is deciding now, ringed yellow inside ink; at the edge the ring stays in the picture.
 * @param {Sheet} sheet @param {number} x @param {number} y @param {number} cell @param {number} free on every side of the grid */
export function now(sheet, x, y, cell, free) {
  boxed(sheet, x, y, cell, free, 2, [[5.5, 'ink'], [2.5, 'paper'], [3.2, 'now']]);
}

/** The cell that the pointer or the keyboard would paint: ink, for yellow is the run's own. @param {Sheet} sheet
 * @param {number} x @param {number} y @param {number} cell @param {number} free on every side of the grid */
export function pencil(sheet, x, y, cell, free) {
  boxed(sheet, x, y, cell, free, 0, [[5.5, 'paper'], [2.2, 'ink']]);
}

/** @param {Sheet} sheet @param {number} x @param {number} y @param {number} cell @param {number} free @param {number} out how far outside
 * @param {[number, 'ink' | 'paper' | 'now'][]} rings widths and colours, the widest first */
function boxed({ context: pen, look, unit, width, height }, x, y, cell, free, out, rings) {
  const edge = ((rings[0]?.[0] ?? 0) / 2) * unit - free;
  const [left, top] = [Math.max(edge, x - out * unit), Math.max(edge, y - out * unit)];
  const [right, bottom] = [Math.min(width - 2 * free - edge, x + cell + out * unit), Math.min(height - 2 * free - edge, y + cell + out * unit)];
  for (const [line, colour] of rings) {
    [pen.lineWidth, pen.strokeStyle] = [line * unit, look.colour[colour]];
    pen.strokeRect(left, top, right - left, bottom - top);
  }
}
