// @ts-check
/** Ways on a map, each with its own mark, dash and name; arrows; crosses where it is lowest. */

import { ball, colourOf, ring, sizeOf, worded } from '../draw/marks.js';
import { Places, around, square } from '../draw/places.js';
import { marked } from '../draw/shapes.js';
import { ended, inside } from './descents.js';
import { placed } from './shares.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/marks.js').Mark} Mark */
/** @typedef {import('../draw/shapes.js').Shape} Shape */
/** @typedef {import('./descents.js').Way} Way */
/** @typedef {import('./shares.js').Point} Point */
/** @typedef {{name: string, from: Point, to: Point}} Arrow on the picture */

/** @type {{shape: Shape, mark: Mark, dash: number[]}[]} */
const STYLES = [
  { shape: 'disc', mark: 'ink', dash: [] }, { shape: 'circle', mark: 'A', dash: [8, 5] }, { shape: 'square', mark: 'B', dash: [2, 4.5] },
  { shape: 'triangle', mark: 'ink', dash: [10, 4, 2, 4] }, { shape: 'diamond', mark: 'A', dash: [4, 3] }, { shape: 'lozenge', mark: 'B', dash: [14, 5] },
];
/** An arm's own mark. @type {Record<Mark, Shape>} */
const ARMS = { ink: 'disc', A: 'circle', B: 'square', other: 'triangle' };
/** From mark to mark of one way, at least. */
const APART = 26;
/** Shorter stretches cannot be seen. */
const GRAIN = 1.5;
const SHORTEST = 5;

/** How a way is drawn. @param {number} each @param {Mark[]} marks as declared */
export function styleOf(each, marks) {
  const style = STYLES[each % STYLES.length] ?? { shape: 'disc', mark: 'ink', dash: [] };
  const mark = marks[each];
  return mark ? { ...style, mark, shape: ARMS[mark] } : style;
}

/** Points at least so far from the one before; the first and the last stay. @param {Point[]} points @param {number} gap @returns {Point[]} */
export function thinned(points, gap) {
  const kept = points.slice(0, 1);
  for (const [x, y] of points) {
    const [lastX, lastY] = /** @type {Point} */ (kept.at(-1));
    if (Math.hypot(x - lastX, y - lastY) >= gap) kept.push([x, y]);
  }
  const end = points.at(-1);
  return end && kept.at(-1) !== end && points.length > 1 ? [...kept, end] : kept;
}

/** Of a way's points those that bear a mark: each some way from all others, however often the way comes by.
 * @param {Point[]} points @param {number} gap @returns {Point[]} */
export function spaced(points, gap) {
  /** @type {Point[]} */
  const kept = [];
  for (const [x, y] of points) if (kept.every(([left, top]) => Math.hypot(x - left, y - top) >= gap)) kept.push([x, y]);
  return kept;
}

/** @param {Sheet} sheet @param {Point[]} line */
function run({ context: pen }, line) {
  pen.beginPath();
  for (const [x, y] of line) pen.lineTo(x, y);
  pen.stroke();
}

/** @param {Sheet} sheet @param {Point[]} line @param {{mark: Mark, shape: Shape, dash: number[]}} style */
function drawn(sheet, line, { mark, shape, dash }) {
  const { context: pen, look, unit } = sheet;
  const colour = colourOf(look, mark);
  [pen.lineJoin, pen.lineCap] = ['round', dash.length ? 'butt' : 'round'];
  [pen.lineWidth, pen.strokeStyle] = [5 * unit, look.colour.paper];
  run(sheet, line);
  pen.save();
  pen.setLineDash(dash.map((length) => length * unit));
  [pen.lineWidth, pen.strokeStyle] = [2.2 * unit, colour];
  run(sheet, line);
  pen.restore();
  marked(sheet, shape, spaced(line, APART * unit).slice(1), { size: 3.2, colour });
}

/** The present point, or a ✕ where the way has left the map. @param {Sheet} sheet @param {Point} place @param {boolean} lost
 * @param {{mark: Mark, shape: Shape}} style @param {boolean} alone */
