// @ts-check
/** The home page's chart: measured traces laid end to end, each going on down from where the last one ended. */

import { picture } from '../draw/canvas.js';
import { ball, words } from '../draw/marks.js';

/** @typedef {{values: Float32Array, words: string, short: string}} Trace */
/** @typedef {import('../draw/canvas.js').Sheet} Sheet */

/** How far down each trace leads, of the whole height; the first falls most. */
const DEPTHS = [0, 0.5, 0.76, 1];

/**
 * The places of one trace: its own shape, carried from depth `from` to depth `to` by its start and its lowest end.
 * @param {Float32Array} values @param {number} from @param {number} to @returns {number[]} depths, 0 at the top
 */
export function descent(values, from, to) {
  const finite = values.filter(Number.isFinite);
  const [first, last] = [finite[0] ?? 0, finite.at(-1) ?? 0];
  const fall = first - last || 1;
  return Array.from(finite, (value) => from + ((first - value) / fall) * (to - from));
}

/** @param {HTMLElement} element @returns {{show: (found: Trace[]) => void, destroy: () => void}} */
export function mountTerrain(element) {
  /** @type {Trace[]} */
  let traces = [];
  const summary = () => `Measured a moment ago, falling from left to right: ${traces.map((trace) => trace.words).join('; ')}.`;
  const shown = picture(element, paint, summary);
  /** @param {Sheet} sheet */
  function paint(sheet) {
    if (!traces.length) return;
    const { width, height, unit, look, context: pen } = sheet;
    const narrow = width < 700;
    const [top, bottom] = [(narrow ? 10 : 44) * unit, height - (narrow ? 26 : 14) * unit];
    const share = width / traces.length;
    const lines = traces.map(({ values }, index) => {
      const depths = descent(values, DEPTHS[index] ?? 1, DEPTHS[index + 1] ?? 1);
      return depths.map((depth, row) => /** @type {[number, number]} */ ([
        (index + row / Math.max(1, depths.length - 1)) * share,
        Math.max(2, Math.min(height, top + depth * (bottom - top))),
      ]));
    });
    const path = lines.flat();
    pen.beginPath();
    pen.moveTo(0, height);
    for (const place of path) pen.lineTo(...place);
    pen.lineTo(width, height);
    pen.fillStyle = look.colour.ground;
    pen.fill();
    [pen.strokeStyle, pen.lineWidth, pen.lineJoin] = [look.colour.ink, 2 * unit, 'round'];
    pen.beginPath();
    for (const place of path) pen.lineTo(...place);
    pen.stroke();
    lines.forEach((line, index) => {
      if (index) seam(sheet, line[0] ?? [0, 0]);
      named(sheet, line, traces[index], narrow);
    });
    const here = lines[0]?.[Math.floor((lines[0].length - 1) * 0.72)];
    if (here) ball(sheet, ...here);
  }
  return {
    show(found) {
      traces = found;
      shown.canvas.setAttribute('aria-label', summary());
      shown.refresh(true);
    },
    destroy: shown.destroy,
  };
}

/** Where one run ends and the next begins. @param {Sheet} sheet @param {[number, number]} place */
function seam({ context: pen, height, look }, [x, y]) {
  pen.save();
  pen.setLineDash([2, 3]);
  [pen.strokeStyle, pen.lineWidth] = [look.colour['ink-3'], 1];
  pen.beginPath();
  pen.moveTo(Math.round(x) + 0.5, height);
  pen.lineTo(Math.round(x) + 0.5, y);
  pen.stroke();
  pen.restore();
}

/** Each clause stands above its own trace, clear of it. @param {Sheet} sheet @param {[number, number][]} line
 * @param {Trace | undefined} trace @param {boolean} narrow */
function named(sheet, line, trace, narrow) {
  const { context: pen, width, height, unit, look } = sheet;
  const [start, end] = [line[0]?.[0] ?? 0, line.at(-1)?.[0] ?? 0];
  if (!trace) return;
  if (narrow) {
    words(sheet, trace.short, start + 6 * unit, height - 5 * unit, { colour: look.colour['ink-2'], baseline: 'bottom' });
    return;
  }
  pen.font = `italic 500 ${(width > 1600 ? 22 : 18) * unit}px "Source Serif 4", Georgia, serif`;
  const long = pen.measureText(trace.words).width;
  const left = Math.max(start + 12 * unit, Math.min(start + (end - start) * 0.3, width - long));
  const under = line.filter(([x]) => x >= left - 4 && x <= left + long + 4).map(([, y]) => y);
  pen.fillStyle = look.colour.ink;
  [pen.textAlign, pen.textBaseline] = ['left', 'alphabetic'];
  pen.fillText(trace.words, left, Math.min(...under, height) - 12 * unit);
}
