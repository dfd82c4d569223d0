// @ts-check
/** Marks that are told apart without colour: one for each class, one for each run. All have a rim of paper. */

/** @typedef {import('./canvas.js').Sheet} Sheet */
/** @typedef {[number, number]} Point */
/** @typedef {'disc' | 'cross' | 'circle' | 'triangle' | 'square' | 'lozenge' | 'plus' | 'delta' | 'diamond' | 'frame'} Shape */

/** ● × ○ ▲ ■ ◇ + ▽ ◆ □ @type {Shape[]} */
export const CLASSES = ['disc', 'cross', 'circle', 'triangle', 'square', 'lozenge', 'plus', 'delta', 'diamond', 'frame'];

/** Ten go round. @param {number} number of the class, from 0 @returns {Shape} */
export const shapeOf = (number) => CLASSES[number % CLASSES.length] ?? 'disc';

const OPEN = new Set(['circle', 'lozenge', 'delta', 'frame']);
/** Strokes from point to point, in radii. @type {Partial<Record<Shape, Point[][]>>} */
const STROKES = {
  cross: [[[-0.85, -0.85], [0.85, 0.85]], [[-0.85, 0.85], [0.85, -0.85]]],
  plus: [[[-1.1, 0], [1.1, 0]], [[0, -1.1], [0, 1.1]]],
};
/** @type {Point[]} */ const UP = [[0, -1.2], [1.1, 0.75], [-1.1, 0.75]];
/** @type {Point[]} */ const BOX = [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]];
/** @type {Point[]} */ const TIP = [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]];
/** Corners, in radii. @type {Partial<Record<Shape, Point[]>>} */
const CORNERS = { triangle: UP, delta: UP.map(([x, y]) => [x, -y]), square: BOX, frame: BOX, lozenge: TIP, diamond: TIP };
const LINE = 1.7;
const RIM = 1.4;

/** @param {CanvasRenderingContext2D} pen @param {Shape} shape @param {Point} place @param {number} radius */
function trace(pen, shape, [x, y], radius) {
  const corners = CORNERS[shape];
  for (const line of STROKES[shape] ?? (corners ? [[...corners, ...corners.slice(0, 2)]] : [])) {
    line.forEach(([dx, dy], index) => (index ? pen.lineTo(x + dx * radius, y + dy * radius) : pen.moveTo(x + dx * radius, y + dy * radius)));
  }
  if (STROKES[shape] || corners) return;
  pen.moveTo(x + radius, y);
  pen.arc(x, y, radius, 0, 2 * Math.PI);
}

/**
 * The same mark at many places, in one stroke. Hollow ones are filled with paper unless `fill` says otherwise.
 * @param {Sheet} sheet @param {Shape} shape @param {Point[]} places
 * @param {{size?: number, colour?: string, fill?: string, rim?: string, line?: number}} [style] `size`: the radius
 */
export function marked({ context: pen, look, unit }, shape, places, { size = 4.6, colour = look.colour.ink, fill, rim, line = LINE } = {}) {
  if (!places.length) return;
  const open = OPEN.has(shape) || fill !== undefined;
  [pen.lineJoin, pen.lineCap] = ['round', 'round'];
  pen.beginPath();
  for (const place of places) trace(pen, shape, place, size * unit);
  [pen.strokeStyle, pen.lineWidth] = [rim ?? look.colour.paper, (line + 2 * RIM) * unit];
  pen.stroke();
  if (!STROKES[shape]) {
    pen.fillStyle = fill ?? (open ? look.colour.paper : colour);
    pen.fill();
  }
  if (!open && !STROKES[shape]) return;
  [pen.strokeStyle, pen.lineWidth] = [colour, line * unit];
  pen.stroke();
}
