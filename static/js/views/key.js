// @ts-check
/** Below a map: what its marks mean, each mark beside its word, in as many lines as that takes. */

import { sizeOf, words } from '../draw/marks.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {{text: string, mark?: (x: number, y: number) => void}} Item */

const MARK = 20;
const BETWEEN = 16;

/** @param {Sheet} sheet */
const lineOf = ({ look }) => look.size.tick * 1.45;

/** How wide an item is. @param {Sheet} sheet @param {Item} item */
const widthOf = (sheet, { text, mark }) => (mark ? MARK * sheet.unit : 0) + sizeOf(sheet, text).width;

/** @param {Sheet} sheet @param {Item[]} items @returns {{item: Item, left: number, line: number}[]} */
function seats(sheet, items) {
  let [left, line] = [0, 0];
  return items.map((item) => {
    const wide = widthOf(sheet, item);
    if (left > 0 && left + wide > sheet.width) [left, line] = [0, line + 1];
    const seat = { item, left, line };
    left += wide + BETWEEN * sheet.unit;
    return seat;
  });
}

/** @param {Sheet} sheet @param {Item[]} items @returns {number} */
export const keyHeight = (sheet, items) => (items.length ? ((seats(sheet, items).at(-1)?.line ?? 0) + 1.2) * lineOf(sheet) : 0);

/** @param {Sheet} sheet @param {Item[]} items @param {number} top */
export function key(sheet, items, top) {
  for (const { item, left, line } of seats(sheet, items)) {
    const middle = top + (line + 0.7) * lineOf(sheet);
    const beside = item.mark ? MARK * sheet.unit : 0;
    words(sheet, item.text, left + beside, middle, { colour: sheet.look.colour['ink-2'] });
    item.mark?.(left + beside * 0.42, middle);
  }
}
