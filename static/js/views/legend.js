// @ts-check
/** The few words on a map of basins: in the corners that a disc leaves free, else on a line below. */

import { ball, ring, sizeOf, words } from '../draw/marks.js';
import { corner } from './shares.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */

const HATCHED = ['hatched:', 'no memory'];
/** Below this size nothing is said: a miniature. */
const SMALLEST = 170;
const MARK = 12;

export class Legend {
  /** Whether two lines of words stand in the corners. @param {Sheet} sheet @param {boolean} round */
  #corners(sheet, round) {
    const radius = Math.min(sheet.width, sheet.height) / 2;
    const line = sheet.look.size.tick * 1.2;
    return round && HATCHED.every((text, row) => sizeOf(sheet, text).width <= corner(radius, line * (2 - row)) + 2);
  }

  /** How much height the line below takes. @param {Sheet} sheet @param {boolean} round */
  foot(sheet, round) {
    if (Math.min(sheet.width, sheet.height) < SMALLEST * sheet.unit || this.#corners(sheet, round)) return 0;
    return sheet.look.size.tick * 1.6;
  }

  /** @param {Sheet} sheet @param {number} side of the map @param {boolean} round @param {boolean} run whether there is a path */
  draw(sheet, side, round, run) {
    const { unit, look } = sheet;
    if (Math.min(sheet.width, sheet.height) < SMALLEST * unit) return;
    const line = look.size.tick * 1.2;
    const style = { colour: look.colour['ink-2'] };
    const wide = (/** @type {string} */ text) => sizeOf(sheet, text).width;
    if (this.#corners(sheet, round)) {
      HATCHED.forEach((text, row) => words(sheet, text, 0, side - line * (1.5 - row), style));
      if (run) ['start', 'now'].forEach((text, row) => mark(sheet, text, side - wide('start'), side - line * (1.5 - row)));
      return;
    }
    const middle = side + look.size.tick * 0.95;
    words(sheet, HATCHED.join(' '), 0, middle, style);
    if (!run) return;
    mark(sheet, 'now', side - wide('now'), middle);
    mark(sheet, 'start', side - wide('now') - wide('start') - 1.9 * MARK * unit, middle);
  }
}

/** A mark and what it is called. @param {Sheet} sheet @param {string} text @param {number} x of the word @param {number} y */
function mark(sheet, text, x, y) {
  words(sheet, text, x, y, { colour: sheet.look.colour['ink-2'] });
  if (text === 'now') ball(sheet, x - 0.75 * MARK * sheet.unit, y, 3.6);
  else ring(sheet, x - 0.75 * MARK * sheet.unit, y, sheet.look.colour.ink);
}

/** Where the arrow keys are. @param {Sheet} sheet @param {[number, number]} place */
export function aim({ context: pen, look, unit }, [x, y]) {
  for (const [width, colour] of /** @type {const} */ ([[6, 'on-now'], [3.4, 'now']])) {
    [pen.lineWidth, pen.strokeStyle] = [width * unit, look.colour[colour]];
    pen.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      pen.moveTo(x + 4 * (dx ?? 0) * unit, y + 4 * (dy ?? 0) * unit);
      pen.lineTo(x + 10 * (dx ?? 0) * unit, y + 10 * (dy ?? 0) * unit);
    }
    pen.stroke();
  }
}
