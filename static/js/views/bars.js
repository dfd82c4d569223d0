// @ts-check
/** Horizontal bars, one row per entry: its tile or number, the bar, a ring where it started, the value. */

import { nice } from '../draw/axes.js';
import { font } from '../draw/canvas.js';
import { Stamp, entries, rangeOf } from '../draw/map.js';
import { pixel, rgb, tintOf } from '../draw/colours.js';
import { colourOf, cross, dashed, ring, words } from '../draw/marks.js';
import { fixed } from '../draw/numbers.js';
import { number } from '../session/frame.js';
import { vector } from './profile.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./profile.js').Row} Row */

/** Bars start at 0; numbers within ±1 keep the whole of it, so that a probability axis is never cropped.
 * @param {number[]} values @returns {[number, number]} */
export function reach(values) {
  const finite = values.filter(Number.isFinite);
  const [least, most] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const whole = Math.max(-least, most) <= 1.0001;
  return [least < 0 ? (whole ? least : -nice(-least)) : 0, whole ? 1 : nice(most) || 1];
}

/** Bars beside one another are read in the same two decimals, the smallest too. @param {number} value */
export const told = (value) => fixed(Math.abs(value) < 0.005 ? 0 : value, 2);

export class Bars {
  #stamp = new Stamp();
  #row = 0;
  #count = 0;

  /** @param {import('./types.js').ProfileSpec} spec @param {import('./types.js').Context} context */
  constructor(spec, context) {
    this.spec = spec;
    this.context = context;
  }

  /** @param {number} y */
  rowAt(y) {
    const row = Math.floor(y / (this.#row || 1));
    return row >= 0 && row < this.#count ? row : -1;
  }

  /** @param {Sheet} sheet @param {Frame} frame @param {Row[]} rows */
  draw(sheet, frame, rows) {
    const { look, unit, width, height, context: pen } = sheet;
    this.#count = rows[0]?.values.length ?? 0;
    this.#row = height / this.#count;
    const started = vector(frame, this.spec.reference);
    const [low, high] = reach([...rows.flatMap(({ values }) => values), ...(started ?? []), ...this.spec.theory.map((theory) => theory.value ?? number(frame, theory.channel))]);
    const label = this.#labels(sheet, frame);
    const [from, to] = [label + (label ? 22 : 2) * unit, width - 38 * unit];
    const x = (/** @type {number} */ value) => from + ((value - low) / (high - low)) * (to - from);
    for (const theory of this.spec.theory) {
      const value = theory.value ?? number(frame, theory.channel);
      if (!Number.isFinite(value)) continue;
      dashed(sheet, [[x(value), 0], [x(value), height]]);
      words(sheet, theory.label, x(value) - 4 * unit, height, { align: 'right', baseline: 'bottom' });
    }
    const zero = Math.round(x(0)) + 0.5;
    [pen.strokeStyle, pen.lineWidth] = [look.colour['ink-3'], 1];
    pen.beginPath();
    pen.moveTo(zero, 0);
    pen.lineTo(zero, height);
    pen.stroke();
    rows.forEach((row, index) => this.#bars(sheet, row, x, index, rows.length, started));
  }

  /** Tiles or numbers beside the bars; returns how wide they are. @param {Sheet} sheet @param {Frame} frame */
  #labels(sheet, frame) {
    const { look, unit, ratio, context: pen } = sheet;
    const tiles = frame.channels.get(this.spec.tiles);
    const lit = this.context.hover?.entry(this.spec.index) ?? -1;
    const small = this.#row < look.size.tick * 1.1;
    if (!tiles) {
      pen.font = font(look.size.tick);
      const every = small ? Math.ceil((look.size.tick * 1.4) / this.#row) : 1;
      for (let entry = 0; entry < this.#count; entry += every) {
        words(sheet, String(entry + 1), 20 * unit, (entry + 0.5) * this.#row, { colour: look.colour['ink-2'], align: 'right' });
      }
      return 20 * unit;
    }
    const [, rows = 1, columns = 1] = tiles.shape;
    const fits = (Math.min(this.#row * 0.86, this.#row - 3 * unit, 64 * unit) * ratio) / Math.max(rows, columns);
    const cell = (fits >= 1 ? Math.floor(fits) : Math.max(fits, 0)) / ratio;
    const bytes = entries(tiles, rangeOf(tiles, 'spins'));
    for (let entry = 0; entry < this.#count; entry += 1) {
      const tint = rgb(tintOf(look, entry, this.#count));
      const table = Uint32Array.from({ length: 256 }, (_, level) => pixel(level > 127 ? rgb(look.colour.ink) : tint));
      this.#stamp.paint(bytes, entry * rows * columns, columns, rows, table);
      const top = Math.round(((entry + 0.5) * this.#row - (cell * rows) / 2) * ratio) / ratio;
      this.#stamp.draw(sheet, 0, top, cell * columns, cell * rows);
      if (entry !== lit) continue;
      for (const [line, colour] of /** @type {const} */ ([[5, 'on-now'], [3, 'now']])) {
        [pen.lineWidth, pen.strokeStyle] = [line * unit, look.colour[colour]];
        pen.strokeRect(2 * unit, top, cell * columns - 2 * unit, cell * rows);
      }
    }
    return cell * columns;
  }

  /** @param {Sheet} sheet @param {Row} row @param {(value: number) => number} x @param {number} place among `all` lines
   * @param {number} all @param {number[] | null} started */
  #bars(sheet, { line, values }, x, place, all, started) {
    const { look, unit, context: pen } = sheet;
    const best = values.reduce((top, value, entry) => (value > (values[top] ?? -Infinity) ? entry : top), 0);
    const thick = Math.min(14 * unit, (this.#row * (all > 1 ? 0.7 : 0.3)) / all, this.#row * 0.8);
    const legible = this.#row / all >= look.size.small;
    values.forEach((value, entry) => {
      const middle = (entry + 0.5 + (place - (all - 1) / 2) * (0.8 / all)) * this.#row;
      const chief = all === 1 && entry === best;
      const colour = line.mark !== 'ink' ? colourOf(look, line.mark) : look.colour[chief ? 'ink' : 'bar'];
      if (!Number.isFinite(value)) {
        cross(sheet, x(0), middle, look.colour.minus);
        return;
      }
      pen.fillStyle = colour;
      pen.fillRect(Math.min(x(0), x(value)), middle - thick / 2, Math.abs(x(value) - x(0)), thick);
      const start = started?.[entry];
      const ringed = all === 1 && start !== undefined && Number.isFinite(start);
      if (ringed) {
        ring(sheet, x(start), middle, look.colour[chief ? 'ink' : 'ink-2']);
      }
      if (!legible && !chief) return;
      const end = Math.max(x(value), x(0), ringed ? x(start) + 4.5 * unit : 0);
      words(sheet, told(value), end + 6 * unit, middle, {
        size: look.size.small, weight: chief ? 650 : 400, colour: look.colour[chief ? 'ink' : 'ink-2'],
      });
    });
  }
}
