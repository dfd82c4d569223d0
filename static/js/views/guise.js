// @ts-check
/** How several further lines of one chart are told apart: by tint and by marks along them. Dashes are theory's alone. */

import { boxAt } from '../draw/places.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('./types.js').Line} Line */
/** @typedef {'ink-3' | 'plus' | 'minus' | 'ink-2'} Tint */
/** @typedef {{tint: Tint, mark: number}} Guise `mark`: 0 circle, 1 square, 2 triangle, 3 diamond */

/** @type {Tint[]} */
const TINTS = ['ink-3', 'plus', 'minus', 'ink-2'];
const GAP = 64;

/** One for each line beside the one in ink, where two or more of them would be alike; blue and orange are the arms' where
 * there are arms. @param {Line[]} lines @returns {Map<Line, Guise>} */
export function guises(lines) {
  const others = lines.filter(({ mark }) => mark === 'other');
  if (others.length < 2) return new Map();
  const arms = lines.filter(({ mark }) => mark === 'A' || mark === 'B');
  const [tints, first] = arms.length ? [TINTS.filter((tint) => tint.startsWith('ink')), 2] : [TINTS, 0];
  return new Map([
    ...arms.map((line) => /** @type {[Line, Guise]} */ ([line, line.mark === 'A' ? { tint: 'minus', mark: 0 } : { tint: 'plus', mark: 1 }])),
    ...others.map((line, index) => /** @type {[Line, Guise]} */ (
      [line, { tint: tints[index % tints.length] ?? 'ink-3', mark: (first + index) % 4 }])),
  ]);
}

/** @param {Sheet} sheet @param {Guise} guise @param {number} x @param {number} y */
export function marked({ context: pen, look, unit }, { tint, mark }, x, y) {
  const [radius, turn] = [4.2 * unit, mark === 1 ? Math.PI / 4 : -Math.PI / 2];
  const corners = [0, 4, 3, 4][mark] ?? 0;
  pen.beginPath();
  if (!corners) pen.arc(x, y, radius * 0.85, 0, 2 * Math.PI);
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = turn + (corner / corners) * 2 * Math.PI;
    pen.lineTo(x + radius * 1.15 * Math.cos(angle), y + radius * 1.15 * Math.sin(angle));
  }
  pen.closePath();
  pen.fillStyle = mark % 2 ? look.colour[tint] : look.colour.paper;
  pen.fill();
  [pen.lineWidth, pen.strokeStyle] = [1.6 * unit, look.colour[tint]];
  pen.stroke();
}

/** Marks along a curve, each line's own shifted, so that on curves that meet none hides another.
 * @param {[number, number][][]} runs @param {{left: number, right: number}} box @param {number} unit @param {number} place of the line, from 0 to 1
 * @returns {[number, number][]} */
export function stations(runs, { left, right }, unit, place) {
  /** @type {[number, number][]} */
  const found = [];
  for (let x = left + (0.25 + place) * GAP * unit; x < right; x += GAP * unit) {
    for (const run of runs) {
      const next = run.findIndex(([at]) => at >= x);
      const [from, to] = [run[next - 1], run[next]];
      if (from && to) found.push([x, from[1] + ((to[1] - from[1]) * (x - from[0])) / (to[0] - from[0] || 1)]);
    }
  }
  return found;
}

/** A line's own mark before its name. @param {Sheet} sheet @param {Guise} guise @param {import('../draw/axes.js').Box} box */
export function signed(sheet, guise, { left, top, bottom }) {
  marked(sheet, guise, left + 5 * sheet.unit, (top + bottom) / 2);
  return boxAt(left + 13 * sheet.unit, (top + bottom) / 2, { width: 0, height: bottom - top });
}
