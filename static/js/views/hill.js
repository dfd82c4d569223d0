// @ts-check
/** The hill: the descending scalar in ink over its ground, with the ball where the run is now. It is the time line. */

import { baseAxis, ticks, valueAxis } from '../draw/axes.js';
import { picture } from '../draw/canvas.js';
import { fixed } from '../draw/numbers.js';
import { Places } from '../draw/places.js';
import { number } from '../session/frame.js';
import { ending } from './ending.js';
import { ends, heading, named } from './labels.js';
import { mountScrub } from './scrub.js';
import { column, counted, lastDrawable } from './series.js';
import { axisOf, drawn, former, ground, heights, laidOut, lines, rug, theories, traces } from './slope.js';

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
  /** What the curves are before the first step, seen only by who looks at that moment. */
  let begun = { run: NaN, starts: /** @type {Map<string, number>} */ (new Map()) };
  const places = new Places();
  const shown = picture(element, paint, summary);
  const scrub = mountScrub(element, context, () => plot?.x ?? null, () => shown.refresh());

  /** @param {Sheet} sheet */
  function paint(sheet) {
    if (!frame) return;
    const current = frame;
    const now = traces(spec, current, begun.run === current.run ? begun.starts : undefined);
    const kind = axisOf(spec, current, now);
    const ended = now.flatMap((trace) => ending(trace, current, kind) ?? []);
    const levels = theories(spec, current, kind);
    plot = laidOut(sheet, spec, current, now, ended, kind);
    baseAxis(sheet, plot.box, plot.x, ticks('linear', 0, plot.x.high, Math.min(6, sheet.width / (80 * sheet.unit))));
    valueAxis(sheet, plot.box, plot.y, false);
    ground(sheet, plot, current, now[0]);
    former(sheet, plot, spec, current);
    for (const trace of now) drawn(sheet, plot, current, trace);
    heights(sheet, plot, levels);
    rug(sheet, plot, spec, current);
    places.begin(lines(plot, spec, current, now, levels));
    heading(sheet, plot, spec, current, context);
    if (scrub.dragging()) scrub.draw(sheet, plot.box, valueNear(now[0], current, plot.y), places);
    else ends(sheet, plot, spec, ended, places);
    named(sheet, plot, spec, levels, places);
  }
  function summary() {
    if (!frame) return `${spec.title}: waiting for the first picture.`;
    const current = frame;
    const { step } = current;
    const now = traces(spec, current);
    const told = now.flatMap((trace) => {
      const end = ending(trace, current, 'linear');
      if (!end) return [];
      const first = trace.values.find(Number.isFinite) ?? end.value;
      const name = trace.line.label ? `${trace.line.label}: ` : '';
      return [`${name}from ${fixed(first, spec.digits)} to ${end.broken ? 'not finite' : fixed(end.value, spec.digits)}`];
    });
    const axis = axisOf(spec, current, now) === 'log' ? ', log axis' : '';
    return `${spec.title} against ${context.stepName}, ${step} ${counted(context.stepName, step)}${axis}: ${told.join('; ')}.`;
  }
  return {
    draw(next) {
      frame = next;
      if (next.step === 0) begun = { run: next.run, starts: new Map(spec.lines.map(({ channel }) => [channel, number(next, channel)])) };
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

/** How high the curve is at a step. @param {Trace | undefined} trace @param {Frame} frame
 * @param {import('../draw/axes.js').Scale} y @returns {(step: number) => number} */
function valueNear(trace, frame, y) {
  const shown = { stride: frame.stride, values: trace?.values ?? [] };
  const old = frame.former?.series.get(trace?.line.channel ?? '');
  return (step) => {
    const past = step > frame.step && frame.former && old ? { stride: frame.former.stride, values: column(old) } : shown;
    const row = Math.max(0, Math.min(past.values.length, Math.round(step / past.stride)) - 1);
    const near = lastDrawable(past.values.slice(0, row + 1), y.kind);
    return y(past.values[near] ?? y.low);
  };
}
