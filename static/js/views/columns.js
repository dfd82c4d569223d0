// @ts-check
/** Columns: bars that stand side by side, a dash over each where theory has it, the units of each state beneath. */

import { baseAxis, label, scale, stroke, ticks, valueAxis } from '../draw/axes.js';
import { font } from '../draw/canvas.js';
import { colourOf, cross, dashed, outlined, ring, sizeOf, worded, words } from '../draw/marks.js';
import { boxAt } from '../draw/places.js';
import { number } from '../session/frame.js';
import { laidOut, roof, unitsOf } from './patterns.js';
import { vector } from './profile.js';
import { squares } from './squares.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/axes.js').Box} Box */
/** @typedef {import('../draw/axes.js').Scale} Scale */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./profile.js').Row} Row */
/** @typedef {{label: string, values: number[], level: boolean}} Expected `level`: one height for all */

/** What theory has for every column. @param {import('./types.js').ProfileSpec} spec @param {Frame} frame @param {number} count
 * @returns {Expected[]} */
export function expectedOf(spec, frame, count) {
  return spec.theory.map((theory) => {
    const flat = theory.value ?? number(frame, theory.channel);
    const level = Number.isFinite(flat);
    return { label: theory.label, level, values: level ? Array(count).fill(flat) : vector(frame, theory.channel) ?? [] };
  });
}

export class Columns {
  #run = -1;
  #ends = [0, 0];
  #count = 0;
  /** @type {Box} */
  #box = { left: 0, right: 1, top: 0, bottom: 1 };

  /** @param {import('./types.js').ProfileSpec} spec @param {import('../draw/places.js').Places} places @param {boolean} small a miniature, without words */
  constructor(spec, places, small) {
    this.spec = spec;
    this.places = places;
    this.small = small;
  }

