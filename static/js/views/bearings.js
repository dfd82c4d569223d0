// @ts-check
/** What is written and drawn over a relief: words along its floor, heights at its corner, the way of the run. */

import { sizeOf, words } from '../draw/marks.js';
import { short } from '../draw/numbers.js';
import { trail } from '../draw/trail.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('./heights.js').Heights} Heights */
/** @typedef {(x: number, y: number, height?: number) => [number, number]} Project onto the sheet; without a height: the floor */

const GAP = 7;

/** How much room the heights take beside the picture, and words below. @param {Sheet} sheet @param {Heights} heights */
export const margins = (sheet, { levels }) => ({
  left: Math.max(...levels.map((level) => sizeOf(sheet, short(level)).width), 0) + 2 * GAP * sheet.unit,
  below: 1.5 * sheet.look.size.tick,
});

/** @param {Sheet} sheet @param {Project} project @param {Heights} heights */
function scale(sheet, project, heights) {
  const { context: pen, look, unit } = sheet;
  const corners = /** @type {[number, number][]} */ ([[-1, -1], [-1, 1], [1, -1], [1, 1]]);
  const [x, y] = corners.reduce((best, corner) => (project(...corner)[0] < project(...best)[0] ? corner : best));
  const [foot, low, high] = [project(x, y), project(x, y, heights.low), project(x, y, heights.high)];
  [pen.lineWidth, pen.strokeStyle] = [1, look.colour.rule];
  stroke(pen, foot, low);
  pen.strokeStyle = look.colour['ink-3'];
  stroke(pen, low, high);
  const marks = heights.levels.map((level) => ({ level, place: project(x, y, level) }));
  for (const { place: [left, top] } of marks) stroke(pen, [left, top], [left - 4 * unit, top]);
  const [first, second] = marks;
  const [apart, step] = first && second ? [first.place[1] - second.place[1], second.level - first.level] : [Infinity, 1];
  // Every second, fifth, … level is written, so that the written ones are round too.
  const every = [1, 2, 5, 10].find((count) => count * apart >= look.size.tick * 1.2) ?? Infinity;
  for (const { level, place: [left, top] } of marks) {
    if (Math.round(level / step) % every) continue;
    words(sheet, short(level), left - GAP * unit, top, { colour: look.colour['ink-2'], align: 'right' });
  }
}

/** @param {CanvasRenderingContext2D} pen @param {[number, number]} from @param {[number, number]} to */
function stroke(pen, from, to) {
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
}

/**
 * Words at the middle of a side of the floor, outside of it; the arrow says in which direction they count.
 * @param {Sheet} sheet @param {Project} project @param {string} name
 * @param {[number, number]} side its middle @param {[number, number]} along its direction
 */
function axis(sheet, project, name, side, along) {
  const [middle, centre] = [project(...side), project(0, 0)];
  const end = project(side[0] + along[0], side[1] + along[1]);
  const [dx, dy] = [end[0] - middle[0], end[1] - middle[1]];
  const text = dx >= 0 ? `${name} →` : `← ${name}`;
  const { width, height } = sizeOf(sheet, text);
  // Outwards from the side, as far as the box of the words needs to lie beside it.
  const length = Math.hypot(dx, dy) || 1;
  const outwards = (middle[0] - centre[0]) * dy - (middle[1] - centre[1]) * dx >= 0 ? 1 : -1;
  const [out, down] = [(outwards * dy) / length, (-outwards * dx) / length];
  const need = GAP * sheet.unit + (Math.abs(out) * width + Math.abs(down) * height) / 2;
  const x = Math.max(width / 2 + 2, Math.min(sheet.width - width / 2 - 2, middle[0] + need * out));
  const missing = Math.max(0, need * (1 - down * down) - (x - middle[0]) * out);
  const y = middle[1] + need * down + (down > 0.1 ? missing / down : 0);
  words(sheet, text, x, Math.min(sheet.height - height / 2, y), { colour: sheet.look.colour['ink-2'], align: 'center' });
}

/**
 * @param {Sheet} sheet @param {Project} project @param {Heights} heights
 * @param {{axes: [string, string], front: [number, number]}} floor what lies along x and y; which sides are in front
 */
export function bearings(sheet, project, heights, { axes, front: [x, y] }) {
  scale(sheet, project, heights);
  if (axes[0]) axis(sheet, project, axes[0], [0, y], [1, 0]);
  if (axes[1]) axis(sheet, project, axes[1], [x, 0], [0, 1]);
  const now = heights.path.at(-1);
  if (now) {
    [sheet.context.lineWidth, sheet.context.strokeStyle] = [1, sheet.look.colour.ink];
    stroke(sheet.context, project(now[0], now[1]), project(...now));
  }
  const above = (heights.high - heights.low) * 0.02;
  trail(sheet, heights.path.map(([left, top, height]) => project(left, top, height + above)));
}