function head(sheet, [x, y], lost, { mark, shape }, alone) {
  const { look } = sheet;
  if (lost) marked(sheet, 'cross', [[x, y]], { size: 5.5, colour: colourOf(look, mark) });
  else ball(sheet, x, y, alone ? 5.5 : 7);
  const hollow = shape === 'circle' || shape === 'lozenge';
  const style = { size: 3.2, colour: look.colour['on-now'], rim: 'transparent', ...(hollow ? { fill: look.colour.now } : {}) };
  if (!lost && !alone) marked(sheet, shape, [[x, y]], style);
}

/** @param {Sheet} sheet @param {Arrow} arrow */
function pointed(sheet, { from, to }) {
  const { context: pen, look, unit } = sheet;
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  if (length < SHORTEST * unit) return;
  const [x, y] = [dx / length, dy / length];
  const [long, wide] = [Math.min(10 * unit, length), 4.5 * unit];
  const back = /** @type {Point} */ ([to[0] - x * long, to[1] - y * long]);
  const barb = [to, [back[0] - y * wide, back[1] + x * wide], [back[0] + y * wide, back[1] - x * wide]];
  for (const [width, colour] of /** @type {const} */ ([[5, 'paper'], [2.2, 'ink']])) {
    [pen.lineWidth, pen.strokeStyle, pen.fillStyle] = [width * unit, look.colour[colour], look.colour[colour]];
    run(sheet, [from, back]);
    pen.beginPath();
    barb.forEach(([left = 0, top = 0]) => pen.lineTo(left, top));
    pen.closePath();
    pen.lineWidth = (width - 2.2) * unit;
    if (width > 2.2) pen.stroke();
    pen.fill();
  }
}

/**
 * @param {Sheet} sheet whose origin is the map's corner @param {number} side @param {Places} places
 * @param {{ways: Way[], marks: Mark[], arrows: Arrow[], lowest: Point[], small: boolean}} what `lowest` on the picture
 */
export function tracks(sheet, side, places, { ways, marks, arrows, lowest, small }) {
  const { context: pen, unit, look } = sheet;
  const lines = ways.map(({ points }) => thinned(points.map((point) => placed(point, side)), GRAIN));
  const now = ways.map(({ points }) => ended(points));
  places.begin([...lines, ...arrows.map(({ from, to }) => [from, to])]);
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, side, side);
  pen.clip();
  lines.forEach((line, each) => drawn(sheet, line, styleOf(each, marks)));
  pen.restore();
  for (const [x, y] of lowest) {
    marked(sheet, 'cross', [[x, y]], { size: 5 });
    places.take(square(x, y, 6 * unit));
  }
  for (const { points } of ways) if (points[0] && inside(points[0])) ring(sheet, ...placed(points[0], side), look.colour.ink);
  for (const arrow of arrows) pointed(sheet, arrow);
  now.forEach((end, each) => {
    if (!end) return;
    const [x, y] = placed(end.point, side);
    head(sheet, [x, y], end.lost, styleOf(each, marks), ways.length === 1);
    places.take(square(x, y, 9 * unit));
  });
  if (small) return;
  const within = { left: 2, right: side - 2, top: 2, bottom: side - 2 };
  /** @param {string} id @param {string} text @param {Point} place @param {number} away @param {number} [weight] */
  const say = (id, text, [x, y], away, weight = 400) =>
    worded(sheet, text, places.put(id, [0, 16, 32].flatMap((more) => around(x, y, sizeOf(sheet, text, { weight }), (away + more) * unit)), within), { weight });
  now.forEach((end, each) => {
    const name = ways[each]?.name;
    if (end && name) say(`way ${each}`, end.lost ? `${name}, off the map` : name, placed(end.point, side), 13, 650);
  });
  arrows.forEach(({ name, from, to }, each) => {
    if (name && Math.hypot(to[0] - from[0], to[1] - from[1]) >= SHORTEST * unit) say(`arrow ${each}`, name, to, 8);
  });
  if (lowest.length === 1 && lowest[0]) say('lowest', 'minimum', lowest[0], 9);
}
