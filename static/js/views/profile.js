// @ts-check
/** Profile: a vector over an index, as bars that lie (tiles may label them) or as marks joined by a line; bars that stand
 * are in `histogram.js`. */

import { picture } from '../draw/canvas.js';
import { fixed } from '../draw/numbers.js';
import { Places } from '../draw/places.js';
import { valueAt } from '../session/frame.js';
import { Bars } from './bars.js';
import { profileMarks } from './steps.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').ProfileSpec} ProfileSpec */
/** @typedef {{line: import('./types.js').Line, values: number[]}} Row */

/** @param {Frame} frame @param {string} name @returns {number[] | null} */
export function vector(frame, name) {
  const channel = frame.channels.get(name);
  return channel ? Array.from(channel.data, (_, index) => valueAt(channel, index)) : null;
}

/** The lines that have come. @param {ProfileSpec} spec @param {Frame} frame @returns {Row[]} */
export const rowsOf = (spec, frame) => spec.lines.flatMap((line) => {
  const values = vector(frame, line.channel);
  return values ? [{ line, values }] : [];
});

/**
 * @param {HTMLElement} element @param {ProfileSpec} spec @param {import('./types.js').Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountProfile(element, spec, context) {
  /** @type {Frame | null} */
  let frame = null;
  const bars = new Bars(spec, context);
  const places = new Places();
  const shown = picture(element, paint, summary);
  const forget = context.hover?.on(spec.index, () => shown.refresh());
  const here = new AbortController();
  if (spec.index) {
    const { canvas } = shown;
    canvas.addEventListener('pointermove', ({ offsetY }) => context.hover?.point(spec.index, bars.rowAt(offsetY)), { signal: here.signal });
    canvas.addEventListener('pointerleave', () => context.hover?.point(spec.index, -1), { signal: here.signal });
  }
  const rows = () => (frame ? rowsOf(spec, frame) : []);
  /** @param {import('../draw/canvas.js').Sheet} sheet */
  function paint(sheet) {
    const measured = rows();
    if (!frame || !measured[0]?.values.length) return;
    if (spec.style === 'marks') profileMarks(sheet, spec, frame, measured, places);
    else bars.draw(sheet, frame, measured);
  }
  function summary() {
    if (!frame) return `${spec.title}: waiting for the first picture.`;
    const told = rows().map(({ line, values }) => {
      const numbers = values.slice(0, 12).map((value) => (Number.isFinite(value) ? fixed(value, 2) : 'not finite'));
      return `${line.label ? `${line.label}: ` : ''}${numbers.join(', ')}${values.length > 12 ? ' and so on' : ''}`;
    });
    return `${spec.title}${spec.axis ? ` by ${spec.axis}` : ''}: ${told.join('; ')}.`;
  }
  return {
    draw(next) {
      const names = [...spec.lines.map((line) => line.channel), ...spec.theory.map((theory) => theory.channel)];
      const old = frame;
      frame = next;
      const same = old && [...names, spec.tiles, spec.reference].every(
        (name) => old.channels.get(name)?.data === next.channels.get(name)?.data);
      if (!same || old.state !== next.state) shown.refresh(next.state !== 'playing');
    },
    resize: () => shown.refresh(),
    destroy() {
      here.abort();
      forget?.();
      shown.destroy();
    },
    summary,
  };
}
