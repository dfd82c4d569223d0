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

/** Labels may take this much of a picture's width. */
const SHARE = 0.4;

/** Whether a label may stand beside the plot; if not, it stands above. @param {string} text @param {number} width */
export const fitsBeside = (text, width) => textWidth(text) + 18 * look().unit <= SHARE * width;

/** The labels that stand above the plot. @param {Strand[]} found @param {number} width */
export const above = (found, width) => found.filter(({ label }) => label && !fitsBeside(label, width));

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
