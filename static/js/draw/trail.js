// @ts-check
/** The way a run has come: an ink line with a rim of paper, a hollow ring where it started, the ball where it is now. */

import { ball, ring } from './marks.js';

/** @param {import('./canvas.js').Sheet} sheet @param {[number, number][]} points from the start to now */
export function trail(sheet, points) {
  const { context: pen, look, unit } = sheet;
  const [start, now] = [points[0], points.at(-1)];
  if (!start || !now) return;
  [pen.lineJoin, pen.lineCap] = ['round', 'round'];
  for (const [width, colour] of /** @type {const} */ ([[5, 'paper'], [2.2, 'ink']])) {
    [pen.lineWidth, pen.strokeStyle] = [width * unit, look.colour[colour]];
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x, y);
    pen.stroke();
  }
  ring(sheet, ...start, look.colour.ink);
  ball(sheet, ...now, 5.5);
}
