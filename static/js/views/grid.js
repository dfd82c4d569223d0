// @ts-check
/** How tiles lie, how a fast grid is shown, and how painting becomes messages. No canvas here. */

import { valueAt } from '../session/frame.js';

/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {import('./types.js').Frame} Frame */

const GAP = 6;

/** A complete grid is worth cells this much smaller. */
const COMPLETE = 0.8;

/**
 * Images of rows × columns cells in a box: as many device pixels per cell as fit, all the same whole number; a grid
 * without a last row cut short is preferred while its cells are nearly as large.
 * @param {number} count @param {number} rows @param {number} columns
 * @param {number} width @param {number} height @param {number} ratio device pixels per CSS pixel
 * @param {number} [top] room above each image, for its name
 */
export function arranged(count, rows, columns, width, height, ratio, top = 0) {
  const grids = Array.from({ length: count }, (_, index) => {
    const tried = index + 1;
    const down = Math.ceil(count / tried);
    const wide = ((width - GAP * (tried - 1)) * ratio) / (tried * columns);
    const high = ((height - GAP * (down - 1) - top * down) * ratio) / (down * rows);
    return { across: tried, down, side: Math.floor(Math.min(wide, high)) };
  });
  /** @param {typeof grids} among */
  const largest = (among) => among.reduce((best, grid) => (grid.side > best.side ? grid : best), { across: 1, down: count, side: 0 });
  const free = largest(grids);
  const whole = largest(grids.filter((grid) => count % grid.across === 0));
  const { across, side } = whole.side >= COMPLETE * free.side ? whole : free;
  // A lattice finer than the screen is drawn smaller than its pixels rather than cut off.
  const fine = side === 0 && count === 1 ? Math.min(width / columns, height / rows) : 0;
  const cell = fine > 0 ? fine : Math.max(1, side) / ratio;
  const [stepX, stepY] = [cell * columns + GAP, cell * rows + top + GAP];
  /** @param {number} x @param {number} y */
  function tileAt(x, y) {
    const [column, row] = [Math.floor(x / stepX), Math.floor(y / stepY)];
    const inside = x >= 0 && y >= 0 && column < across && x - column * stepX < cell * columns
      && y - row * stepY >= top && y - row * stepY < top + cell * rows;
    const tile = row * across + column;
    return inside && tile < count ? tile : -1;
  }
  return {
    cell,
    across,
    top,
    /** @param {number} tile */
    place: (tile) => ({ x: (tile % across) * stepX, y: Math.floor(tile / across) * stepY + top }),
    tileAt,
    /** The cell of a single image. @param {number} x @param {number} y */
    cellAt: (x, y) => (tileAt(x, y) === 0 ? Math.floor((y - top) / cell) * columns + Math.floor(x / cell) : -1),
  };
}

/** Every code that a colour-mapped byte can have. */
const CODES = Uint8Array.from({ length: 256 }, (_, code) => code);
const FASTEST_SAFE = 3;
const MEMORY = 0.5;

/**
 * Above three sweeps a second the grid shows the running mean of the states that arrived (memory half a second), not
 * raw flips: nothing flashes, and the mean is what the physics speaks of. Stopped, it shows the state as it is.
 */
export class RunningMean {
  fast = false;
  values = new Float32Array(0);
  #time = -Infinity;
  #run = -1;

  /** @param {Frame} frame @param {Channel} state @param {number} deciding ≥ 0: a step is one unit; else a whole sweep */
  add(frame, state, deciding) {
    const cells = state.data.length;
    const sweeps = deciding >= 0 ? frame.speed_measured / cells : frame.speed_measured;
    this.fast = frame.state === 'playing' && sweeps > FASTEST_SAFE;
    const fresh = this.#run !== frame.run || this.values.length !== cells || !this.fast;
    if (this.values.length !== cells) this.values = new Float32Array(cells);
    const part = fresh ? 1 : 1 - Math.exp(-Math.max(0, frame.time - this.#time) / MEMORY);
    const { values } = this;
    const known = state.low === undefined ? null : Float32Array.from({ length: 256 }, (_, code) => valueAt({ ...state, data: CODES }, code));
    const numbers = state.data;
    for (let index = 0; index < cells; index += 1) {
      const raw = numbers[index] ?? NaN;
      const value = known ? known[raw] ?? NaN : raw;
      const old = values[index] ?? 0;
      values[index] = part === 1 ? value : old + (value - old) * part;
    }
    [this.#time, this.#run] = [frame.time, frame.run];
  }
}

/**
 * The cells that a round brush crosses between two cells: a quick stroke leaves no gaps, and on a fine lattice it is wide
 * enough to be seen.
 * @param {number} from @param {number} to @param {{rows: number, columns: number}} grid @param {number} radius in cells
 * @returns {number[]}
 */
export function swept(from, to, { rows, columns }, radius) {
  const [x, y] = [from % columns, Math.floor(from / columns)];
  const [dx, dy] = [(to % columns) - x, Math.floor(to / columns) - y];
  const long = dx * dx + dy * dy || 1;
  const reach = Math.max(0.5, radius);
  const cells = [];
  for (let row = Math.max(0, Math.floor(Math.min(y, y + dy) - reach)); row <= Math.min(rows - 1, Math.max(y, y + dy) + reach); row += 1) {
    for (let column = Math.max(0, Math.floor(Math.min(x, x + dx) - reach)); column <= Math.min(columns - 1, Math.max(x, x + dx) + reach); column += 1) {
      const part = Math.max(0, Math.min(1, ((column - x) * dx + (row - y) * dy) / long));
      if (Math.hypot(column - x - part * dx, row - y - part * dy) <= reach) cells.push(row * columns + column);
    }
  }
  return cells;
}

const SEND_EVERY = 60;
/** Cells in one message, which the server takes up to a size. */
const MOST = 2000;

/** A stroke of the brush sets every cell it crosses to the same value; cells are sent in batches. */
export class Brush {
  #value = true;
  /** @type {Set<number>} */
  #cells = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {string} action @param {import('./types.js').Context['send']} send */
  constructor(action, send) {
    this.action = action;
    this.send = send;
  }

  /** @param {number[]} cells @param {boolean} value */
  begin(cells, value) {
    this.#value = value;
    this.add(cells);
  }

  /** @param {number[]} cells */
  add(cells) {
    for (const cell of cells) this.#cells.add(cell);
    if (this.#cells.size > MOST) this.end();
    this.#timer ??= setTimeout(() => this.end(), SEND_EVERY);
  }

  /** Sends what has not been sent. */
  end() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const all = [...this.#cells];
    this.#cells.clear();
    for (let start = 0; start < all.length; start += MOST) {
      const cells = all.slice(start, start + MOST);
      this.send({ type: 'act', action: this.action, arguments: { cells, value: this.#value } });
    }
  }
}
