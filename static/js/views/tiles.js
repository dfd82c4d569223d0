// @ts-check
/** Tiles: n images, each cell a whole number of device pixels. One image of spins is a grid that can be painted. */

import { picture } from '../draw/canvas.js';
import { Stamp, entries, hatch, rangeOf } from '../draw/map.js';
import { Spins, isFine, now, pencil, rim } from '../draw/spins.js';
import { words } from '../draw/marks.js';
import { number, valueAt } from '../session/frame.js';
import { mountCursor } from './cursor.js';
import { Brush, RunningMean, arranged, swept } from './grid.js';

/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').TilesSpec} TilesSpec */

const MEAN = 'mean of the last ½ s';
/** The brush is at least so wide, in pixels: on a fine lattice one cell could not be seen. */
const BRUSH = 8;

/**
 * @param {HTMLElement} element @param {TilesSpec} spec @param {import('./types.js').Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountTiles(element, spec, context) {
  const stamp = new Stamp();
  const lattice = new Spins();
  const mean = new RunningMean();
  const brush = new Brush(spec.paint, context.send);
  /** @type {Frame | null} */
  let frame = null;
  let cell = -1;
  let touched = -1;
  let layout = arranged(1, 1, 1, 1, 1, 1);
  let free = 0;
  const shown = picture(element, paint, summary);
  const channel = () => frame?.channels.get(spec.channel);
  const shape = () => /** @type {[number, number, number]} */ (channel()?.shape ?? [1, 1, 1]);
  const single = () => spec.colours === 'spins' && shape()[0] === 1;

  /** @param {Sheet} sheet */
  function paint(sheet) {
    const found = channel();
    if (!frame || !found) return;
    const [count, rows, columns] = shape();
    // A line below the grid is kept free for what is said of it, so that it does not change its size.
    const foot = single() ? sheet.look.size.tick * 1.25 : 0;
    free = single() && (spec.now || spec.paint) && !isFine({ columns, rows }) ? rim(sheet) : 0;
    layout = arranged(count, rows, columns, sheet.width - 2 * free, sheet.height - foot - 2 * free, sheet.ratio, spec.names?.length ? sheet.look.size.tick * 1.3 : 0);
    if (single()) {
      sheet.context.translate(free, free);
      grid(sheet, frame, found, rows, columns);
      if (mean.fast) words(sheet, MEAN, 0, layout.cell * rows + foot + free, { colour: sheet.look.colour['ink-2'], baseline: 'bottom' });
    } else images(sheet, found, count, rows, columns);
  }
  /** @param {Sheet} sheet @param {Frame} current @param {Channel} found @param {number} rows @param {number} columns */
  function grid(sheet, current, found, rows, columns) {
    const size = layout.cell;
    const target = current.channels.get(spec.target) ?? null;
    lattice.draw(sheet, mean.fast ? mean.values : found, { columns, rows, cell: size }, target);
    const deciding = spec.now && !mean.fast ? number(current, spec.now) : -1;
    if (deciding >= 0) now(sheet, (deciding % columns) * size, Math.floor(deciding / columns) * size, size, free);
    const wide = Math.floor(radius()) * size;
    if (cell >= 0) pencil(sheet, (cell % columns) * size - wide, Math.floor(cell / columns) * size - wide, size + 2 * wide, free);
  }
  /** Of the brush, in cells. */
  const radius = () => (layout.cell < BRUSH / 2 ? BRUSH / 2 / layout.cell : 0);
  /** @param {number} from @param {number} to */
  const crossed = (from, to) => swept(from, to, { rows: shape()[1], columns: shape()[2] }, radius());
  /** @param {Sheet} sheet @param {Channel} found @param {number} count @param {number} rows @param {number} columns */
  function images(sheet, found, count, rows, columns) {
    const bytes = entries(found, rangeOf(found, spec.colours));
    const lit = context.hover?.entry(spec.index) ?? -1;
    for (let tile = 0; tile < count; tile += 1) {
      const { x, y } = layout.place(tile);
      stamp.paint(bytes, tile * rows * columns, columns, rows, sheet.look.maps[spec.colours]);
      stamp.draw(sheet, x, y, layout.cell * columns, layout.cell * rows);
      words(sheet, spec.names?.[tile] ?? '', x, y - sheet.look.size.tick * 0.2, { colour: sheet.look.colour['ink-2'], baseline: 'bottom' });
      framed(sheet, x, y, layout.cell * columns, layout.cell * rows, spec.index !== '' && tile === lit);
    }
    if (cell >= 0) pencil(sheet, (cell % columns) * layout.cell, layout.top + Math.floor(cell / columns) * layout.cell, layout.cell, 0);
    for (let lost = bytes.indexOf(255); lost >= 0; lost = bytes.indexOf(255, lost + 1)) {
      const { x, y } = layout.place(Math.floor(lost / (rows * columns)));
      const inside = lost % (rows * columns);
      const size = layout.cell;
      hatch(sheet, x + (inside % columns) * size, y + Math.floor(inside / columns) * size, size, size);
    }
  }
  /** What can be painted is from −1 (off) to 1 (on), 0 where it is open. @param {number} index */
  function describe(index) {
    const found = channel();
    const columns = shape()[2];
    if (!found || index < 0) return '';
    const level = valueAt(found, index);
    return `Row ${Math.floor(index / columns) + 1}, column ${(index % columns) + 1}: ${Math.abs(level) < 0.01 ? 'open' : level > 0 ? 'on' : 'off'}.`;
  }
  const cursor = spec.paint ? mountCursor(element, {
    name: `${spec.title}: paint with the pointer, or with arrow keys and space`,
    locate: (x, y) => layout.cellAt(x - free, y - free),
    size: () => ({ columns: shape()[2], count: shape()[1] * shape()[2] }),
    moved(next) {
      cell = next;
      shown.refresh();
    },
    describe,
    press(index) {
      const found = channel();
      if (found) brush.begin(crossed(index, index), !(valueAt(found, index) > 0));
      touched = index;
    },
    drag(index) {
      brush.add(crossed(touched, index));
      touched = index;
    },
    release: () => brush.end(),
  }) : null;
  const stop = spec.index && !spec.paint ? linked(shown, spec.index, context, (x, y) => layout.tileAt(x, y)) : null;

  /** @type {{destroy: () => void} | null} */ let drop = null;
  let gone = false;
  // Few grids take a picture: what reads one is fetched for those.
  if (spec.drop) void import('./drop.js').then(({ mountDrop }) => {
    if (!gone) drop = mountDrop(element, spec, context, () => ({ rows: shape()[1], columns: shape()[2] }));
  });

  function summary() {
    const found = channel();
    if (!found || !frame) return `${spec.title}: waiting for the first picture.`;
    const [count, rows, columns] = shape();
    const target = frame.channels.get(spec.target);
    if (!single()) return `${spec.title}: ${count} images of ${rows} by ${columns}.`;
    let [on, wrong] = [0, 0];
    for (let index = 0; index < rows * columns; index += 1) {
      const up = valueAt(found, index) > 0;
      on += Number(up);
      wrong += Number(target !== undefined && up !== valueAt(target, index) > 0);
    }
    const against = target ? `, ${wrong} disagree with the target` : '';
    return `${spec.title}: ${rows} by ${columns} units, ${on} on${against}${mean.fast ? `; drawn as the ${MEAN}` : ''}.`;
  }
  return {
    draw(next) {
      const same = frame !== null && unchanged(frame, next, spec);
      frame = next;
      const found = channel();
      if (found && single()) mean.add(next, found, spec.now ? number(next, spec.now) : -1);
      cursor?.tell();
      if (!same || mean.fast) shown.refresh(next.state !== 'playing');
    },
    resize: () => shown.refresh(),
    destroy() {
      gone = true;
      brush.end();
      stop?.();
      cursor?.destroy();
      drop?.destroy();
      shown.destroy();
    },
    summary,
  };
}

