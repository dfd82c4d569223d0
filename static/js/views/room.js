// @ts-check
/** How much room the words around a chart need. */

import { font } from '../draw/canvas.js';
import { look } from '../draw/colours.js';

/** @typedef {import('./strands.js').Strand} Strand */

const ruler = document.createElement('canvas').getContext('2d');

/** How wide a label is. @param {string} text */
export function textWidth(text) {
  if (!ruler) return 0;
  ruler.font = font(look().size.tick, 650);
  return ruler.measureText(text).width;
}

/** Whether a label may stand beside the picture: not if it took a third of it. @param {string} text @param {number} width */
export const fitsBeside = (text, width) => textWidth(text) < width / 3;

/** Space for the labels at the lines' ends. @param {Strand[]} found @param {number} width */
export function labelRoom(found, width) {
  const beside = found.map(({ label }) => label).filter((label) => label && fitsBeside(label, width));
  const longest = Math.max(0, ...beside.map(textWidth));
  return longest ? longest + 18 * look().unit : 16 * look().unit;
}

/** Wide enough for its labels. @param {import('uplot')} chart @param {string[] | null} values @param {number} size @param {number} unit */
export function axisWidth(chart, values, size, unit) {
  const pen = chart.ctx;
  pen.save();
  pen.font = font(size * (devicePixelRatio || 1));
  const widest = Math.max(0, ...(values ?? []).map((value) => pen.measureText(value).width)) / (devicePixelRatio || 1);
  pen.restore();
  return Math.ceil(widest + 12 * unit);
}
