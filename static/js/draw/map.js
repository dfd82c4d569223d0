// @ts-check
/** Arrays as pictures: numbers through a colour map into pixels, one pixel per entry, enlarged without smoothing. */

import { font } from './canvas.js';
import { short } from './numbers.js';

/** @typedef {import('./canvas.js').Sheet} Sheet */
/** @typedef {import('./colours.js').MapName} MapName */
/** @typedef {import('../session/frame.js').Channel} Channel */

/** The range that a map spans: the channel's own, or that of its finite entries; symmetric when diverging. A declared span
 * is widened where the channel goes beyond it: nothing is clipped.
 * @param {Channel} channel @param {MapName} map @param {[number, number] | null} [span] @returns {[number, number]} */
export function rangeOf(channel, map, span) {
  const [least, most] = ownRange(channel, map);
  return span ? [Math.min(span[0], least), Math.max(span[1], most)] : [least, most];
}

/** @param {Channel} channel @param {MapName} map @returns {[number, number]} */
function ownRange({ data, low, high }, map) {
  if (low !== undefined && high !== undefined) return [low, high];
  let [least, most] = [Infinity, -Infinity];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) return [0, 1];
  if (map === 'spins') return [-1, 1];
  if (map === 'sequential') return [Math.min(0, least), most > least ? most : least + 1];
  const reach = Math.max(Math.abs(least), Math.abs(most)) || 1;
  return [-reach, reach];
}

/** Table entries of all numbers: 0…254 over the range, 255 where there is no number. Bytes that came in levels are such
 * already, over their own range.
 * @param {Channel} channel @param {[number, number]} range @returns {Uint8Array} */
export function entries({ data, low }, [least, most]) {
  if (data instanceof Uint8Array && low !== undefined) return data;
  const found = new Uint8Array(data.length);
  const factor = 254 / (most - least || 1);
  for (let index = 0; index < data.length; index += 1) {
    const entry = Math.round(((data[index] ?? NaN) - least) * factor);
    found[index] = Number.isFinite(entry) ? Math.max(0, Math.min(254, entry)) : 255;
  }
  return found;
}

/** An offscreen image that is repainted in place; made anew only when its size changes. */
export class Stamp {
  canvas = document.createElement('canvas');
  /** @type {ImageData | null} */
  image = null;

  /**
   * @param {Uint8Array | Uint16Array} from table entries @param {number} start @param {number} width @param {number} height
   * @param {Uint32Array} table
   */
  paint(from, start, width, height, table) {
    const pen = this.canvas.getContext('2d');
    if (!pen) return;
    if (!this.image || this.image.width !== width || this.image.height !== height) {
      [this.canvas.width, this.canvas.height] = [width, height];
      this.image = pen.createImageData(width, height);
    }
    const pixels = new Uint32Array(this.image.data.buffer);
    for (let index = 0; index < pixels.length; index += 1) pixels[index] = table[from[start + index] ?? 255] ?? 0;
    pen.putImageData(this.image, 0, 0);
  }

  /** @param {Sheet} sheet @param {number} x @param {number} y @param {number} width @param {number} height */
  draw({ context, ratio }, x, y, width, height) {
    // Where entries outnumber the pixels of the screen, each pixel shows the mean of those that it covers.
    context.imageSmoothingEnabled = width * ratio < this.canvas.width;
    context.imageSmoothingQuality = 'medium';
    context.drawImage(this.canvas, x, y, width, height);
  }
}

/** Not a number: paper stripes over the warning colour, so that it needs no hue vision.
 * @param {Sheet} sheet @param {number} x @param {number} y @param {number} width @param {number} height */
export function hatch({ context: pen, look, unit }, x, y, width, height) {
  pen.save();
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.clip();
  pen.strokeStyle = look.colour.paper;
  pen.lineWidth = 1.2 * unit;
  pen.beginPath();
  for (let offset = 0; offset < width + height; offset += 4 * unit) {
    pen.moveTo(x + offset, y);
    pen.lineTo(x + offset - height, y + height);
  }
  pen.stroke();
  pen.restore();
}

/** How high a colour bar is with its labels. @param {Sheet} sheet */
export const barHeight = ({ look, unit }) => 8 * unit + 9 * unit + 4 * unit + look.size.tick;

/** How wide a colour bar must be for the words at its ends. @param {Sheet} sheet @param {[number, number]} range */
export function barWidth({ context: pen, look, unit }, [low, high]) {
  pen.font = font(look.size.tick);
  return pen.measureText(short(low, 2)).width + pen.measureText(short(high, 2)).width + 10 * unit;
}

/** The colour bar states the range. @param {Sheet} sheet @param {MapName} map @param {[number, number]} range
 * @param {number} x @param {number} y @param {number} width */
export function colourBar(sheet, map, [low, high], x, y, width) {
  const { context: pen, look, unit } = sheet;
  const [top, height] = [y + 8 * unit, 9 * unit];
  const bar = new Stamp();
  bar.paint(Uint8Array.from({ length: 255 }, (_, entry) => entry), 0, 255, 1, look.maps[map]);
  bar.draw(sheet, x, top, width, height);
  pen.lineWidth = 1;
  pen.strokeStyle = look.colour['ink-3'];
  pen.strokeRect(x + 0.5, top + 0.5, width - 1, height);
  pen.font = font(look.size.tick);
  pen.fillStyle = look.colour['ink-2'];
  pen.textBaseline = 'top';
  /** @param {CanvasTextAlign} align @param {number} value @param {number} at */
  const write = (align, value, at) => ((pen.textAlign = align), pen.fillText(short(value, 2), at, top + height + 4 * unit));
  const wide = (/** @type {number} */ value) => pen.measureText(short(value, 2)).width + 4 * unit;
  const zero = (width * -low) / (high - low);
  write('left', low, x);
  write('right', high, x + width);
  if (zero - wide(0) / 2 > wide(low) && zero + wide(0) / 2 < width - wide(high)) write('center', 0, x + zero);
}
