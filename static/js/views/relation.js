// @ts-check
/** Relation: a quantity against another, measured marks with their errors, theory dashed beside them. */

import { picture } from '../draw/canvas.js';
import { Places } from '../draw/places.js';
import { mountCursor } from './cursor.js';
import { plotted } from './plot.js';
import { nearest, pointsOf, summed, told } from './points.js';
import { mountReading } from './reading.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').RelationSpec} RelationSpec */
/** @typedef {import('./points.js').Points} Points */

/**
 * @param {HTMLElement} element @param {RelationSpec} spec @param {import('./types.js').Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountRelation(element, spec, context) {
  const places = new Places();
  const names = [spec.x, spec.errors, spec.now, ...[...spec.lines, ...spec.theory].map(({ channel }) => channel)].filter(Boolean);
  /** @type {Frame | null} */
  let frame = null;
  /** @type {Points | null} */
  let points = null;
  /** @type {import('./points.js').Spot[]} */
  let spots = [];
  let chosen = -1;
  const shown = picture(element, paint, summary);

  /** @param {import('../draw/canvas.js').Sheet} sheet */
  function paint(sheet) {
    if (points) spots = plotted(sheet, spec, points, chosen, places);
  }
  function read() {
    const spot = spots.find(({ cell }) => cell === chosen);
    reading?.say(spot && points ? told(spec, points, chosen) : '', spot?.left ?? 0, spot?.top ?? 0);
  }
  // A miniature has no hover, and nothing in it can be reached.
  const reading = context.hover ? mountReading(element) : null;
  const cursor = context.hover ? mountCursor(element, {
    name: `${spec.title}: read the marks with the arrow keys`,
    locate: (x, y) => nearest(spots, x, y)?.cell ?? -1,
    size: () => ({ columns: points?.x.length ?? 0, count: (points?.x.length ?? 0) * (points?.rows.length ?? 0) }),
    moved(next) {
      chosen = next;
      shown.refresh();
      read();
    },
    describe: (cell) => (points && cell >= 0 ? told(spec, points, cell) : ''),
  }) : null;
  function summary() {
    return points ? summed(spec, points) : `${spec.title}: waiting for the first picture.`;
  }
  return {
    draw(next) {
      const old = frame;
      frame = next;
      const same = old && names.every((name) => old.channels.get(name)?.data === next.channels.get(name)?.data);
      if (same && old.state === next.state) return;
      points = pointsOf(spec, next);
      shown.refresh(next.state !== 'playing');
      if (chosen >= 0) read();
    },
    resize: () => shown.refresh(),
    destroy() {
      cursor?.destroy();
      reading?.destroy();
      shown.destroy();
    },
    summary,
  };
}
