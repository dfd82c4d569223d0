// @ts-check
/** What is drawn over a chart's curves: theory, their ends, and words where they cover nothing. */

import { apart, ball, cross, dashed, hairline, sizeOf, worded, words } from '../draw/marks.js';
import { along, around, boxAt, square } from '../draw/places.js';
import { drawable } from '../draw/axes.js';
import { stepOf } from '../session/frame.js';
import { guises, marked, signed, stations } from './guise.js';
import { above } from './room.js';
import { lastDrawable, traced } from './series.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/places.js').Places} Places */
/** @typedef {import('./strands.js').Strand} Strand */
/** @typedef {((value: number) => number) & {kind: import('../draw/axes.js').Kind}} Height */
/** @typedef {{box: import('../draw/axes.js').Box, x: (step: number) => number, y: Height}} Plot */
/**
 * @typedef {object} Shown
 * @property {import('./types.js').Frame} frame
 * @property {Strand[]} found
 * @property {{label: string, value: number}[]} levels theory
 * @property {(line: import('./types.js').Line, role: import('./strands.js').Role) => string} colour
 * @property {string} stated what is smoothed
 */

const GRAIN = 2.4;

/** @param {Sheet} sheet @param {Plot} plot @param {Shown} shown @param {Places} places */
export function overlay(sheet, plot, shown, places) {
  const { box, x, y } = plot;
  const { frame, found, levels, stated } = shown;
  const { unit, look } = sheet;
  const lines = levels.map(({ value }) => /** @type {[number, number][]} */ ([[box.left, y(value)], [box.right, y(value)]]));
  for (const line of lines) dashed(sheet, line);
  const curves = found.flatMap(({ values }) => traced(values, frame, x, /** @type {any} */ (y), GRAIN));
  places.begin([...curves, ...lines]);
  const told = guises(found.map(({ line }) => line));
  let nth = 0;
  for (const { line, role, values } of found) {
    const guise = role === 'line' ? told.get(line) : undefined;
    if (!guise) continue;
    const runs = traced(values, frame, x, /** @type {any} */ (y), GRAIN);
    for (const [left, top] of stations(runs, box, unit, nth / told.size)) marked(sheet, guise, left, top);
    nth += 1;
  }
  ends(sheet, plot, shown, told, places);
  for (const { label, value } of levels) {
    const offered = along(box, y(value), sizeOf(sheet, label), 5 * unit);
    worded(sheet, label, places.put(`theory ${label}`, offered, box));
  }
  words(sheet, stated, box.right, 0, { align: 'right', baseline: 'top', colour: look.colour['ink-2'] });
}

/** @param {Sheet} sheet @param {Plot} plot @param {Shown} shown @param {ReturnType<typeof guises>} told @param {Places} places */
function ends(sheet, { box, x, y }, { frame, found, colour, stated }, told, places) {
  const { unit, look, width } = sheet;
  const alive = found.flatMap((strand) => {
    const last = lastDrawable(strand.values, y.kind);
    if (last < 0 || strand.role === 'faint' || strand.role === 'strand') return [];
    const lost = last < strand.values.length - 1 || !drawable(y.kind, strand.present);
    const end = y(strand.values[last] ?? NaN);
    return [{ ...strand, lost, left: x(stepOf(frame, last)), end, top: lost ? end : y(strand.present) }];
  });
  const radius = alive.length > 2 ? 4 : 5;
  for (const { lost, left, end, top, line, role } of alive) {
    hairline(sheet, left, end, top);
    if (lost) cross(sheet, left, top, colour(line, role));
    else ball(sheet, left, top, radius);
    places.take(square(left, top, radius * unit + 2));
  }
  const heads = above(alive, width);
  const row = look.size.tick * 1.2;
  const beside = alive.filter((strand) => strand.label && !heads.includes(strand));
  const middles = apart(beside.map(({ top }) => top), row, box.top, box.bottom);
  const within = { left: box.left, right: width, top: box.top - row / 2, bottom: box.bottom };
  beside.forEach(({ label, line, role, left, top }, index) => {
    const style = { weight: 650, colour: colour(line, role) };
    const guise = told.get(line);
    const { width: wide, height } = sizeOf(sheet, label, style);
    const size = { width: wide + (guise ? 13 * unit : 0), height };
    const middle = middles[index] ?? top;
    const own = [boxAt(left + 10 * unit, middle, size), ...around(left, top, size, 10 * unit), boxAt(box.right + 10 * unit, middle, size)];
    const place = places.put(`end ${line.channel} ${role}`, own, within);
    worded(sheet, label, guise ? signed(sheet, guise, place) : place, style);
  });
  heads.forEach(({ label, line, role }, index) => {
    const baseline = box.top - 4 * unit - (heads.length - 1 - index) * row;
    words(sheet, label, box.right, Math.max(baseline, stated ? 2 * row : 0), {
      weight: 650, colour: colour(line, role), align: 'right', baseline: 'bottom',
    });
  });
}
