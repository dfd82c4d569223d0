// @ts-check
/** The memories' own pictures name them on the map, in ink; the one that is pointed at is ringed. */

import { pixel, rgb } from '../draw/colours.js';
import { Stamp, entries, rangeOf } from '../draw/map.js';
import { valueAt } from '../session/frame.js';
import { pictureSide, placed } from './shares.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('./shares.js').Point} Point */

export class Names {
  #stamp = new Stamp();

  /** @param {Sheet} sheet @param {import('./types.js').Frame} frame @param {import('./types.js').BasinsSpec} spec
   * @param {number} side of the map @param {number} lit */
  draw(sheet, frame, spec, side, lit) {
    const { look, unit, ratio, context: pen } = sheet;
    const [tiles, labels] = [frame.channels.get(spec.tiles), frame.channels.get(spec.labels)];
    if (!tiles || !labels) return;
    const [count = 0, rows = 1, columns = 1] = tiles.shape;
    const places = Array.from({ length: count }, (_, memory) => /** @type {Point} */ ([valueAt(labels, 2 * memory), valueAt(labels, 2 * memory + 1)]));
    const seen = places.flatMap((place, memory) => (place.every(Number.isFinite) ? [memory] : []));
    const size = pictureSide(seen.map((memory) => /** @type {Point} */ (places[memory])), side, unit);
    if (!size) return;
    const fits = (size * ratio) / Math.max(rows, columns);
    const cell = (fits >= 1 ? Math.floor(fits) : fits) / ratio;
    const [width, height] = [cell * columns, cell * rows];
    const ink = pixel(rgb(look.colour.ink));
    const table = Uint32Array.from({ length: 256 }, (_, level) => (level > 127 && level < 255 ? ink : 0));
    const bytes = entries(tiles, rangeOf(tiles, 'spins'));
    for (const memory of seen) {
      const [x, y] = placed(/** @type {Point} */ (places[memory]), side);
      const [left, top] = [Math.round((x - width / 2) * ratio) / ratio, Math.round((y - height / 2) * ratio) / ratio];
      this.#stamp.paint(bytes, memory * rows * columns, columns, rows, table);
      this.#stamp.draw(sheet, left, top, width, height);
      if (memory !== lit) continue;
      const out = 3 * unit;
      for (const [line, colour] of /** @type {const} */ ([[5, 'on-now'], [3, 'now']])) {
        [pen.lineWidth, pen.strokeStyle] = [line * unit, look.colour[colour]];
        pen.strokeRect(left - out, top - out, width + 2 * out, height + 2 * out);
      }
    }
  }
}
