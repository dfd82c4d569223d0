// @ts-check
/** Where words may stand: of the places offered, the one that covers least of what is drawn. No canvas here. */

/** @typedef {import('./axes.js').Box} Box */
/** @typedef {[number, number]} Point */
/** @typedef {{width: number, height: number}} Size */

/** A box by its left edge and its middle height. @param {number} left @param {number} middle @param {Size} size @returns {Box} */
export const boxAt = (left, middle, { width, height }) =>
  ({ left, right: left + width, top: middle - height / 2, bottom: middle + height / 2 });

/** A box around a mark. @param {number} x @param {number} y @param {number} radius @returns {Box} */
export const square = (x, y, radius) => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius });

/**
 * How much of a line from one point to another lies inside a box (Liang and Barsky's clipping).
 * @param {Box} box @param {Point} from @param {Point} to @returns {number} a length
 */
export function inside({ left, right, top, bottom }, [x, y], [endX, endY]) {
  const [dx, dy] = [endX - x, endY - y];
  let [enters, leaves] = [0, 1];
  for (const [slope, room] of /** @type {const} */ ([[-dx, x - left], [dx, right - x], [-dy, y - top], [dy, bottom - y]])) {
    if (slope === 0 && room < 0) return 0;
    if (slope < 0) enters = Math.max(enters, room / slope);
    if (slope > 0) leaves = Math.min(leaves, room / slope);
  }
  return Math.max(0, leaves - enters) * Math.hypot(dx, dy);
}

/**
 * Whether a stretch may cross a box at all: almost none does, and this is asked of every stretch at every picture.
 * @param {Box} box @param {Point} from @param {Point} to
 */
function near(box, from, to) {
  return !((from[0] < box.left && to[0] < box.left) || (from[0] > box.right && to[0] > box.right)
    || (from[1] < box.top && to[1] < box.top) || (from[1] > box.bottom && to[1] > box.bottom));
}

/** @param {Box} one @param {Box} two */
const meet = (one, two) => one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom;

/** How far a box sticks out of another. @param {Box} box @param {Box} within */
const outside = (box, within) => Math.max(0, within.left - box.left) + Math.max(0, box.right - within.right)
  + Math.max(0, within.top - box.top) + Math.max(0, box.bottom - within.bottom);

/** @param {Box} box */
const grown = ({ left, right, top, bottom }) => ({ left: left - RIM, right: right + RIM, top: top - RIM, bottom: bottom + RIM });

/** The rim of paper around words erases too. */
const RIM = 2;

/** Two labels on one line are two, not one sentence. */
const APART = 8;
const MEETING = 400;
const LEAVING = 1000;

/** The words of one plot. A label keeps its place from picture to picture for as long as that place serves. */
export class Places {
  /** @type {Map<string, number>} */
  #kept = new Map();
  /** @type {Point[][]} */
  #runs = [];
  /** @type {Box[]} */
  #taken = [];

  /** A new picture. @param {Point[][]} runs everything drawn that words must not cover */
  begin(runs) {
    this.#runs = runs;
    this.#taken = [];
  }

  /** @param {Box} box */
  take(box) {
    this.#taken.push(box);
  }

  /** @param {Box} box @param {Box} within */
  #cost(box, within) {
    let cost = LEAVING * outside(box, within) + MEETING * this.#taken.filter((other) => meet(box, other)).length;
    const rim = grown(box);
    for (const run of this.#runs) {
      let from = /** @type {Point} */ (run[0]);
      for (let index = 1; index < run.length; index += 1) {
        const to = /** @type {Point} */ (run[index]);
        if (near(rim, from, to)) cost += inside(rim, from, to);
        from = to;
      }
    }
    return cost;
  }

  /**
   * Words that jump at every picture cannot be read: a place is left only for one that is much better, or for one that
   * is preferred and has air around it. Most often the old place still serves, and no other is looked at.
   * @param {number} old @param {Box[]} offered @param {Box} within
   */
  #choice(old, offered, within) {
    const free = offered.slice(0, old).findIndex((box) => this.#cost(grown(box), grown(within)) === 0);
    if (free >= 0) return free;
    const kept = offered[old] ? this.#cost(offered[old], within) : Infinity;
    if (kept === 0) return old;
    const costs = offered.map((box) => this.#cost(box, within));
    const least = Math.min(...costs);
    return kept <= 2 * least ? old : costs.indexOf(least);
  }

  /**
   * @param {string} name which label @param {Box[]} offered best first @param {Box} within
   * @returns {Box} now taken
   */
  put(name, offered, within) {
    const chosen = this.#choice(this.#kept.get(name) ?? 0, offered, within);
    this.#kept.set(name, chosen);
    const box = /** @type {Box} */ (offered[chosen]);
    this.take({ ...box, left: box.left - APART, right: box.right + APART });
    return box;
  }
}

/** Places for the words of a mark: beside it to the right, then above and below, then to the left.
 * @param {number} x @param {number} y @param {Size} size @param {number} away from the mark's middle @returns {Box[]} */
export function around(x, y, size, away) {
  const { width, height } = size;
  const rise = away * 0.6 + height / 2;
  return [
    boxAt(x + away, y, size),
    ...[0.6, 1.2].flatMap((part) => [boxAt(x + away, y - part * height, size), boxAt(x + away, y + part * height, size)]),
    boxAt(x + away / 2, y - rise, size), boxAt(x + away / 2, y + rise, size),
    boxAt(x - width / 2, y - away - height / 2, size), boxAt(x - width / 2, y + away + height / 2, size),
    boxAt(x - width - 2, y - rise - 4, size), boxAt(x - width - 2, y + rise + 4, size),
    ...[2, 3, 4].flatMap((times) => [boxAt(x + away / 2, y - times * height, size), boxAt(x + away / 2, y + times * height, size)]),
  ];
}

/** Places for the words of a level line: right end, left end, between; above and below each.
 * @param {Box} box @param {number} y @param {Size} size @param {number} gap @returns {Box[]} */
export function along(box, y, size, gap) {
  const space = box.right - box.left - size.width - 2 * gap;
  const away = size.height / 2 + gap;
  const parts = [1, 0, 0.75, 0.5, 0.25];
  return [away, away + size.height].flatMap((far) => parts.flatMap((part) => [-far, far].map((rise) =>
    boxAt(box.left + gap + part * space, y + rise, size))));
}