/** Whether nothing that this view draws has changed. @param {Frame} old @param {Frame} next @param {TilesSpec} spec */
function unchanged(old, next, spec) {
  const arrays = [spec.channel, spec.target].every((name) => old.channels.get(name)?.data === next.channels.get(name)?.data);
  return arrays && old.state === next.state && (!spec.now || number(old, spec.now) === number(next, spec.now));
}

/** @param {Sheet} sheet @param {number} x @param {number} y @param {number} width @param {number} height
 * @param {boolean} lit under the pointer here or in a view of the same index */
function framed({ context: pen, look, unit }, x, y, width, height, lit) {
  [pen.lineWidth, pen.strokeStyle] = [1, look.colour.rule];
  pen.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  if (!lit) return;
  for (const [line, colour] of /** @type {const} */ ([[5, 'on-now'], [3, 'now']])) {
    [pen.lineWidth, pen.strokeStyle] = [line * unit, look.colour[colour]];
    pen.strokeRect(x, y, width, height);
  }
}

/** @param {import('../draw/canvas.js').Picture} shown @param {string} index @param {import('./types.js').Context} context
 * @param {(x: number, y: number) => number} tileAt @returns {() => void} stops it */
function linked({ canvas, refresh }, index, { hover }, tileAt) {
  const here = new AbortController();
  const over = (/** @type {PointerEvent} */ event) => hover?.point(index, tileAt(event.offsetX, event.offsetY));
  canvas.addEventListener('pointermove', over, { signal: here.signal });
  canvas.addEventListener('pointerleave', () => hover?.point(index, -1), { signal: here.signal });
  const forget = hover?.on(index, () => refresh());
  return () => (here.abort(), forget?.());
}
