// @ts-check
/** Examples on the plane and what a net says there, as numbers and in words. No canvas here. */

import { contour } from '../draw/contours.js';
import { rangeOf } from '../draw/map.js';
import { short } from '../draw/numbers.js';
import { NONE } from '../draw/regions.js';
import { valueAt } from '../session/frame.js';
import { across, up } from './heights.js';
import { cellAt, sharesOf } from './shares.js';

/** @typedef {import('../session/frame.js').Frame} Frame */
/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {import('./types.js').PointsSpec} PointsSpec */
/** @typedef {import('./shares.js').Point} Point */
/** @typedef {(number: number) => string} Naming */
/**
 * @typedef {object} Examples
 * @property {Point[]} points @property {number[]} labels classes, or values where `valued`
 * @property {boolean[]} held @property {boolean[]} wrong
 * @property {boolean} valued @property {number} count of classes
 * @property {[number, number]} range of all values, symmetric
 */
/**
 * @typedef {object} Decisions
 * @property {number} columns @property {number} rows
 * @property {Uint8Array | null} codes the class that wins, null where `values` are told
 * @property {Channel} values @property {Float32Array} shares how certain
 */

/** @param {Channel | undefined} channel @returns {number[]} */
const numbers = (channel) => (channel ? Array.from(channel.data, (_, index) => valueAt(channel, index)) : []);

/** Integers count classes, real numbers are values. @param {Channel | undefined} channel */
const real = (channel) => channel?.data instanceof Float32Array;

/** @param {PointsSpec} spec @param {Frame} frame @returns {Examples} */
export function examplesOf(spec, { channels }) {
  const flat = numbers(channels.get(spec.channel));
  const points = Array.from({ length: flat.length / 2 }, (_, index) => /** @type {Point} */ ([flat[2 * index], flat[2 * index + 1]]));
  const [classes, field] = [channels.get(spec.classes), channels.get(spec.field)];
  const labels = numbers(classes);
  const codes = real(field) ? [] : numbers(field).filter((code) => code < NONE);
  const count = real(classes) ? 0 : Math.max(2, spec.names.length, ...[labels, codes].map((of) => of.reduce((most, one) => Math.max(most, one + 1), 0)));
  const [least, most] = [classes, real(field) ? field : undefined].map((channel) => (channel ? rangeOf(channel, 'diverging') : [0, 0]))
    .reduce(([low = 0, high = 0], [other = 0, top = 0]) => [Math.min(low, other), Math.max(high, top)]);
  const told = (/** @type {string} */ name) => numbers(channels.get(name)).map((one) => one > 0);
  return { points, labels, held: told(spec.held_out), wrong: told(spec.wrong), valued: real(classes), count, range: [least ?? -1, most ?? 1] };
}

/** @param {PointsSpec} spec @param {Frame} frame @returns {Decisions | null} */
export function decisionsOf(spec, { channels }) {
  const [field, certainty] = [channels.get(spec.field), channels.get(spec.certainty)];
  const [rows = 0, columns = 0] = field?.shape ?? [];
  if (!field || !rows || !columns) return null;
  const shares = new Float32Array(rows * columns).fill(1);
  if (certainty?.data.length === shares.length) shares.forEach((_, cell) => (shares[cell] = valueAt(certainty, cell)));
  return { columns, rows, codes: real(field) ? null : Uint8Array.from(field.data), values: field, shares };
}

/** Even where the net cannot tell, one class wins. */
const LEAST = 1e-3;

/** How certain it is that a class wins, negative where another does. @param {Decisions} decisions @param {number} number */
export const signed = ({ codes, shares }, number) =>
  Float32Array.from(shares, (share, cell) => (codes?.[cell] === number ? 1 : -1) * Math.max(LEAST, share));

/**
 * Where another class begins to win: between two classes the line of ½; in regression the line of value 0.
 * @param {Decisions} decisions @param {number} count of classes @returns {number[][]} x, y, x, y of stretches
 */
export function lines(decisions, count) {
  const { columns, rows, codes, values } = decisions;
  const fields = codes ? Array.from({ length: count - 1 }, (_, number) => signed(decisions, number + 1))
    : [numbers(values)];
  return fields.map((field) => contour(field, columns, 0).map((place, index) => (index % 2 ? up(place, rows) : across(place, columns))));
}

/** @param {Record<string, string>} words @param {PointsSpec} spec @returns {Naming} */
export const called = (words, { index, names }) => (number) => words[`${index || 'class'}_${number}`] ?? names[number] ?? `class ${number + 1}`;

/** What the net says at a point. @param {Decisions} decisions @param {Point} point @param {Naming} name */
export function decided({ codes, values, shares, columns, rows }, point, name) {
  const cell = cellAt(point, { columns, rows });
  if (!codes) return `the net says ${short(valueAt(values, cell), 2)}`;
  const [code, share] = [codes[cell] ?? NONE, shares[cell] ?? NaN];
  return `the net says ${code < NONE ? name(code) : 'nothing'}${share < 1 ? `, certainty ${short(share, 2)}` : ''}`;
}

/** One example in words. @param {Examples} examples @param {number} each @param {Naming} name */
export function exampled({ labels, held, wrong, valued }, each, name) {
  const label = labels[each] ?? NaN;
  const value = Number.isNaN(label) ? 'of unknown value' : `of value ${short(label, 2)}`;
  return `example ${valued ? value : `of ${name(label)}`}${held[each] ? ', to test with' : ''}${wrong[each] ? (valued ? ', missed' : ', named wrongly') : ''}`;
}

/** Everything in a sentence. @param {Examples} examples @param {Decisions | null} decisions @param {Naming} name */
export function exemplified({ points, labels, held, wrong, valued, count }, decisions, name) {
  const of = (/** @type {boolean[]} */ flags) => flags.filter(Boolean).length;
  const each = valued ? [] : Array.from({ length: count }, (_, number) => `${labels.filter((label) => label === number).length} ${name(number)}`);
  const marks = [...(of(held) ? [`${of(held)} to test with`] : []), ...(wrong.length ? [`${of(wrong)} ${valued ? 'missed' : 'named wrongly'}`] : [])];
  const told = [`${points.length} examples`, ...each, ...marks].join(', ');
  const { codes = null, columns = 0, rows = 0 } = decisions ?? {};
  if (!codes) return told;
  const map = [...sharesOf({ codes, columns, rows })].map(([code, share]) => `${Math.round(100 * share)} % ${code < NONE ? name(code) : 'nothing'}`);
  return `${told}; of the plane the net calls ${map.join(', ')}`;
}
