// @ts-check
/** The pictures that hang under the valleys of a tree. */

import { Stamp, entries } from '../draw/map.js';
import { valueAt } from '../session/frame.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */

const TILE = 34;
/** Between neighbours. */
export const GAP = 4;
/** All pictures share one range, so that a pale one is pale beside none that is not. @type {[number, number]} */
const SPINS = [-1, 1];

/** The side of a picture's cell: whole device pixels, three at least.
 * @param {Sheet} sheet @param {number} rows @param {number} columns @param {number} room for one picture with its gap */
export function cellOf({ height, unit, ratio }, rows, columns, room) {
  const wide = Math.min(TILE * unit, room - GAP * unit) / columns;
  const high = Math.min(TILE * unit, 0.16 * height) / rows;
  return Math.max(3, Math.floor(Math.min(wide, high) * ratio)) / ratio;
}

export class Pictures {
  #stamp = new Stamp();

  /** @param {Sheet} sheet @param {import('../session/frame.js').Channel} tiles (leaves, rows, columns) @param {number} cell
   * @param {Set<number>} shown leaves @param {number} chosen one of them, ringed; −1: none
   * @param {(leaf: number) => [number, number]} at the middle of a picture's upper edge */
  draw(sheet, tiles, cell, shown, chosen, at) {
    const [, rows = 0, columns = 0] = tiles.shape;
    const [width, height] = [cell * columns, cell * rows];
    const values = Float32Array.from(tiles.data, (_, index) => valueAt(tiles, index));
    const bytes = entries({ shape: tiles.shape, data: values, changed: true }, SPINS);
    for (const leaf of shown) {
      if (leaf < 0) continue;
      const [middle, upper] = at(leaf);
      const [left, top] = [whole(sheet, middle - width / 2), whole(sheet, upper)];
      this.#stamp.paint(bytes, leaf * rows * columns, columns, rows, sheet.look.maps.spins);
      this.#stamp.draw(sheet, left, top, width, height);
      if (leaf === chosen) outlined(sheet, left, top, width, height);
    }
  }
}

/** @param {Sheet} sheet @param {number} value the nearest whole device pixel */
const whole = ({ ratio }, value) => Math.round(value * ratio) / ratio;

/** @param {Sheet} sheet @param {number} x @param {number} y @param {number} width @param {number} height */
function outlined({ context: pen, look, unit }, x, y, width, height) {
  for (const [line, colour] of /** @type {const} */ ([[5, 'on-now'], [3, 'now']])) {
    [pen.lineWidth, pen.strokeStyle] = [line * unit, look.colour[colour]];
    pen.strokeRect(x - 1, y - 1, width + 2, height + 2);
  }
}
