// @ts-check
/** The flat map of a surface: the same colours and contours seen from straight above, with a bar that states the range. */

import { Stamp } from '../draw/map.js';
import { sizeOf, words } from '../draw/marks.js';
import { short } from '../draw/numbers.js';
import { trail } from '../draw/trail.js';
import { relieved, shadesOf } from './heights.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('./heights.js').Heights} Heights */

const BAR = 9;

/** @param {Sheet} sheet @param {Heights} heights @param {number} side */
function contours({ context: pen, look }, { lines }, side) {
  [pen.lineWidth, pen.strokeStyle, pen.globalAlpha] = [1, look.colour.ink, 0.45];
  pen.beginPath();
  for (const line of lines) {
    for (let index = 0; index < line.length; index += 2) {
      const [x, y] = [((1 + (line[index] ?? 0)) / 2) * side, ((1 - (line[index + 1] ?? 0)) / 2) * side];
      if (index % 4) pen.lineTo(x, y);
      else pen.moveTo(x, y);
    }
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

/** What lies along the map's sides; in two lines where one is too narrow. @param {Sheet} sheet @param {string[]} axes */
function directions(sheet, axes) {
  const named = axes.flatMap((name, index) => (name ? `${'→↑'[index]} ${name}` : []));
  const line = named.join('   ');
  return sizeOf(sheet, line).width <= sheet.width ? [line] : named;
}

/** What the bar says: least, greatest, from line to line. @param {Heights} heights @returns {[string, string, string]} */
const said = ({ low, high, levels }) =>
  [short(low), short(high), levels.length > 1 ? `a line every ${short((levels[1] ?? NaN) - (levels[0] ?? NaN))}` : ''];

/** @param {Sheet} sheet @param {[string, string, string]} said @param {number} side @param {number} top @param {number} line */
function range(sheet, [least, most, step], side, top, line) {
  const { look, unit } = sheet;
  const bar = new Stamp();
  bar.paint(Uint8Array.from({ length: 255 }, (_, entry) => entry), 0, 255, 1, relieved(look));
  bar.draw(sheet, 0, top, side, BAR * unit);
  [sheet.context.lineWidth, sheet.context.strokeStyle] = [1, look.colour['ink-3']];
  sheet.context.strokeRect(0.5, top + 0.5, side - 1, BAR * unit);
  const [style, base] = [{ colour: look.colour['ink-2'] }, top + BAR * unit + 0.6 * line];
  words(sheet, least, 0, base, style);
  words(sheet, most, side, base, { ...style, align: 'right' });
  const taken = [least, most, step].reduce((sum, text) => sum + sizeOf(sheet, text).width + 8 * unit, 0);
  if (step && taken < side) words(sheet, step, side / 2, base, { ...style, align: 'center' });
}

/**
 * The map without the run. @param {Sheet} sheet @param {Heights} heights @param {string[]} axes @param {number} foot kept free below
 * @param {[string, string, string]} [told] what the bar says @returns {number} the map's side
 */
export function terrain(sheet, heights, axes, foot, told = said(heights)) {
  const line = sheet.look.size.tick * 1.25;
  const named = directions(sheet, axes);
  const below = (named.length + 1.5) * line + BAR * sheet.unit;
  const side = Math.max(1, Math.min(sheet.width, sheet.height - foot - below));
  const stamp = new Stamp();
  stamp.paint(shadesOf(heights), 0, heights.columns, heights.rows, relieved(sheet.look));
  stamp.draw(sheet, 0, 0, side, side);
  contours(sheet, heights, side);
  named.forEach((name, index) => words(sheet, name, 0, side + (index + 0.6) * line, { colour: sheet.look.colour['ink-2'] }));
  range(sheet, told, side, side + (named.length + 0.3) * line, line);
  return side;
}

/** @param {Sheet} sheet @param {Heights} heights @param {string[]} axes @param {number} foot kept free below */
export function flat(sheet, heights, axes, foot) {
  const side = terrain(sheet, heights, axes, foot);
  trail(sheet, heights.path.map(([x, y]) => [((1 + x) / 2) * side, ((1 - y) / 2) * side]));
}
