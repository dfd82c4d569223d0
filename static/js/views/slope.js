// @ts-check
/** The parts of the hill, from the ground up. */

import { Extent, drawable, label, scale, ticks } from '../draw/axes.js';
import { font } from '../draw/canvas.js';
import { colourOf, dashed } from '../draw/marks.js';
import { number, stepOf } from '../session/frame.js';
import { endText } from './labels.js';
import { column, kindOf, mean, span, traced } from './series.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').HillSpec} HillSpec */
/** @typedef {import('./types.js').Context} Context */
/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/**
 * @typedef {{line: import('./types.js').Line, raw: Float32Array, values: Float32Array, start: number}} Trace
 * `raw` as measured after each step, `start` before the first one, NaN where that is not known
 */
/** @typedef {import('../draw/axes.js').Scale} Scale */
/** @typedef {import('../draw/axes.js').Kind} Kind */
/** @typedef {import('./ending.js').Ending} Ending */
/** @typedef {{box: import('../draw/axes.js').Box, x: Scale, y: Scale}} Plot */

const GRAIN = 2.4;
const RESTLESS = 4;
/** Ups and downs so many times as long as the way along: drawn in full ink they would fill the picture. */

/** The time axis ends somewhat after the run, at a round step, so that it seldom moves.
 * @param {number} step @param {number} [share] of its length that must stay free after the run */
export function horizon(step, share = 0) {
  const least = Math.max(step / (1 - Math.max(0.12, share)), 20);
  const ten = 10 ** Math.floor(Math.log10(least));
  return ([1, 1.5, 2, 3, 4, 6, 8].find((factor) => factor * ten >= least) ?? 10) * ten;
}

/** @param {HillSpec} spec @param {Frame | import('../session/frame.js').Former} frame
 * @param {Map<string, number>} [starts] @returns {Trace[]} */
export function traces(spec, frame, starts) {
  return spec.lines.map((line) => {
    const series = frame.series.get(line.channel);
    const raw = series ? column(series) : new Float32Array(0);
    const start = line.smooth > 1 ? NaN : starts?.get(line.channel) ?? NaN;
    return { line, raw, values: mean(raw, span(line.smooth, frame.stride)), start };
  });
}

/** The curve, from the start of the run if that is known. @param {Trace} trace @param {Frame} frame @param {Scale} x
 * @param {Scale} y @param {number} grain */
function whole({ values, start }, frame, x, y, grain) {
  const runs = traced(values, frame, x, y, grain);
  if (drawable(y.kind, start) && drawable(y.kind, values[0] ?? NaN)) runs[0]?.unshift([x(0), y(start)]);
  return runs;
}

/** What the axis of the hill is: logarithmic if declared so, or if a run needs it. @param {HillSpec} spec
 * @param {Frame} frame @param {Trace[]} now */
export function axisOf(spec, frame, now) {
  const old = frame.former ? traces(spec, frame.former) : [];
  return kindOf(spec.scale, [...now, ...old].map(({ raw }) => raw));
}

/** @param {Sheet} sheet @param {HillSpec} spec @param {Frame} frame @param {Trace[]} now @param {Ending[]} ended
 * @param {Kind} kind @returns {Plot} */
export function laidOut(sheet, spec, frame, now, ended, kind) {
  const { width, height, unit, context: pen, look } = sheet;
  const extent = new Extent(kind);
  for (const { raw, values, start } of [...now, ...(frame.former ? traces(spec, frame.former) : [])]) {
    extent.add(start);
    extent.addAll(raw);
    extent.addAll(values);
  }
  for (const { value } of ended) extent.add(value);
  for (const theory of spec.theory) extent.add(theory.value ?? number(frame, theory.channel));
  const [low, high] = extent.padded(0.07);
  pen.font = font(look.size.tick);
  const names = ticks(kind, low, high, 5).map((tick) => pen.measureText(label(kind, tick)).width);
  const left = Math.max(24 * unit, ...names.map((name) => name + 10 * unit));
  const bottom = height - look.size.tick - 9 * unit;
  const box = { left, right: width - 18 * unit, top: look.size.title + 16 * unit, bottom };
  pen.font = font(look.size.body, 650);
  const longest = Math.max(0, ...ended.map((end) => pen.measureText(endText(spec, end)).width)) + 4 * unit;
  // Whole steps of room, or the axis would follow every digit.
  const share = Math.min(0.5, (Math.ceil(longest / (24 * unit)) * 24 * unit) / (box.right - left));
  const end = horizon(Math.max(frame.step, frame.former?.step ?? 0), share);
  return { box, x: scale('linear', 0, end, left, box.right), y: scale(kind, low, high, bottom - 3 * unit, box.top) };
}

