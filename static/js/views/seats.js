// @ts-check
/** Where the units of a graph stand: in a ring (an oval where a circle has too little room), or layer by layer from left to right. No canvas here. */

/** @typedef {[number, number]} Point */
/** @typedef {{width: number, height: number, margin: {x: number, y: number}}} Room `margin`: kept free on each side */
/** @typedef {{at: Point[], spacing: number}} Seats `spacing`: the least distance between two units */

/** Between two layers in a ring, in units' places: hidden units stand apart. */
const GAP = 0.7;

/** The units of each layer, in order. @param {number[]} layers @returns {number[][]} */
export function groups(layers) {
  const names = [...new Set(layers)].sort((one, other) => one - other);
  return names.map((name) => layers.flatMap((layer, unit) => (layer === name ? [unit] : [])));
}

/** Points evenly along an ellipse, clockwise from the top. @param {number} across half its width @param {number} up half its height
 * @returns {(part: number) => Point} from 0 to 1, once round */
function round(across, up) {
  const at = (/** @type {number} */ turn) => /** @type {Point} */ ([across * Math.sin(2 * Math.PI * turn), -up * Math.cos(2 * Math.PI * turn)]);
  if (across === up) return at;
  const lengths = [0];
  for (let corner = 1; corner <= CORNERS; corner += 1) {
    const [[x, y], [endX, endY]] = [at((corner - 1) / CORNERS), at(corner / CORNERS)];
    lengths.push((lengths.at(-1) ?? 0) + Math.hypot(endX - x, endY - y));
  }
  return (part) => {
    const wanted = part * (lengths.at(-1) ?? 0);
    const corner = Math.max(1, lengths.findIndex((length) => length >= wanted));
    const [before, after] = [lengths[corner - 1] ?? 0, lengths[corner] ?? 1];
    return at((corner - 1 + (wanted - before) / (after - before || 1)) / CORNERS);
  };
}

const CORNERS = 180;

/** @param {number[]} layers @param {Room} room @param {number} stretch how many times wider than high, or higher than wide, it may be
 * @returns {Point[]} */
function ring(layers, { width, height, margin }, stretch) {
  const parts = groups(layers);
  const gap = parts.length > 1 ? GAP : 0;
  const places = layers.length + gap * parts.length;
  const [half, tall] = [Math.max(0, width / 2 - margin.x), Math.max(0, height / 2 - margin.y)];
  const along = round(Math.min(half, tall * stretch), Math.min(tall, half * stretch));
  /** @type {Point[]} */
  const at = layers.map(() => [width / 2, height / 2]);
  let place = 0;
  for (const part of parts) {
    for (const unit of part) {
      const [x, y] = along(place / places);
      // A lone unit stands in the middle.
      if (layers.length > 1) at[unit] = [width / 2 + x, height / 2 + y];
      place += 1;
    }
    place += gap;
  }
  return at;
}

/** @param {number[]} layers @param {Room} room @returns {Point[]} */
function columns(layers, { width, height, margin }) {
  const parts = groups(layers);
  const most = Math.max(1, ...parts.map((part) => part.length));
  const step = Math.max(0, height - 2 * margin.y) / most;
  /** @type {Point[]} */
  const at = layers.map(() => [width / 2, height / 2]);
  parts.forEach((part, column) => {
    const x = parts.length > 1 ? margin.x + (column / (parts.length - 1)) * (width - 2 * margin.x) : width / 2;
    // A shorter layer spreads a little, so that its units are not lost in the middle.
    const own = step * Math.min(most / part.length, 1.6);
    part.forEach((unit, row) => (at[unit] = [x, height / 2 + (row - (part.length - 1) / 2) * own]));
  });
  return at;
}

/** @param {'ring' | 'layers'} layout @param {number[]} layers @param {Room} room @param {number} [stretch] of a ring @returns {Seats} */
export function seats(layout, layers, room, stretch = 1) {
  const at = layout === 'ring' ? ring(layers, room, stretch) : columns(layers, room);
  let spacing = Math.min(room.width, room.height);
  for (const [unit, [x, y]] of at.entries()) {
    for (const [left, top] of at.slice(unit + 1)) spacing = Math.min(spacing, Math.hypot(left - x, top - y));
  }
  return { at, spacing };
}

/** The nearest unit within reach. @param {Point[]} at @param {number} x @param {number} y @param {number} reach @returns {number} −1: none */
export function nearestUnit(at, x, y, reach) {
  let [best, least] = [-1, reach];
  for (const [unit, [left, top]] of at.entries()) {
    const far = Math.hypot(left - x, top - y);
    if (far <= least) [best, least] = [unit, far];
  }
  return best;
}
