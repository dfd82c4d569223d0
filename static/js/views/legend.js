// @ts-check
/** The few words on a map of basins: in the corners that a disc leaves free, else beside or below it. */

import { ball, ring, sizeOf, words } from '../draw/marks.js';
import { corner } from './shares.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */

const HATCHED = ['hatched:', 'no memory'];
const MARKS = ['start', 'now'];
/** Below this size nothing is said: a miniature. */
const SMALLEST = 170;
const MARK = 12;
/** From one mark to the next, beside the word. */
const BETWEEN = 1.9 * MARK;

/**
 * Where the words stand: in the `corners` of a disc, `beside` a map that has more width than height, or `below` it.
 * @typedef {'corners' | 'beside' | 'below' | 'nowhere'} Stand
 * @param {{width: number, height: number}} room @param {boolean} round @param {number[]} widths of the lines on the left
 * @param {number} line how high one is @param {number} unit @returns {Stand}
 */
export function standing({ width, height }, round, widths, line, unit) {
  const side = Math.min(width, height);
  if (side < SMALLEST * unit) return 'nowhere';
  if (round && widths.every((wide, row) => wide <= corner(side / 2, line * (widths.length - row)) + 2)) return 'corners';
  return width - side >= Math.max(...widths) + MARK * unit ? 'beside' : 'below';
}

/** @param {Sheet} sheet @param {boolean} round @returns {Stand} */
function stand(sheet, round) {
  return standing(sheet, round, HATCHED.map((text) => sizeOf(sheet, text).width), lineOf(sheet), sheet.unit);
}

/** @param {Sheet} sheet */
const lineOf = ({ look }) => look.size.tick * 1.2;

/** How much width the words below the map take, were they one line. @param {Sheet} sheet */
const lengthOf = (sheet) => sizeOf(sheet, HATCHED.join(' ')).width + sizeOf(sheet, MARKS.join('')).width + 2.2 * BETWEEN * sheet.unit;

/** How much height the words take below the map. @param {Sheet} sheet @param {boolean} round */
export const footOf = (sheet, round) => (stand(sheet, round) === 'below' ? lineOf(sheet) * (lengthOf(sheet) > sheet.width ? 2.5 : 1.4) : 0);

/** @param {Sheet} sheet @param {number} side of the map @param {boolean} round @param {boolean} run whether there is a path */
export function legend(sheet, side, round, run) {
  const { unit, look } = sheet;
  const where = stand(sheet, round);
  const line = lineOf(sheet);
  const style = { colour: look.colour['ink-2'] };
  const wide = (/** @type {string} */ text) => sizeOf(sheet, text).width;
  if (where === 'corners') {
    HATCHED.forEach((text, row) => words(sheet, text, 0, side - line * (1.5 - row), style));
    if (run) MARKS.forEach((text, row) => mark(sheet, text, side - wide('start'), side - line * (1.5 - row)));
  }
  if (where === 'beside') {
    const left = side + MARK * unit;
    HATCHED.forEach((text, row) => words(sheet, text, left, side - line * (1.5 - row), style));
    if (run) MARKS.forEach((text, row) => mark(sheet, text, left + 1.3 * MARK * unit, side - line * (3.7 - row)));
  }
  if (where === 'below') {
    const [length, middle] = [lengthOf(sheet), side + line * 0.85];
    words(sheet, HATCHED.join(' '), 0, middle, style);
    if (!run) return;
    const fits = length <= sheet.width;
    const right = fits ? Math.max(side, length) : wide(MARKS.join('')) + 2.2 * BETWEEN * unit;
    const next = fits ? middle : middle + line * 1.1;
    mark(sheet, 'now', right - wide('now'), next);
    mark(sheet, 'start', right - wide('now') - wide('start') - BETWEEN * unit, next);
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
