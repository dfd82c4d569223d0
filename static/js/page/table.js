// @ts-check
/** The numbers that a view shows, as rows: for the CSV file and for "show as table". No DOM. */
import { number, stepOf, valueAt } from '../session/frame.js';

/** @typedef {import('../session/frame.js').Frame} Frame */
/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {import('../views/types.js').ViewSpec} ViewSpec */
/** @template {ViewSpec['kind']} Kind @typedef {Extract<ViewSpec, {kind: Kind}>} Spec */
/** @typedef {{head: string[], rows: (string | number)[][]}} Table */

/** @param {string} label @param {string} channel */
const named = (label, channel) => label || channel;

/** @param {number} count @returns {number[]} */
const upTo = (count) => Array.from({ length: count }, (_, index) => index);

/**
 * One row a step; a vector gets a column an entry.
 * @param {Spec<'curves'>} view @param {Frame} frame @returns {Table}
 */
function curves({ lines }, frame) {
  const columns = lines.flatMap(({ channel, label }) => {
    const series = frame.series.get(channel);
    const width = series?.width ?? 1;
    return upTo(width).map((entry) => ({
      name: named(label, channel) + (width > 1 ? ` ${entry + 1}` : ''),
      rows: series?.rows ?? 0,
      /** @param {number} row */
      at: (row) => series?.values[row * width + entry] ?? NaN,
    }));
  });
  const rows = Math.max(0, ...columns.map((column) => column.rows));
  return {
    head: ['step', ...columns.map(({ name }) => name)],
    rows: upTo(rows).map((row) => [stepOf(frame, row), ...columns.map(({ at }) => at(row))]),
  };
}

/** @param {Spec<'profile'>} view @param {Frame} frame @returns {Table} */
function profile({ lines, index }, frame) {
  const channels = lines.map(({ channel }) => frame.channels.get(channel));
  const length = Math.max(0, ...channels.map((channel) => channel?.data.length ?? 0));
  return {
    head: [index || 'index', ...lines.map(({ label, channel }) => named(label, channel))],
    rows: upTo(length).map((at) => [at + 1, ...channels.map((channel) => (channel ? valueAt(channel, at) : NaN))]),
  };
}

/**
 * A matrix row by row; images one below the other.
 * @param {Spec<'matrix' | 'tiles'>} view @param {Frame} frame @returns {Table}
 */
function grid({ channel }, frame) {
  const found = frame.channels.get(channel);
  if (!found) return { head: [], rows: [] };
  const width = found.shape.at(-1) ?? 1;
  const height = found.shape.at(-2) ?? 1;
  const images = found.shape.length > 2;
  const rows = upTo(found.data.length / width).map((row) => [
    ...(images ? [Math.floor(row / height) + 1] : []),
    (row % height) + 1,
    ...upTo(width).map((column) => valueAt(found, row * width + column)),
  ]);
  return { head: [...(images ? ['image'] : []), 'row', ...upTo(width).map((column) => String(column + 1))], rows };
}

/** @param {Spec<'readout'>} view @param {Frame} frame @returns {Table} */
function readout({ numbers }, frame) {
  const rows = numbers.map(({ label, channel, unit }) => [named(label, channel), number(frame, channel), unit]);
  return { head: ['name', 'value', 'unit'], rows };
}

/** @param {ViewSpec} view @param {Frame} frame @returns {Table} */
export function tableOf(view, frame) {
  switch (view.kind) {
    case 'curves': return curves(view, frame);
    case 'profile': return profile(view, frame);
    case 'readout': return readout(view, frame);
    default: return grid(view, frame);
  }
}

/** @param {string | number} cell */
const quoted = (cell) => (/[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell));

/** RFC 4180. @param {Table} table @returns {string} */
export const csv = ({ head, rows }) => [head, ...rows].map((row) => row.map(quoted).join(',')).join('\r\n') + '\r\n';
