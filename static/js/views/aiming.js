// @ts-check
/** A point of a square map of [−1, 1]², under the pointer or the arrow keys: read there, pressed there. */

import { mountCursor } from './cursor.js';
import { aim as aimed } from './legend.js';
import { mountReading } from './reading.js';
import { cellAt, placed, pointAt } from './shares.js';

/** @typedef {import('./shares.js').Point} Point */
/**
 * @typedef {object} Aim
 * @property {string} name what the keyboard does here
 * @property {() => {free: number, side: number}} map its margin and its side, in CSS pixels
 * @property {(point: Point) => string} describe
 * @property {() => Point} first where the arrow keys begin
 * @property {() => void} refresh the keys' aim has moved
 * @property {((point: Point) => void) | undefined} press
 */

/** As fine as a hand can point. */
const GRID = { columns: 256, rows: 256 };
const STRIDE = 8;

/** @param {HTMLElement} element @param {Aim} aim */
export function mountAim(element, { name, map, describe, first, refresh, press }) {
  const reading = mountReading(element);
  let [cell, byKey] = [-1, false];
  function read() {
    const { free, side } = map();
    const [x, y] = cell < 0 ? [0, 0] : placed(pointAt(cell, GRID), side);
    reading.say(cell < 0 ? '' : describe(pointAt(cell, GRID)), x + free, y + free);
  }
  const cursor = mountCursor(element, {
    name,
    locate(x, y) {
      const { free, side } = map();
      const [left, top] = [x - free, y - free];
      return left >= 0 && top >= 0 && left < side && top < side ? cellAt([(2 * left) / side - 1, 1 - (2 * top) / side], GRID) : -1;
    },
    size: () => ({ columns: GRID.columns, count: GRID.columns * GRID.rows }),
    first: () => cellAt(first(), GRID),
    stride: () => STRIDE,
    moved(next, keyed) {
      [cell, byKey] = [next, keyed];
      refresh();
      read();
    },
    describe: (index) => (index < 0 ? '' : describe(pointAt(index, GRID))),
    ...(press ? { press: (/** @type {number} */ index) => press(pointAt(index, GRID)) } : {}),
  });
  return {
    /** On the map, whose corner is the origin. @param {import('../draw/canvas.js').Sheet} sheet */
    draw(sheet) {
      if (cell >= 0 && byKey) aimed(sheet, placed(pointAt(cell, GRID), map().side));
    },
    /** What is read may have changed. */
    tell() {
      if (cell < 0) return;
      read();
      cursor.tell();
    },
    destroy() {
      cursor.destroy();
      reading.destroy();
    },
  };
}
