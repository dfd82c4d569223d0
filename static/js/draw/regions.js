// @ts-check
/** A map of regions: tints that fade with uncertainty, borders of paper, hatching where there is no memory. */

import { pixel, rgb, tintOf } from './colours.js';

/** @typedef {import('./colours.js').Look} Look */
/** @typedef {import('./colours.js').Rgb} Rgb */
/** @typedef {{codes: Uint8Array, columns: number, rows: number}} Regions */

export const NONE = 254;
export const OUTSIDE = 255;

/** Even where ends are quite by chance, the tint of the commonest stays to be seen. */
const FAINTEST = 0.3;

/** A colour at some opacity over paper. @param {Rgb} colour @param {Rgb} paper @param {number} opacity @returns {number} */
export function faded(colour, paper, opacity) {
  const mix = (/** @type {0 | 1 | 2} */ band) => Math.round(paper[band] + (colour[band] - paper[band]) * opacity);
  return pixel([mix(0), mix(1), mix(2)]);
}

/**
 * The map's pixels, as ImageData wants them: a tint per memory, paler the more chance decides; nothing off the map.
 * @param {Regions} regions @param {ArrayLike<number>} purity from 0 to 1, NaN where it is not known @param {Look} look
 * @param {Uint32Array} pixels filled @param {number} count of all memories
 */
export function tinted({ codes }, purity, look, pixels, count) {
  const paper = rgb(look.colour.paper);
  /** @type {Map<number, Rgb>} */
  const tints = new Map();
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? OUTSIDE;
    if (code === OUTSIDE) {
      pixels[index] = 0;
      continue;
    }
    let tint = tints.get(code);
    if (!tint) tints.set(code, (tint = rgb(code === NONE ? look.tints[0] ?? '' : tintOf(look, code, count))));
    const pure = purity[index] ?? 1;
    pixels[index] = faded(tint, paper, Number.isFinite(pure) ? FAINTEST + (1 - FAINTEST) * pure : 1);
  }
}

/** Whether the map is a disc: nothing in its corners, something at the middle of each side. @param {Regions} regions */
export function isRound({ codes, columns, rows }) {
  const at = (/** @type {number} */ x, /** @type {number} */ y) => codes[Math.floor(y * (rows - 1)) * columns + Math.floor(x * (columns - 1))] !== OUTSIDE;
  const [sides, near] = [[[0.5, 0], [0, 0.5], [1, 0.5], [0.5, 1]], [[0.18, 0.18], [0.82, 0.18], [0.18, 0.82], [0.82, 0.82]]];
  const corners = [[0, 0], [1, 0], [0, 1], [1, 1]];
  return [...sides, ...near].every(([x = 0, y = 0]) => at(x, y)) && !corners.some(([x = 0, y = 0]) => at(x, y));
}

/**
 * The same disc with its rim one pixel wider, so that a circle cut from it has no notches: each pixel just off the map
 * is what lies next to it on the way to the middle.
 * @param {Regions} regions @returns {Regions}
 */
export function widened({ codes, columns, rows }) {
  const wider = codes.slice();
  const [middleX, middleY] = [(columns - 1) / 2, (rows - 1) / 2];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (codes[row * columns + column] !== OUTSIDE) continue;
      const [dx, dy] = [middleX - column, middleY - row];
      const long = Math.max(Math.abs(dx), Math.abs(dy)) || 1;
      const [x, y] = [Math.round(column + dx / long), Math.round(row + dy / long)];
      wider[row * columns + column] = codes[y * columns + x] ?? OUTSIDE;
    }
  }
  return { codes: wider, columns, rows };
}

/**
 * The borders between regions as a path in units of pixels; those of one region alone if `only` names it.
 * @param {Regions} regions @param {Pick<Path2D, 'moveTo' | 'lineTo'>} path @param {number} [only]
 */
export function borders({ codes, columns, rows }, path, only = -1) {
  /** @param {number} one @param {number} other */
  const parted = (one, other) => one !== other && one !== OUTSIDE && other !== OUTSIDE && (only < 0 || one === only || other === only);
  /** One straight side after another, joined where they go on. @param {number} lines @param {number} length
   * @param {(line: number, place: number) => [number, number]} pair @param {(line: number, place: number) => [number, number]} at */
  function run(lines, length, pair, at) {
    for (let line = 1; line < lines; line += 1) {
      let open = false;
      for (let place = 0; place <= length; place += 1) {
        const [one, other] = place < length ? pair(line, place) : [0, 0];
        const here = place < length && parted(codes[one] ?? OUTSIDE, codes[other] ?? OUTSIDE);
        if (here !== open) here ? path.moveTo(...at(line, place)) : path.lineTo(...at(line, place));
        open = here;
      }
    }
  }
  run(rows, columns, (row, column) => [(row - 1) * columns + column, row * columns + column], (row, column) => [column, row]);
  run(columns, rows, (column, row) => [row * columns + column - 1, row * columns + column], (column, row) => [column, row]);
}

/** Diagonal stripes, to be seen in grey too. @param {Look} look @param {number} step in device pixels
 * @returns {HTMLCanvasElement} one tile of the pattern */
export function stripes(look, step) {
  const tile = document.createElement('canvas');
  [tile.width, tile.height] = [step, step];
  const pen = tile.getContext('2d');
  if (!pen) return tile;
  [pen.strokeStyle, pen.lineWidth, pen.lineCap] = [look.colour['ink-3'], step / 5, 'square'];
  pen.beginPath();
  for (const shift of [-step, 0, step]) {
    pen.moveTo(shift - 1, step + 1);
    pen.lineTo(shift + step + 1, -1);
  }
  pen.stroke();
  return tile;
}
