// @ts-check
/** The parts of the hill, from the ground up. */

import { Extent, label, scale, ticks } from '../draw/axes.js';
import { font } from '../draw/canvas.js';
import { apart, ball, colourOf, cross, dashed, words } from '../draw/marks.js';
import { fixed } from '../draw/numbers.js';
import { number, stepOf } from '../session/frame.js';
import { column, lastDrawable, lastFormer, mean, meanName, span, traced } from './series.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').HillSpec} HillSpec */
/** @typedef {import('./types.js').Context} Context */
/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {{line: import('./types.js').Line, raw: Float32Array, values: Float32Array, last: number}} Trace */
/** @typedef {{box: import('../draw/axes.js').Box, x: import('../draw/axes.js').Scale, y: import('../draw/axes.js').Scale}} Plot */

const GRAIN = 2.4;

/** The time axis ends somewhat after the run, at a round step, so that it seldom moves. @param {number} step */
export function horizon(step) {
  const least = Math.max(step * 1.14, 20);
  const ten = 10 ** Math.floor(Math.log10(least));
  return ([1, 1.5, 2, 3, 4, 6, 8].find((factor) => factor * ten >= least) ?? 10) * ten;
}

/** @param {HillSpec} spec @param {Frame | import('../session/frame.js').Former} frame @returns {Trace[]} */
export function traces(spec, frame) {
  return spec.lines.flatMap((line) => {
    const series = frame.series.get(line.channel);
    if (!series) return [];
    const raw = column(series);
    const values = mean(raw, span(line.smooth, frame.stride));
    return [{ line, raw, values, last: lastDrawable(values, spec.scale) }];
  });
}

/** @param {Sheet} sheet @param {HillSpec} spec @param {Frame} frame @param {Trace[]} now @returns {Plot} */
export function laidOut(sheet, spec, frame, now) {
  const { width, height, unit, context: pen, look } = sheet;
  const extent = new Extent(spec.scale);
  for (const { raw, values } of now) {
    extent.addAll(raw);
    extent.addAll(values);
  }
  for (const { raw } of frame.former ? traces(spec, frame.former) : []) extent.addAll(raw);
  for (const theory of spec.theory) extent.add(theory.value ?? number(frame, theory.channel));
  const [low, high] = extent.padded(0.07);
  pen.font = font(look.size.tick);
  const names = ticks(spec.scale, low, high, 5).map((tick) => pen.measureText(label(spec.scale, tick)).width);
  const left = Math.max(24 * unit, ...names.map((name) => name + 10 * unit));
  const bottom = height - look.size.tick - 9 * unit;
  const box = { left, right: width - 18 * unit, top: look.size.title + 16 * unit, bottom };
  const end = horizon(Math.max(frame.step, lastFormer(frame)));
  return { box, x: scale('linear', 0, end, left, box.right), y: scale(spec.scale, low, high, bottom - 3 * unit, box.top) };
}

