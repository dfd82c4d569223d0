// @ts-check
/** Which lines a Curves view draws, and their numbers: raw, stated means, and vectors as grey strands with a chief. */

import { drawable } from '../draw/axes.js';
import { number, stepOf, valueAt } from '../session/frame.js';
import { column, mean, span } from './series.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').Line} Line */
/** @typedef {'line' | 'faint' | 'strand' | 'chief'} Role */
/** @typedef {{line: Line, role: Role, label: string, values: Float32Array, present: number}} Strand `present`: its value now */

/**
 * @param {Line[]} lines @param {Frame} frame @param {string} index what the entries of vectors are
 * @returns {Strand[]} in drawing order: what matters most comes last
 */
export function strands(lines, frame, index) {
  return lines.flatMap((line) => {
    const series = frame.series.get(line.channel);
    if (!series) return [];
    if (series.width > 1) return bundle(line, frame, series, index);
    const raw = column(series);
    const count = span(line.smooth, frame.stride);
    const values = mean(raw, count);
    /** @type {Strand[]} */
    const faint = count > 1 ? [{ line, role: 'faint', label: '', values: raw, present: NaN }] : [];
    const present = line.smooth > 1 ? values.at(-1) ?? NaN : nowOf(raw, number(frame, line.channel));
    return [...faint, { line, role: 'line', label: line.label, values, present }];
  });
}

/** What was changed since the last row is newer; a row that is no number stays the end. @param {Float32Array} values
 * @param {number} newer @returns {number} */
const nowOf = (values, newer) => (Number.isFinite(values.at(-1)) ? newer : values.at(-1) ?? newer);

/** A per-step vector: every entry grey, the one that is highest now in ink and labelled.
 * @param {Line} line @param {Frame} frame @param {import('../session/frame.js').Series} series @param {string} index
 * @returns {Strand[]} */
function bundle(line, frame, series, index) {
  const columns = Array.from({ length: series.width }, (_, index) => column(series, index));
  const now = frame.channels.get(line.channel);
  const whole = now?.shape.length === 1 && now.shape[0] === series.width ? now : null;
  const last = columns.map((values, index) => nowOf(values, whole ? valueAt(whole, index) : values.at(-1) ?? NaN));
  const highest = last.reduce((top, value, index) => (value > (last[top] ?? NaN) || !(last[top] ?? NaN < Infinity) ? index : top), 0);
  const names = frame.channels.get('labels');
  const name = frame.words[`${index}_${highest}`] ?? (names ? String(valueAt(names, highest)) : String(highest + 1));
  const label = line.label ? `${line.label} ${name}` : name;
  return [
    ...columns.map((values) => /** @type {Strand} */ ({ line, role: 'strand', label: '', values, present: NaN })),
    { line, role: 'chief', label, values: columns[highest] ?? new Float32Array(0), present: last[highest] ?? NaN },
  ];
}

/** The steps of all rows. @param {Frame} frame @param {Strand[]} found @returns {number[]} */
export function steps(frame, found) {
  const rows = Math.max(0, ...found.map(({ values }) => values.length));
  return Array.from({ length: rows }, (_, row) => stepOf(frame, row));
}

/**
 * A declared end of an axis holds for as long as all that is drawn, theory too, lies within it and the axis can show it.
 * @param {[number, number]} padded @param {{low: number | null, high: number | null}} declared
 * @param {import('../draw/axes.js').Extent} extent @returns {[number, number]}
 */
export function held([low, high], declared, { kind, low: least, high: most }) {
  const end = (/** @type {number | null} */ value) => (value !== null && drawable(kind, value) ? value : NaN);
  const [first, last] = [end(declared.low), end(declared.high)];
  const within = kind === 'log' ? first < least : first <= least;
  return [within ? first : low, (kind === 'log' ? last > most : last >= most) ? last : high];
}

/** What an axis cannot show is a gap. @param {Float32Array} values @param {import('../draw/axes.js').Kind} kind */
export function gapped(values, kind) {
  return Array.from(values, (value) => (drawable(kind, value) ? value : null));
}

/** Changes exactly when the chart must be built anew. @param {Strand[]} found @returns {string} */
export const pattern = (found) => found.map(({ line, role }) => `${role} ${line.channel}`).join();
