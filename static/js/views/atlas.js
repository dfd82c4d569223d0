// @ts-check
/** The map of basins as one picture, made anew only when something of it has changed. */

import { look } from '../draw/colours.js';
import { NONE, borders, isRound, stripes, tinted, widened } from '../draw/regions.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/regions.js').Regions} Regions */

/** A canvas that is kept: a new one for every picture would cost more than what is drawn on it. */
class Layer {
  canvas = document.createElement('canvas');

  /** Empty, and as large as asked for. @param {number} width @param {number} height */
  begin(width, height) {
    const { canvas } = this;
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('This browser gives no 2d canvas.');
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    else pen.reset();
    pen.imageSmoothingEnabled = false;
    return pen;
  }

  /** @param {ImageData} image */
  hold(image) {
    this.begin(image.width, image.height).putImageData(image, 0, 0);
    return this.canvas;
  }
}

export class Atlas {
  #picture = new Layer();
  #stripes = new Layer();
  #pixels = new Layer();
  /** @type {unknown[]} */
  #made = [];

  /**
   * @param {Sheet} sheet @param {Regions} regions @param {ArrayLike<number>} purity @param {number} side in CSS pixels
   * @param {number} lit the memory whose border is shown in ink, −1: none @param {number} count of all memories
   */
  draw({ context, ratio, unit }, regions, purity, side, lit, count) {
    const size = Math.round(side * ratio);
    const made = [regions.codes, purity, size, lit, look(), count];
    if (made.some((part, index) => part !== this.#made[index])) this.#make(regions, purity, size, lit, unit * ratio, count);
    this.#made = made;
    context.drawImage(this.#picture.canvas, 0, 0, side, side);
  }

  /** @param {Regions} regions @param {ArrayLike<number>} purity @param {number} size in device pixels @param {number} lit
   * @param {number} unit in device pixels too @param {number} count */
  #make(regions, purity, size, lit, unit, count) {
    const { columns, rows } = regions;
    const round = isRound(regions);
    const filled = round ? widened(regions) : regions;
    const pen = this.#picture.begin(size, size);
    const tints = new ImageData(columns, rows);
    tinted(filled, purity, look(), new Uint32Array(tints.data.buffer), count);
    pen.drawImage(this.#pixels.hold(tints), 0, 0, size, size);
    if (filled.codes.includes(NONE)) pen.drawImage(this.#hatched(filled, size, unit), 0, 0);
    pen.setTransform(size / columns, 0, 0, size / rows, 0, 0);
    edged(pen, filled, look().colour.paper, 1.4 * unit * (columns / size));
    if (lit >= 0) edged(pen, filled, look().colour.ink, 2 * unit * (columns / size), lit);
    if (!round) return;
    // A clean circle instead of steps.
    pen.globalCompositeOperation = 'destination-in';
    pen.beginPath();
    pen.arc(columns / 2, rows / 2, Math.min(columns, rows) / 2, 0, 2 * Math.PI);
    pen.fill();
  }

  /** Stripes where no memory is reached. @param {Regions} regions @param {number} size @param {number} unit */
  #hatched({ codes, columns, rows }, size, unit) {
    const where = new ImageData(columns, rows);
    const pixels = new Uint32Array(where.data.buffer);
    for (let index = 0; index < pixels.length; index += 1) pixels[index] = codes[index] === NONE ? 0xff000000 : 0;
    const pen = this.#stripes.begin(size, size);
    pen.drawImage(this.#pixels.hold(where), 0, 0, size, size);
    pen.globalCompositeOperation = 'source-in';
    pen.fillStyle = pen.createPattern(stripes(look(), Math.max(4, Math.round(5 * unit))), 'repeat') ?? look().colour['ink-3'];
    pen.fillRect(0, 0, size, size);
    return this.#stripes.canvas;
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Regions} regions @param {string} colour @param {number} width @param {number} [only] */
function edged(pen, regions, colour, width, only = -1) {
  pen.beginPath();
  borders(regions, pen, only);
  [pen.strokeStyle, pen.lineWidth, pen.lineCap] = [colour, width, 'square'];
  pen.stroke();
}