/** @param {Sheet} sheet @param {Plot} plot @param {Frame} frame @param {Trace} [trace] */
export function ground({ context: pen, look, unit }, { box, x, y }, frame, trace) {
  for (const run of trace ? traced(trace.values, frame, x, y, GRAIN * unit) : []) {
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

/** @param {Sheet} sheet @param {Plot} plot @param {Frame} frame @param {Trace} trace */
export function drawn(sheet, { x, y }, frame, { line, raw, values }) {
  const { unit, look, context: pen } = sheet;
  const colour = colourOf(look, line.mark);
  if (raw !== values) {
    pen.globalAlpha = 0.45;
    strokes(sheet, traced(raw, frame, x, y, GRAIN * unit), colour, 0.8 * unit);
    pen.globalAlpha = 1;
  }
  strokes(sheet, traced(values, frame, x, y, GRAIN * unit), colour, 2.2 * unit);
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

/** Theory: dashed, and labelled where no curve runs. @param {Sheet} sheet @param {Plot} plot @param {HillSpec} spec
 * @param {Frame} frame @param {Trace[]} now */
export function heights(sheet, { box, x, y }, spec, frame, now) {
  const { context: pen, look, unit } = sheet;
  for (const theory of spec.theory) {
    const value = theory.value ?? number(frame, theory.channel);
    if (!Number.isFinite(value) || (spec.scale === 'log' && value <= 0)) continue;
    const height = y(value);
    dashed(sheet, [[box.left, height], [box.right, height]]);
    pen.font = font(look.size.tick);
    const text = `${theory.label}, ${fixed(value, Math.min(2, spec.digits))}`;
    const start = box.right - pen.measureText(text).width;
    const rise = look.size.tick + 6 * unit;
    const crowded = now.some((trace) => {
      const [endX, endY] = [x(stepOf(frame, trace.last)), y(trace.values[trace.last] ?? NaN)];
      pen.font = font(look.size.body, 650);
      const reach = endX + 20 * unit + pen.measureText(endText(spec, trace)).width;
      return reach > start && endY < height + rise / 2 && endY > height - rise * 1.5;
    });
    const above = !crowded && height - rise > box.top;
    const fits = above || height + rise < box.bottom;
    words(sheet, text, fits ? box.right : box.left + 6 * unit, height + (above || !fits ? -3 : 5) * unit, {
      align: fits ? 'right' : 'left', baseline: above || !fits ? 'bottom' : 'top',
    });
  }
}

/** What stands beside the ball. @param {HillSpec} spec @param {Trace} trace */
function endText({ digits, symbol }, { line, values, last, raw }) {
  const value = `${fixed(values[last] ?? NaN, digits)}${last < raw.length - 1 ? ', then not finite' : ''}`;
  return line.label ? `${line.label}  ${value}` : `${symbol ? `${symbol} = ` : ''}${value}`;
}

/** @param {Sheet} sheet @param {Plot} plot @param {HillSpec} spec @param {Frame} frame @param {Trace[]} now */
export function ends(sheet, { box, x, y }, spec, frame, now) {
  const { context: pen, look, unit } = sheet;
  const alive = now.filter(({ last }) => last >= 0);
  const wanted = alive.map(({ values, last }) => y(values[last] ?? NaN));
  const places = apart(wanted, look.size.body * 1.2, box.top, box.bottom - 8 * unit);
  alive.forEach((trace, index) => {
    const { line, last, raw } = trace;
    const [left, top] = [x(stepOf(frame, last)), wanted[index] ?? 0];
    const colour = colourOf(look, line.mark);
    const lost = last < raw.length - 1;
    if (lost) cross(sheet, left, top, colour);
    else ball(sheet, left, top, alive.length > 1 ? 6 : 7);
    const text = endText(spec, trace);
    pen.font = font(look.size.body, 650);
    const width = pen.measureText(text).width;
    const fits = left + 16 * unit + width < sheet.width;
    const middle = places[index] ?? top;
    if (fits) {
      // A theory line at the same height must not run through the number.
      pen.fillStyle = look.colour.paper;
      pen.fillRect(left + 13 * unit, middle - look.size.body * 0.55, width + 6 * unit, look.size.body * 1.1);
    }
    words(sheet, text, left + (fits ? 16 : -14) * unit, middle, {
      size: look.size.body, weight: 650, colour, align: fits ? 'left' : 'right',
    });
  });
}

/** Title and caption, top right where a descending curve leaves room; only whole sentences are shown. */
export function heading(/** @type {Sheet} */ sheet, /** @type {Plot} */ { box }, /** @type {HillSpec} */ spec,
  /** @type {Frame} */ frame, /** @type {Context} */ context) {
  const { context: pen, look, unit } = sheet;
  pen.font = font(look.size.title, 650);
  const space = box.right - box.left - pen.measureText(spec.title).width - 12 * unit;
  pen.font = font(look.size.small);
  const stated = meanName(Math.max(...spec.lines.map((line) => line.smooth)), frame.stride, context.stepName);
  const said = spec.caption.replaceAll('**', '').replace(/\{(\w+)\}/g, (_, name) => fixed(number(frame, name), spec.digits));
  // A mean is stated first, so that it stays when there is room for one sentence only.
  const first = stated && !said.includes('mean of') ? [`Bold: ${stated}.`] : [];
  const sentences = [...first, ...said.split(/(?<=\.) /), 'Drag to rewind.'].filter(Boolean);
  while (sentences.length && pen.measureText(sentences.join(' ')).width > space) sentences.pop();
  const caption = sentences.join(' ');
  const width = caption ? pen.measureText(caption).width + 10 * unit : 0;
  words(sheet, caption, box.right, 9 * unit, { size: look.size.small, colour: look.colour['ink-2'], align: 'right', baseline: 'top' });
  words(sheet, spec.title, box.right - width, 8 * unit, { size: look.size.title, weight: 650, align: 'right', baseline: 'top' });
}
