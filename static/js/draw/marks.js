// @ts-check
/** The small closed set of marks: the ball, text with a halo, the arms' marks, rings, the ✕ where a curve ends. */

import { font } from './canvas.js';

/** @typedef {import('./canvas.js').Sheet} Sheet */
/** @typedef {import('./colours.js').Look} Look */
/** @typedef {'ink' | 'A' | 'B' | 'other'} Mark */

/** @param {Look} look @param {Mark} mark @returns {string} */
export function colourOf({ colour }, mark) {
  return { ink: colour.ink, A: colour.minus, B: colour.plus, other: colour['ink-3'] }[mark];
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} radius */
function disc(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
}

/** Where the run is now: yellow, ringed. @param {Sheet} sheet @param {number} x @param {number} y @param {number} [radius] */
export function ball({ context: pen, look, unit }, x, y, radius = 7) {
  disc(pen, x, y, radius * unit + 2.2);
  pen.fillStyle = look.colour['on-now'];
  pen.fill();
  disc(pen, x, y, radius * unit);
  pen.fillStyle = look.colour.now;
  pen.fill();
}

/** A hollow circle: where a bar started. @param {Sheet} sheet @param {number} x @param {number} y @param {string} colour */
export function ring({ context: pen, look, unit }, x, y, colour) {
  disc(pen, x, y, 3.6 * unit);
  pen.fillStyle = look.colour.paper;
  pen.fill();
  pen.lineWidth = 1.8 * unit;
  pen.strokeStyle = colour;
  pen.stroke();
}

/**
 * A measured point: arm A a hollow circle, arm B a filled square, otherwise a small disc.
 * @param {Sheet} sheet @param {Mark} mark @param {number} x @param {number} y @param {number} [size]
 */
export function point({ context: pen, look, unit }, mark, x, y, size = 4.6) {
  const radius = size * unit;
  const colour = colourOf(look, mark);
  pen.fillStyle = mark === 'A' ? look.colour.paper : colour;
  if (mark === 'B') {
    pen.fillRect(x - radius * 0.95, y - radius * 0.95, radius * 1.9, radius * 1.9);
    return;
  }
  disc(pen, x, y, mark === 'A' ? radius : radius * 0.75);
  pen.fill();
  if (mark !== 'A') return;
  pen.lineWidth = 2 * unit;
  pen.strokeStyle = colour;
  pen.stroke();
}

/** A mark on bars of any tint: a disc of paper inside ink, inside paper; an arm's own colour in its middle.
 * @param {Sheet} sheet @param {Mark} mark @param {number} x @param {number} y @param {number} size */
export function outlined({ context: pen, look, unit }, mark, x, y, size) {
  const middle = mark === 'ink' || mark === 'other' ? look.colour.paper : colourOf(look, mark);
  for (const [rim, colour] of /** @type {const} */ ([[1.4, look.colour.paper], [0, look.colour.ink], [-1.8, middle]])) {
    disc(pen, x, y, Math.max(1, size * 0.85 + rim) * unit);
    pen.fillStyle = colour;
    pen.fill();
  }
}

/** Where a curve stops being a number. @param {Sheet} sheet @param {number} x @param {number} y @param {string} colour */
export function cross({ context: pen, unit }, x, y, colour) {
  const arm = 5 * unit;
  pen.lineWidth = 2.4 * unit;
  pen.strokeStyle = colour;
  pen.beginPath();
  pen.moveTo(x - arm, y - arm);
  pen.lineTo(x + arm, y + arm);
  pen.moveTo(x + arm, y - arm);
  pen.lineTo(x - arm, y + arm);
  pen.stroke();
}

/**
 * Words over lines, kept legible by a rim of paper.
 * @typedef {{size?: number, weight?: number, colour?: string, align?: CanvasTextAlign, baseline?: CanvasTextBaseline}} Style
 * @param {Sheet} sheet @param {string} text @param {number} x @param {number} y @param {Style} [style]
 */
export function words({ context: pen, look }, text, x, y, style = {}) {
  pen.font = font(style.size ?? look.size.tick, style.weight);
  pen.textAlign = style.align ?? 'left';
  pen.textBaseline = style.baseline ?? 'middle';
  pen.lineJoin = 'round';
  pen.lineWidth = 4;
  pen.strokeStyle = look.colour.paper;
  pen.strokeText(text, x, y);
  pen.fillStyle = style.colour ?? look.colour.ink;
  pen.fillText(text, x, y);
}

/** How much room words take. @param {Sheet} sheet @param {string} text @param {Style} [style] @returns {{width: number, height: number}} */
export function sizeOf({ context: pen, look }, text, style = {}) {
  const size = style.size ?? look.size.tick;
  pen.font = font(size, style.weight);
  return { width: pen.measureText(text).width, height: size * 1.05 };
}

/** Words in a place that was chosen for them. @param {Sheet} sheet @param {string} text
 * @param {import('./axes.js').Box} box @param {Style} [style] */
export function worded(sheet, text, { left, top, bottom }, style = {}) {
  words(sheet, text, left, (top + bottom) / 2, { ...style, align: 'left', baseline: 'middle' });
}

/** From where a curve ends to where the run is now, when something was done to it since. @param {Sheet} sheet
 * @param {number} x @param {number} from @param {number} to */
export function hairline({ context: pen, look }, x, from, to) {
  if (!(Math.abs(from - to) > 1)) return;
  [pen.strokeStyle, pen.lineWidth] = [look.colour.ink, 1];
  pen.beginPath();
  pen.moveTo(x, from);
  pen.lineTo(x, to);
  pen.stroke();
}

/** A theory line: dashed, thin, ink. @param {Sheet} sheet @param {[number, number][]} points */
export function dashed({ context: pen, look, unit }, points) {
  pen.save();
  pen.setLineDash([6 * unit, 4 * unit]);
  pen.lineWidth = 1.5 * unit;
  pen.strokeStyle = look.colour.ink;
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
  pen.restore();
}

/**
 * Places for labels that want to stand at `wanted`, each at least `gap` from the next and inside the range; order is kept.
 * @param {number[]} wanted @param {number} gap @param {number} low @param {number} high @returns {number[]}
 */
export function apart(wanted, gap, low, high) {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const places = [...wanted];
  let free = low;
  for (const index of order) {
    places[index] = Math.max(places[index] ?? low, free);
    free = (places[index] ?? low) + gap;
  }
  let roof = high;
  for (const index of order.reverse()) {
    places[index] = Math.min(places[index] ?? high, roof);
    roof = (places[index] ?? high) - gap;
  }
  return places;
}
