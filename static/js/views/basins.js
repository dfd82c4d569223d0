// @ts-check
/** Basins: where each start ends, as a map that can be read, and started from; the present run is its path. */

import { picture } from '../draw/canvas.js';
import { NONE, OUTSIDE, isRound } from '../draw/regions.js';
import { trail } from '../draw/trail.js';
import { valueAt } from '../session/frame.js';
import { Atlas } from './atlas.js';
import { mountCursor } from './cursor.js';
import { aim, footOf, legend } from './legend.js';
import { Names } from './names.js';
import { mountReading } from './reading.js';
import { cellAt, fallen, mapped, naming, placed, pointAt, regionsOf, sideOf } from './shares.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').BasinsSpec} BasinsSpec */
/** @typedef {import('../draw/regions.js').Regions} Regions */
/** @typedef {import('./shares.js').Point} Point */

/** Of so many steps of an arrow key is the map wide. */
const STEPS = 32;
/** The ball's radius with its rim. */
const BALL = 8;

/** Pairs of numbers, both finite. @param {Frame} frame @param {string} name @returns {Point[]} */
export function pairs(frame, name) {
  const channel = frame.channels.get(name);
  if (!channel) return [];
  const all = Array.from({ length: channel.shape[0] ?? 0 }, (_, row) => /** @type {Point} */ ([valueAt(channel, 2 * row), valueAt(channel, 2 * row + 1)]));
  return all.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
}

/**
 * @param {HTMLElement} element @param {BasinsSpec} spec @param {import('./types.js').Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountBasins(element, spec, context) {
  const atlas = new Atlas();
  const names = new Names();
  /** @type {Frame | null} */
  let frame = null;
  /** @type {Regions | null} */
  let regions = null;
  let purity = new Float32Array(0);
  let [cell, byKey, side, free] = [-1, false, 0, 0];
  const shown = picture(element, paint, summary);
  const name = () => naming(frame?.words ?? {}, spec.index);
  const codeAt = (/** @type {number} */ index) => regions?.codes[index] ?? OUTSIDE;

  /** @param {import('../draw/canvas.js').Sheet} sheet */
  function paint(sheet) {
    if (!frame || !regions) return;
    const path = pairs(frame, spec.path);
    const round = isRound(regions);
    // The ball, the ring at the start and their rims may stand on the very edge of the map.
    free = Math.ceil(BALL * sheet.unit * sheet.ratio) / sheet.ratio;
    const inner = { ...sheet, width: sheet.width - 2 * free, height: sheet.height - 2 * free };
    const room = Math.min(inner.width, inner.height - footOf(inner, round));
    side = sideOf(room * sheet.ratio, regions.columns) / sheet.ratio;
    const lit = context.hover?.entry(spec.index) ?? -1;
    sheet.context.translate(free, free);
    atlas.draw(sheet, regions, purity, side, lit, frame.channels.get(spec.tiles)?.shape[0] ?? 0);
    names.draw(sheet, frame, spec, side, lit);
    trail(sheet, path.map((point) => placed(point, side)));
    legend(inner, side, round, path.length > 0);
    if (cell >= 0 && byKey) aim(sheet, placed(pointAt(cell, regions), side));
  }
  /** @param {number} x @param {number} y from the map's corner */
  const at = (x, y) => (regions && x >= 0 && y >= 0 && x < side && y < side ? cellAt([(2 * x) / side - 1, 1 - (2 * y) / side], regions) : -1);
  /** @param {number} index */
  const describe = (index) => (index < 0 ? '' : fallen(codeAt(index), purity[index] ?? 1, name()));
  function read() {
    if (!regions) return;
    const text = byKey || codeAt(cell) !== OUTSIDE ? describe(cell) : '';
    const [x, y] = cell < 0 ? [0, 0] : placed(pointAt(cell, regions), side);
    reading?.say(text, x + free, y + free);
  }
  // A miniature has no hover, and nothing in it can be reached.
  const reading = context.hover ? mountReading(element) : null;
  const cursor = context.hover ? mountCursor(element, {
    name: `${spec.title}: read the map with the arrow keys${spec.press ? '; Enter starts a run there' : ''}`,
    locate: (x, y) => at(x - free, y - free),
    size: () => ({ columns: regions?.columns ?? 0, count: regions?.codes.length ?? 0 }),
    first: () => (regions && frame ? cellAt(pairs(frame, spec.path).at(-1) ?? [0, 0], regions) : 0),
    stride: () => Math.max(1, Math.round((regions?.columns ?? 0) / STEPS)),
    moved(next, keyed) {
      [cell, byKey] = [next, keyed];
      const code = next < 0 ? NONE : codeAt(next);
      context.hover?.point(spec.index, code < NONE ? code : -1);
      shown.refresh();
      read();
    },
    describe,
    ...(spec.press ? { press: start } : {}),
  }) : null;
  /** @param {number} index */
  function start(index) {
    if (!regions || codeAt(index) === OUTSIDE) return;
    const [x, y] = pointAt(index, regions);
    context.send({ type: 'act', action: spec.press, arguments: { x, y } });
  }
  const forget = context.hover?.on(spec.index, () => shown.refresh());

  function summary() {
    return regions ? `${spec.title}: ${mapped(regions, name())}.` : `${spec.title}: waiting for the first picture.`;
  }
  return {
    draw(next) {
      const old = frame;
      frame = next;
      const fresh = (/** @type {string} */ channel) => old?.channels.get(channel)?.data !== next.channels.get(channel)?.data;
      if (fresh(spec.channel) || !regions) regions = regionsOf(next, spec.channel);
      const shares = next.channels.get(spec.purity);
      if (fresh(spec.purity) && shares) purity = Float32Array.from(shares.data, (_, index) => valueAt(shares, index));
      const changed = [spec.channel, spec.purity, spec.tiles, spec.labels, spec.path].some(fresh);
      if (!changed && old?.state === next.state) return;
      shown.refresh(next.state !== 'playing');
      if (cell >= 0) read();
    },
    resize: () => shown.refresh(),
    destroy() {
      forget?.();
      cursor?.destroy();
      reading?.destroy();
      shown.destroy();
    },
    summary,
  };
}
