// @ts-check
/** What a net says on the plane as one picture: colours that fade with certainty, and the line between the classes. */

import { look, pixel, rgb, tintOf } from '../draw/colours.js';
import { entries } from '../draw/map.js';
import { faded, tinted } from '../draw/regions.js';
import { lines } from './classes.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/colours.js').Look} Look */
/** @typedef {import('./classes.js').Decisions} Decisions */
/** @typedef {import('./classes.js').Examples} Examples */

/** Of the diverging map so much, either way from paper, that marks of ink can be read on all of it. */
const REACH = 62;
const MIDDLE = 127;

/** The entry of the diverging map for one of two classes. @param {number} code @param {number} share */
const between = (code, share) => Math.round(MIDDLE + (code === 1 ? REACH : -REACH) * share);

/** @param {Decisions} decisions @param {Examples} examples @param {Look} now @param {Uint32Array} pixels filled */
export function coloured(decisions, { count, range }, now, pixels) {
  const { codes, values, shares, columns, rows } = decisions;
  const table = now.maps.diverging;
  if (!codes) entries(values, range).forEach((entry, cell) => (pixels[cell] = table[entry] ?? 0));
  else if (count > 2) tinted({ codes, columns, rows }, shares, now, pixels, count);
  else codes.forEach((code, cell) => (pixels[cell] = (code > 1 ? pixel(rgb(now.tints[0] ?? '')) : table[between(code, shares[cell] ?? 1)]) ?? 0));
}

/** A class's colour where the net is certain. @param {Look} now @param {number} number @param {number} count @returns {string} */
export function colourOf(now, number, count) {
  const whole = count > 2 ? faded(rgb(tintOf(now, number, count)), [0, 0, 0], 1) : now.maps.diverging[between(number, 1)] ?? 0;
  return `rgb(${whole & 255} ${(whole >> 8) & 255} ${(whole >> 16) & 255})`;
}

export class Ground {
  #canvas = document.createElement('canvas');
  /** @type {unknown[]} */
  #made = [];
  /** @type {number[][]} */
  #lines = [];

  /** @param {Sheet} sheet @param {Decisions} decisions @param {Examples} examples @param {number} side */
  draw(sheet, decisions, examples, side) {
    const made = [decisions, examples.count, ...examples.range, look()];
    if (made.some((part, index) => part !== this.#made[index])) this.#make(decisions, examples);
    this.#made = made;
    const { context: pen } = sheet;
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, side, side);
    pen.clip();
    // Between the middles of its cells the map is linear, as its lines are.
    [pen.imageSmoothingEnabled, pen.imageSmoothingQuality] = [true, 'medium'];
    pen.drawImage(this.#canvas, 0, 0, side, side);
    for (const line of this.#lines) parting(sheet, line, side);
    pen.restore();
  }

  /** @param {Decisions} decisions @param {Examples} examples */
  #make(decisions, examples) {
    const { columns, rows } = decisions;
    [this.#canvas.width, this.#canvas.height] = [columns, rows];
    const image = new ImageData(columns, rows);
    coloured(decisions, examples, look(), new Uint32Array(image.data.buffer));
    this.#canvas.getContext('2d')?.putImageData(image, 0, 0);
    this.#lines = lines(decisions, examples.count);
  }
}

/** @param {Sheet} sheet @param {number[]} line @param {number} side */
function parting({ context: pen, look: { colour }, unit }, line, side) {
  pen.beginPath();
  line.forEach((place, index) => {
    if (index % 2) return;
    const [x, y] = [((1 + place) / 2) * side, ((1 - (line[index + 1] ?? 0)) / 2) * side];
    if (index % 4) pen.lineTo(x, y);
    else pen.moveTo(x, y);
  });
  pen.lineCap = 'round';
  for (const [width, name] of /** @type {const} */ ([[3.6, 'paper'], [1.4, 'ink']])) {
    [pen.lineWidth, pen.strokeStyle] = [width * unit, colour[name]];
    pen.stroke();
  }
}
