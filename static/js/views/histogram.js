// @ts-check
/** A profile in columns that can be read one by one: with the pointer, with the arrow keys, aloud. */

import { picture } from '../draw/canvas.js';
import { fixed } from '../draw/numbers.js';
import { Places } from '../draw/places.js';
import { number } from '../session/frame.js';
import { Columns, expectedOf } from './columns.js';
import { mountCursor } from './cursor.js';
import { nameOf, percent } from './patterns.js';
import { rowsOf } from './profile.js';
import { mountReading } from './reading.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').ProfileSpec} ProfileSpec */

/** One column in words. @param {ProfileSpec} spec @param {Frame} frame @param {number} entry @returns {string} */
export function columnTold(spec, frame, entry) {
  const rows = rowsOf(spec, frame);
  const all = [...rows.map(({ line, values }) => ({ label: line.label, values })),
    ...expectedOf(spec, frame, rows[0]?.values.length ?? 0).map(({ label, values }) => ({ label: label || 'theory', values }))];
  const told = all.flatMap(({ label, values }) => {
    const value = values[entry];
    if (value === undefined) return [];
    const digits = Number.isFinite(value) ? (spec.percent ? percent(value) : fixed(value, 2)) : 'not finite';
    return [label ? `${label} ${digits}` : digits];
  });
  return `${nameOf(spec, frame, entry)}: ${told.join(', ')}`;
}

/** All columns in a sentence. @param {ProfileSpec} spec @param {Frame | null} frame @returns {string} */
export function columnsSummed(spec, frame) {
  const values = frame ? rowsOf(spec, frame)[0]?.values ?? [] : [];
  if (!frame || !values.length) return `${spec.title}: waiting for the first picture.`;
  const [first, last] = spec.ends;
  const span = first || last ? `, from ${first} to ${last}` : '';
  const highest = values.reduce((best, value, entry) => (value > (values[best] ?? -Infinity) ? entry : best), 0);
  const now = spec.now ? number(frame, spec.now) : -1;
  const here = now >= 0 && now < values.length ? ` Now ${columnTold(spec, frame, now)}.` : '';
  return `${spec.title}: ${values.length} columns${span}. Highest ${columnTold(spec, frame, highest)}.${here}`;
}

/**
 * @param {HTMLElement} element @param {ProfileSpec} spec @param {import('./types.js').Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountColumns(element, spec, context) {
  /** @type {Frame | null} */
  let frame = null;
  let lit = -1;
  const columns = new Columns(spec, new Places(), !context.hover);
  const summary = () => columnsSummed(spec, frame);
  const shown = picture(element, paint, summary);
  const forget = context.hover?.on(spec.index, () => choose(context.hover?.entry(spec.index) ?? -1));

  /** @param {import('../draw/canvas.js').Sheet} sheet */
  function paint(sheet) {
    const rows = frame ? rowsOf(spec, frame) : [];
    if (frame && rows[0]?.values.length) columns.draw(sheet, frame, rows, lit);
  }
  function read() {
    const value = frame && lit >= 0 ? rowsOf(spec, frame)[0]?.values[lit] : undefined;
    const text = frame && value !== undefined ? columnTold(spec, frame, lit) : '';
    reading?.say(text, ...columns.spot(lit, Number.isFinite(value) ? value ?? 0 : 0));
  }
  /** @param {number} next */
  function choose(next) {
    if (next === lit) return;
    lit = next;
    shown.refresh();
    read();
    context.hover?.point(spec.index, next);
  }
  // A miniature has no hover, and nothing in it can be reached.
  const reading = context.hover ? mountReading(element) : null;
  const cursor = context.hover ? mountCursor(element, {
    name: `${spec.title}: read the columns with the arrow keys`,
    locate: (x) => columns.entryAt(x),
    size: () => ({ columns: 1, count: frame ? rowsOf(spec, frame)[0]?.values.length ?? 0 : 0 }),
    moved: choose,
    describe: (entry) => (frame && entry >= 0 ? columnTold(spec, frame, entry) : ''),
    first: () => Math.max(0, frame && spec.now ? number(frame, spec.now) : 0),
  }) : null;
  return {
    draw(next) {
      const old = frame;
      frame = next;
      if (old && unchanged(spec, old, next)) return;
      shown.refresh(next.state !== 'playing');
      if (lit >= 0) read();
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

/** Whether nothing drawn here differs. @param {ProfileSpec} spec @param {Frame} old @param {Frame} next */
function unchanged(spec, old, next) {
  const names = [...spec.lines, ...spec.theory].map(({ channel }) => channel);
  const same = [...names, spec.tiles, spec.reference].every((name) => old.channels.get(name)?.data === next.channels.get(name)?.data);
  return same && old.state === next.state && (!spec.now || number(old, spec.now) === number(next, spec.now));
}
