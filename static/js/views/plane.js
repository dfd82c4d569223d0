// @ts-check
/** Plane: heights seen from above, and the ways of several who go down them. A press chooses where they start. */

import { picture } from '../draw/canvas.js';
import { short } from '../draw/numbers.js';
import { Places } from '../draw/places.js';
import { mountAim } from './aiming.js';
import { altitudesOf, rowsOf, told, wayTold, waysOf } from './descents.js';
import { terrain } from './flat.js';
import { placed } from './shares.js';
import { tracks } from './tracks.js';

/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').PlaneSpec} PlaneSpec */
/** @typedef {import('./shares.js').Point} Point */

/** Around the map, for the ball at its very edge. */
const MARGIN = 9;
/** Below this size nothing is said: a miniature. */
const SMALLEST = 170;

/** The axes with what their ends are. @param {[string, string]} axes @param {number[]} span @returns {string[]} */
export const bounded = (axes, [left = NaN, right = NaN, low = NaN, high = NaN]) => axes.map((name, axis) => {
  const ends = axis ? [low, high] : [left, right];
  return ends.every(Number.isFinite) ? `${name} ${ends.map((end) => short(end, 3)).join(' … ')}`.trim() : name;
});

/**
 * @param {HTMLElement} element @param {PlaneSpec} spec @param {import('./types.js').Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountPlane(element, spec, context) {
  const places = new Places();
  const names = [spec.heights, spec.paths, spec.arrows, spec.minimum, spec.span];
  /** @type {Frame | null} */
  let frame = null;
  /** @type {import('./descents.js').Altitudes | null} */
  let altitudes = null;
  let [free, side] = [0, 1];
  const shown = picture(element, paint, summary);
  const channel = (/** @type {string} */ name) => frame?.channels.get(name);
  const span = () => Array.from(channel(spec.span)?.data ?? []);
  const ways = () => waysOf(channel(spec.paths), spec, frame?.words ?? {});

  /** @param {import('../draw/canvas.js').Sheet} sheet */
  function paint(sheet) {
    if (!altitudes) return;
    const { unit, context: pen } = sheet;
    free = Math.ceil(MARGIN * unit * sheet.ratio) / sheet.ratio;
    const inner = { ...sheet, width: sheet.width - 2 * free, height: sheet.height - 2 * free };
    const small = Math.min(inner.width, inner.height) < SMALLEST * unit;
    pen.translate(free, free);
    side = terrain(inner, altitudes.heights, bounded(spec.axes, span()), 0, altitudes.said);
    const arrows = rowsOf(channel(spec.arrows), 4).map(({ row, entries: [x = 0, y = 0, dx = 0, dy = 0] }) =>
      ({ name: spec.arrow_names[row] ?? '', from: placed([x, y], side), to: placed([x + dx, y + dy], side) }));
    const lowest = rowsOf(channel(spec.minimum), 2).map(({ entries }) => placed(/** @type {Point} */ (entries), side));
    tracks(sheet, side, places, { ways: ways(), marks: spec.marks, arrows, lowest, small });
    aim?.draw(sheet);
  }
  /** @param {Point} point */
  function describe(point) {
    const field = channel(spec.heights);
    return field ? told(point, field, span(), spec.axes) : '';
  }
  // A miniature has no hover, and nothing in it can be reached.
  const aim = context.hover ? mountAim(element, {
    name: `${spec.title}: read the heights with the arrow keys${spec.press ? '; Enter starts there' : ''}`,
    map: () => ({ free, side }),
    describe,
    first: () => ways()[0]?.points.at(-1) ?? [0, 0],
    refresh: () => shown.refresh(),
    press: spec.press ? ([x, y]) => context.send({ type: 'act', action: spec.press, arguments: { x, y } }) : undefined,
  }) : null;
  function summary() {
    const field = channel(spec.heights);
    if (!field || !altitudes) return `${spec.title}: waiting for the first picture.`;
    const known = Array.from(field.data).filter(Number.isFinite);
    const [low, high] = [known.reduce((a, b) => Math.min(a, b), Infinity), known.reduce((a, b) => Math.max(a, b), -Infinity)];
    const all = ways().map((way) => wayTold(way, field, span(), spec.axes));
    return `${[`${spec.title}: heights from ${short(low, 3)} to ${short(high, 3)}`, ...all].join('; ')}.`;
  }
  return {
    draw(next) {
      const old = frame;
      frame = next;
      const fresh = names.filter((name) => old?.channels.get(name)?.data !== next.channels.get(name)?.data);
      const field = channel(spec.heights);
      if (field && (fresh.includes(spec.heights) || !altitudes)) altitudes = altitudesOf(field, spec.scale);
      if (!fresh.length && old?.state === next.state) return;
      shown.refresh(next.state !== 'playing');
      aim?.tell();
    },
    resize: () => shown.refresh(),
    destroy() {
      aim?.destroy();
      shown.destroy();
    },
    summary,
  };
}
