// @ts-check
/** The spin grid: ink on, grey off; an orange dot where a unit disagrees with the target; a yellow ring for now. */

/** @typedef {import('./canvas.js').Sheet} Sheet */

/** @param {boolean} on @param {boolean} dark the look: in the dark, units that are on are light */
const dotColour = (on, dark) => (on === dark ? 'wrong-on-light' : 'wrong-on-dark');

/**
 * @param {Sheet} sheet
 * @param {(index: number) => number} state from −1 (off) to 1 (on), grey between; NaN: no number
 * @param {{columns: number, rows: number, x: number, y: number, cell: number}} grid
 * @param {((index: number) => number) | null} target
 */
export function spins({ context: pen, look, ratio }, state, { columns, rows, x, y, cell }, target) {
  const gap = cell < 4 ? 0 : Math.max(1, Math.round(cell * 0.07 * ratio)) / ratio;
  /** @type {[number, number, boolean][]} */
  const wrong = [];
  const shades = look.maps.spins;
  for (let index = 0; index < columns * rows; index += 1) {
    const value = state(index);
    const [left, top] = [x + (index % columns) * cell, y + Math.floor(index / columns) * cell];
    const entry = Number.isFinite(value) ? Math.round((Math.max(-1, Math.min(1, value)) + 1) * 127) : 255;
    pen.fillStyle = shade(shades[entry] ?? 0);
    pen.fillRect(left + gap / 2, top + gap / 2, cell - gap, cell - gap);
    if (target && value > 0 !== target(index) > 0) wrong.push([left + cell / 2, top + cell / 2, value > 0]);
  }
  for (const [left, top, on] of wrong) {
    pen.fillStyle = look.colour[dotColour(on, look.dark)];
    pen.beginPath();
    pen.arc(left, top, cell * 0.26, 0, 2 * Math.PI);
    pen.fill();
  }
}

/** @type {Map<number, string>} */
const shadeNames = new Map();

/** A table pixel as a fill style, remembered: there are at most 256 of them per look. @param {number} pixel */
function shade(pixel) {
  const known = shadeNames.get(pixel);
  if (known) return known;
  const name = `rgb(${pixel & 255},${(pixel >> 8) & 255},${(pixel >> 16) & 255})`;
  shadeNames.set(pixel, name);
  return name;
}

/** The cell that is deciding now, ringed yellow inside ink; at the edge the ring stays in the picture.
 * @param {Sheet} sheet @param {number} x @param {number} y @param {number} cell */
export function now(sheet, x, y, cell) {
  boxed(sheet, x, y, cell, 2, [[5.5, 'ink'], [2.5, 'paper'], [3.2, 'now']]);
}

/** The cell that the pointer or the keyboard would paint: ink, for yellow is the run's own. @param {Sheet} sheet
 * @param {number} x @param {number} y @param {number} cell */
export function pencil(sheet, x, y, cell) {
  boxed(sheet, x, y, cell, 0, [[5.5, 'paper'], [2.2, 'ink']]);
}

/** @param {Sheet} sheet @param {number} x @param {number} y @param {number} cell @param {number} out how far outside
 * @param {[number, 'ink' | 'paper' | 'now'][]} rings widths and colours, the widest first */
function boxed({ context: pen, look, unit, width, height }, x, y, cell, out, rings) {
  const edge = ((rings[0]?.[0] ?? 0) / 2) * unit;
  const [left, top] = [Math.max(edge, x - out * unit), Math.max(edge, y - out * unit)];
  const [right, bottom] = [Math.min(width - edge, x + cell + out * unit), Math.min(height - edge, y + cell + out * unit)];
  for (const [line, colour] of rings) {
    [pen.lineWidth, pen.strokeStyle] = [line * unit, look.colour[colour]];
    pen.strokeRect(left, top, right - left, bottom - top);
  }
}
