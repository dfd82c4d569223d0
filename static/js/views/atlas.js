// @ts-check
/** The map of basins as one picture, made anew only when something of it has changed. */

import { look } from '../draw/colours.js';
import { NONE, borders, isRound, stripes, tinted, widened } from '../draw/regions.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/regions.js').Regions} Regions */

/** @param {number} width @param {number} height */
function blank(width, height) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  return canvas;
}

/** @param {HTMLCanvasElement} canvas */
function penOf(canvas) {
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('This browser gives no 2d canvas.');
  pen.imageSmoothingEnabled = false;
  return pen;
}

export class Atlas {
  round = false;
  #picture = blank(1, 1);
  /** @type {unknown[]} */
  #made = [];

  /**
   * @param {Sheet} sheet @param {Regions} regions @param {ArrayLike<number>} purity @param {number} side in CSS pixels
   * @param {number} lit the memory whose border is shown in ink, −1: none
   */
  draw({ context, ratio, unit }, regions, purity, side, lit) {
    const size = Math.round(side * ratio);
    const made = [regions.codes, purity, size, lit, look()];
    if (made.some((part, index) => part !== this.#made[index])) this.#make(regions, purity, size, lit, unit * ratio);
    this.#made = made;
    context.drawImage(this.#picture, 0, 0, side, side);
  }

  /** @param {Regions} regions @param {ArrayLike<number>} purity @param {number} size in device pixels @param {number} lit @param {number} unit */
  #make(regions, purity, size, lit, unit) {
    const { columns, rows } = regions;
    this.round = isRound(regions);
    const filled = this.round ? widened(regions) : regions;
    this.#picture = blank(size, size);
    const pen = penOf(this.#picture);
    if (this.round) {
      pen.beginPath();
      pen.arc(size / 2, size / 2, size / 2, 0, 2 * Math.PI);
      pen.clip();
    }
    const tints = new ImageData(columns, rows);
    tinted(filled, purity, look(), new Uint32Array(tints.data.buffer));
    pen.drawImage(plain(tints), 0, 0, size, size);
    pen.drawImage(hatched(filled, size, unit), 0, 0);
    pen.setTransform(size / columns, 0, 0, size / rows, 0, 0);
    edged(pen, filled, look().colour.paper, 1.2 * unit * (columns / size));
    if (lit >= 0) edged(pen, filled, look().colour.ink, 2 * unit * (columns / size), lit);
  }
}

/** @param {ImageData} image */
function plain(image) {
  const canvas = blank(image.width, image.height);
  penOf(canvas).putImageData(image, 0, 0);
  return canvas;
}

/** Stripes where no memory is reached. @param {Regions} regions @param {number} size @param {number} unit */
function hatched({ codes, columns, rows }, size, unit) {
  const where = new ImageData(columns, rows);
  const pixels = new Uint32Array(where.data.buffer);
  for (let index = 0; index < pixels.length; index += 1) pixels[index] = codes[index] === NONE ? 0xff000000 : 0;
  const canvas = blank(size, size);
  const pen = penOf(canvas);
  pen.drawImage(plain(where), 0, 0, size, size);
  pen.globalCompositeOperation = 'source-in';
  pen.fillStyle = pen.createPattern(stripes(look(), Math.max(4, Math.round(5 * unit))), 'repeat') ?? look().colour['ink-3'];
  pen.fillRect(0, 0, size, size);
  return canvas;
}

/** @param {CanvasRenderingContext2D} pen @param {Regions} regions @param {string} colour @param {number} width @param {number} [only] */
function edged(pen, regions, colour, width, only = -1) {
  pen.beginPath();
  borders(regions, pen, only);
  [pen.strokeStyle, pen.lineWidth, pen.lineCap] = [colour, width, 'square'];
  pen.stroke();
}