  /** The column at a place, −1 beside them all. @param {number} x */
  entryAt(x) {
    const entry = Math.floor(((x - this.#box.left) / (this.#box.right - this.#box.left)) * this.#count);
    return entry >= 0 && entry < this.#count ? entry : -1;
  }

  /** Where a column's value stands. @param {number} entry @param {number} value @returns {[number, number]} */
  spot(entry, value) {
    const { left, right, top, bottom } = this.#box;
    const [low = 0, high = 1] = this.#ends;
    return [left + ((entry + 0.5) / (this.#count || 1)) * (right - left), bottom - ((value - low) / (high - low || 1)) * (bottom - top)];
  }

  /** @param {Sheet} sheet @param {Frame} frame @param {Row[]} rows @param {number} lit the column being read, −1: none */
  draw(sheet, frame, rows, lit) {
    const { look, unit, context: pen } = sheet;
    const first = /** @type {Row} */ (rows[0]);
    this.#count = first.values.length;
    const expected = expectedOf(this.spec, frame, this.#count);
    const started = vector(frame, this.spec.reference) ?? [];
    const tiles = frame.channels.get(this.spec.tiles);
    this.#reach(frame, [...rows, ...expected].flatMap(({ values }) => values).concat(started));
    const layout = this.#laid(sheet, tiles?.shape);
    const box = this.#box;
    const [low = 0, high = 1] = this.#ends;
    const y = scale('linear', low, high, box.bottom, box.top);
    const pitch = (box.right - box.left) / this.#count;
    const middle = (/** @type {number} */ entry) => box.left + (entry + 0.5) * pitch;
    const now = this.spec.now ? number(frame, this.spec.now) : -1;
    valueAxis(sheet, box, y, true, (tick) => this.#told(tick));
    pen.lineWidth = 1;
    const zero = Math.round(y(0)) + 0.5;
    stroke(pen, look.colour['ink-3'], [[box.left, zero], [box.right, zero]]);
    this.places.begin([]);
    this.#bars(sheet, first, middle, y, pitch, now, lit);
    started.forEach((value, entry) => Number.isFinite(value) && ring(sheet, middle(entry), y(value), look.colour['ink-2']));
    for (const { line, values } of rows.slice(1)) {
      values.forEach((value, entry) => Number.isFinite(value) && outlined(sheet, line.mark, middle(entry), y(value), Math.max(3, Math.min(5.2, pitch / unit / 3))));
    }
    this.#theory(sheet, expected, middle, y, pitch);
    if (tiles && layout.cell) squares(sheet, unitsOf(tiles), layout, { middle, upper: box.bottom + 7 * unit, pitch }, now, lit);
    this.#below(sheet, layout.cell > 0);
  }

  /** The axis begins at 0, whole shares at most end it. @param {Frame} frame @param {number[]} values */
  #reach(frame, values) {
    const finite = values.filter(Number.isFinite);
    const [least, most] = [Math.min(0, ...finite), Math.max(0, ...finite)];
    const before = frame.run === this.#run ? this.#ends : [0, 0];
    this.#run = frame.run;
    const high = roof(most, before[1] ?? 0);
    this.#ends = [least < 0 ? -roof(-least, -(before[0] ?? 0)) : 0, this.spec.percent && most <= 1 ? Math.min(1, high) : high];
  }

  /** @param {number} value */
  #told(value) {
    return this.spec.percent ? `${label('linear', Number((100 * value).toPrecision(6)))}\u2009%` : label('linear', value);
  }

  /** Room for the axis, the units and the words below. @param {Sheet} sheet @param {number[] | undefined} shape of the tiles */
  #laid(sheet, shape) {
    const { width, height, unit, look, context: pen } = sheet;
    // Air all round for the mark of focus, which is drawn inside.
    const air = this.small ? 0 : 6 * unit;
    const [low = 0, high = 1] = this.#ends;
    pen.font = font(look.size.tick);
    const left = Math.max(...ticks('linear', low, high, 5).map((tick) => pen.measureText(this.#told(tick)).width)) + 8 * unit + air;
    const right = width - Math.max(air, 2 * unit);
    const named = !this.small && (this.spec.ends.some(Boolean) || this.spec.axis !== '');
    const layout = shape ? laidOut(shape, (right - left) / (this.#count || 1), height * 0.22, sheet) : { rows: 0, columns: 0, cell: 0 };
    const under = layout.cell ? layout.cell * layout.rows + 15 * unit : this.small ? 0 : look.size.tick + 8 * unit;
    const bottom = height - under - (named ? look.size.tick * 1.25 : 0) - air;
    this.#box = { left, right, top: look.size.tick * 0.6 + air, bottom };
    return layout;
  }

  /** @param {Sheet} sheet @param {Row} row @param {(entry: number) => number} middle @param {Scale} y @param {number} pitch
   * @param {number} now @param {number} lit */
  #bars(sheet, { line, values }, middle, y, pitch, now, lit) {
    const { context: pen, look, unit } = sheet;
    const thick = Math.max(1, pitch * 0.72);
    values.forEach((value, entry) => {
      const x = middle(entry);
      if (!Number.isFinite(value)) return cross(sheet, x, y(0), look.colour.minus);
      const here = entry === now;
      const [top, bottom] = [Math.min(y(value), y(0) - (here ? 3 * unit : 0)), Math.max(y(value), y(0))];
      pen.fillStyle = here ? look.colour.now : line.mark === 'ink' ? look.colour.bar : colourOf(look, line.mark);
      pen.fillRect(x - thick / 2, top, thick, bottom - top);
      this.places.take({ left: x - pitch / 2, right: x + pitch / 2, top, bottom });
      if (!here && entry !== lit) return;
      [pen.lineWidth, pen.strokeStyle] = [2 * Math.min(unit, pitch / 6), look.colour.ink];
      pen.strokeRect(x - thick / 2, top, thick, bottom - top);
    });
  }

  /** A dash over every column, with a rim of paper; a level line where one number holds for all.
   * @param {Sheet} sheet @param {Expected[]} expected @param {(entry: number) => number} middle @param {Scale} y @param {number} pitch */
  #theory(sheet, expected, middle, y, pitch) {
    const { context: pen, look, unit } = sheet;
    for (const { label: name, values, level } of expected) {
      const line = values.flatMap((value, entry) => (Number.isFinite(value) ? [/** @type {[number, number]} */ ([middle(entry), y(value)])] : []));
      if (level) dashed(sheet, [[this.#box.left, line[0]?.[1] ?? 0], [this.#box.right, line[0]?.[1] ?? 0]]);
      else {
        for (const [width, colour] of /** @type {const} */ ([[5, 'paper'], [2.4, 'ink']])) {
          [pen.lineWidth, pen.strokeStyle] = [width * unit, look.colour[colour]];
          pen.beginPath();
          for (const [x, height] of line) {
            pen.moveTo(x - pitch * 0.48, height);
            pen.lineTo(x + pitch * 0.48, height);
          }
          pen.stroke();
        }
      }
      for (const [x, height] of line) this.places.take({ left: x - pitch / 2, right: x + pitch / 2, top: height - 3 * unit, bottom: height + 3 * unit });
      if (name) this.#named(sheet, name, line);
    }
  }

  /** Theory's name stands above its dashes, as near as it covers no bar. @param {Sheet} sheet @param {string} name
   * @param {[number, number][]} line */
  #named(sheet, name, line) {
    const size = sizeOf(sheet, name);
    const away = 8 * sheet.unit;
    const middle = line.length / 2;
    const order = line.map((_, entry) => entry).sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle));
    const offered = [0.5, 1.3, 2.1].flatMap((rows) => order.flatMap((entry) => [away, -size.width / 2, -away - size.width].map((shift) => {
      const [x, y] = line[entry] ?? [0, 0];
      return boxAt(x + shift, y - away - rows * size.height, size);
    })));
    if (offered.length) worded(sheet, name, this.places.put(`theory ${name}`, offered, this.#box));
  }

  /** What stands at both ends; else numbers under the columns. @param {Sheet} sheet @param {boolean} pictured */
  #below(sheet, pictured) {
    if (this.small) return;
    const { height, unit, look } = sheet;
    const { left, right } = this.#box;
    const style = { colour: look.colour['ink-2'], baseline: /** @type {const} */ ('bottom') };
    const [first, last] = this.spec.ends;
    const foot = height - 6 * unit;
    if (sizeOf(sheet, `${first} ${this.spec.axis} ${last}`).width < right - left) {
      words(sheet, first, left, foot, style);
      words(sheet, this.spec.axis, first || last ? (left + right) / 2 : right, foot, { ...style, align: first || last ? 'center' : 'right' });
      words(sheet, last, right, foot, { ...style, align: 'right' });
    }
    if (pictured) return;
    const x = scale('linear', 0.5, this.#count + 0.5, left, right);
    const every = Math.max(1, Math.ceil((30 * unit * this.#count) / (right - left)));
    baseAxis(sheet, this.#box, x, Array.from({ length: Math.ceil(this.#count / every) }, (_, n) => 1 + n * every), String);
  }
}