/** The theory lines that have a place on the axis. @param {HillSpec} spec @param {Frame} frame @param {Kind} kind */
export const theories = (spec, frame, kind) => spec.theory
  .map((theory) => ({ label: theory.label, value: theory.value ?? number(frame, theory.channel) }))
  .filter(({ value }) => drawable(kind, value));

/** @param {Sheet} sheet @param {Plot} plot @param {{value: number}[]} levels */
export function heights(sheet, { box, y }, levels) {
  for (const { value } of levels) dashed(sheet, [[box.left, y(value)], [box.right, y(value)]]);
}

/** All lines of the picture as places, for words to keep clear of. @param {Plot} plot @param {HillSpec} spec
 * @param {Frame} frame @param {Trace[]} now @param {{value: number}[]} levels @returns {[number, number][][]} */
export function lines({ box, x, y }, spec, frame, now, levels) {
  const old = frame.former;
  return [
    ...now.flatMap(({ raw, values }) => [values, ...(raw === values ? [] : [raw])].flatMap((each) => traced(each, frame, x, y, GRAIN))),
    ...(old ? traces(spec, old).flatMap(({ values }) => traced(values, old, x, y, GRAIN)) : []),
    ...levels.map(({ value }) => /** @type {[number, number][]} */ ([[box.left, y(value)], [box.right, y(value)]])),
  ];
}

/** @param {Sheet} sheet @param {Plot} plot @param {Frame} frame @param {Trace} [trace] */
export function ground({ context: pen, look, unit }, { box, x, y }, frame, trace) {
  for (const run of trace ? whole(trace, frame, x, y, GRAIN * unit) : []) {
    pen.beginPath();
    pen.moveTo(run[0]?.[0] ?? 0, box.bottom);
    for (const place of run) pen.lineTo(...place);
    pen.lineTo(run.at(-1)?.[0] ?? 0, box.bottom);
    pen.fillStyle = look.colour.ground;
    pen.fill();
  }
}

/** @param {Sheet} sheet @param {[number, number][][]} runs @param {string} colour @param {number} width */
function strokes({ context: pen }, runs, colour, width) {
  [pen.strokeStyle, pen.lineWidth, pen.lineJoin] = [colour, width, 'round'];
  pen.beginPath();
  for (const run of runs) run.forEach((place, index) => (index ? pen.lineTo(...place) : pen.moveTo(...place)));
  pen.stroke();
}

/** @param {Sheet} sheet @param {Plot} plot @param {HillSpec} spec @param {Frame} frame */
export function former(sheet, { x, y }, spec, frame) {
  if (!frame.former) return;
  for (const { values } of traces(spec, frame.former)) {
    strokes(sheet, traced(values, frame.former, x, y, GRAIN * sheet.unit), sheet.look.colour['ink-3'], 1);
  }
}

/** Whether a curve goes up and down all the time. @param {[number, number][][]} runs */
export function restless(runs) {
  let [along, up] = [0, 0];
  for (const run of runs) {
    run.forEach(([left, top], index) => {
      const before = run[index - 1];
      if (before) [along, up] = [along + left - before[0], up + Math.abs(top - before[1])];
    });
  }
  return along > 60 && up > RESTLESS * along;
}

/** @param {Sheet} sheet @param {Plot} plot @param {Frame} frame @param {Trace} trace */
export function drawn(sheet, plot, frame, trace) {
  const { line, raw, values } = trace;
  const { unit, look, context: pen } = sheet;
  const colour = colourOf(look, line.mark);
  const faint = (/** @type {[number, number][][]} */ runs) => {
    pen.globalAlpha = 0.45;
    strokes(sheet, runs, colour, 0.8 * unit);
    pen.globalAlpha = 1;
  };
  if (raw !== values) faint(traced(raw, frame, plot.x, plot.y, GRAIN * unit));
  const curve = whole(trace, frame, plot.x, plot.y, GRAIN * unit);
  if (restless(curve)) faint(curve);
  else strokes(sheet, curve, colour, 2.2 * unit);
}

/** Ticks along the foot: something happened at that step. @param {Sheet} sheet @param {Plot} plot
 * @param {HillSpec} spec @param {Frame} frame */
export function rug({ context: pen, look, unit }, { box, x }, spec, frame) {
  const series = frame.series.get(spec.events);
  if (!series) return;
  [pen.strokeStyle, pen.lineWidth] = [look.colour.ink, 1];
  pen.beginPath();
  let taken = -1;
  for (let row = 0; row < series.rows; row += 1) {
    const place = Math.round(x(stepOf(frame, row))) + 0.5;
    if (!((series.values[row] ?? 0) > 0) || place === taken) continue;
    pen.moveTo(place, box.bottom - 5 * unit);
    pen.lineTo(place, box.bottom);
    taken = place;
  }
  pen.stroke();
}

