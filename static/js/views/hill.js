// @ts-check
/** The hill: the descending scalar in ink over its ground, with the ball where the run is now. It is the time line. */

import { baseAxis, ticks, valueAxis } from '../draw/axes.js';
import { picture } from '../draw/canvas.js';
import { fixed } from '../draw/numbers.js';
import { mountScrub } from './scrub.js';
import { counted } from './series.js';
import { drawn, ends, former, ground, heading, heights, laidOut, rug, traces } from './slope.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').HillSpec} HillSpec */
/** @typedef {import('./types.js').Context} Context */
/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('./slope.js').Trace} Trace */
/** @typedef {import('./slope.js').Plot} Plot */

/**
 * @param {HTMLElement} element @param {HillSpec} spec @param {Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountHill(element, spec, context) {
  /** @type {Frame | null} */
  let frame = null;
  /** @type {Plot | null} */
  let plot = null;
  const shown = picture(element, paint, summary);
  const scrub = mountScrub(element, context, () => plot?.x ?? null, () => shown.refresh());

  /** @param {Sheet} sheet */
  function paint(sheet) {
    if (!frame) return;
    const now = traces(spec, frame);
    plot = laidOut(sheet, spec, frame, now);
    baseAxis(sheet, plot.box, plot.x, ticks('linear', 0, plot.x.high, Math.min(6, sheet.width / (80 * sheet.unit))));
    valueAxis(sheet, plot.box, plot.y, false);
    ground(sheet, plot, frame, now[0]);
    former(sheet, plot, spec, frame);
    heights(sheet, plot, spec, frame, now);
    for (const trace of now) drawn(sheet, plot, frame, trace);
    rug(sheet, plot, spec, frame);
    ends(sheet, plot, spec, frame, now);
    heading(sheet, plot, spec, frame, context);
    scrub.draw(sheet, plot.box, frame, valueNear(now[0], frame, plot.y));
  }
  function summary() {
    if (!frame) return `${spec.title}: waiting for the first picture.`;
    const { step } = frame;
    const told = traces(spec, frame).map(({ line, values, raw, last }) => {
      const first = values.find(Number.isFinite) ?? NaN;
      const name = line.label ? `${line.label}: ` : '';
      const end = last === raw.length - 1 ? fixed(values[last] ?? NaN, spec.digits) : 'not finite';
      return `${name}from ${fixed(first, spec.digits)} to ${end}`;
    });
    return `${spec.title} against ${context.stepName}, ${step} ${counted(context.stepName, step)}: ${told.join('; ')}.`;
  }
  return {
    draw(next) {
      frame = next;
      scrub.tell(next);
      shown.refresh(next.state !== 'playing');
    },
    resize: () => shown.refresh(),
    destroy() {
      scrub.destroy();
      shown.destroy();
    },
    summary,
  };
}

/** Where the curve stands at a step. @param {Trace | undefined} trace @param {Frame} frame
 * @param {import('../draw/axes.js').Scale} y @returns {(step: number) => number} */
function valueNear(trace, frame, y) {
  return (step) => {
    const row = Math.max(0, Math.min((trace?.last ?? 0), Math.round(step / frame.stride) - 1));
    return trace ? y(trace.values[row] ?? NaN) : y.low;
  };
}
