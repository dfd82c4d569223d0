// @ts-check
/** The numbers that a view shows, as rows: for the CSV file and for "show as table". No DOM. */
import { NONE } from '../draw/regions.js';
import { number, stepOf } from '../session/frame.js';
import { nameOf } from '../views/patterns.js';
import { naming, regionsOf, sharesOf } from '../views/shares.js';
import { reading, shortest } from './exact.js';
import { plane, points } from './planes.js';

/** @typedef {import('../session/frame.js').Frame} Frame */
/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {import('../views/types.js').ViewSpec} ViewSpec */
/** @template {ViewSpec['kind']} Kind @typedef {Extract<ViewSpec, {kind: Kind}>} Spec */
/**
 * `note`: how exactly the numbers are known, where that is less than they look; `late`: the last rows matter most.
 * @typedef {{head: string[], rows: (string | number)[][], note: string, late: boolean}} Table
 */

/** What a column is called: as declared; unnamed, by the view's title, or where several are unnamed by its channel's words.
 * @param {string} label @param {string} channel @param {{title: string, lines?: {label: string}[]}} [view] */
const named = (label, channel, view) =>
  label || (view?.title && (view.lines ?? []).filter((line) => !line.label).length <= 1 ? view.title : channel.replaceAll('_', ' '));

/** What an entry of an index is called, else its number. @param {Frame} frame @param {string} index @param {number} entry */
const entryOf = (frame, index, entry) => frame.words[`${index}_${entry}`] ?? entry + 1;

/** @param {number} count @returns {number[]} */
const upTo = (count) => Array.from({ length: count }, (_, index) => index);

/**
 * One row a step; a vector gets a column an entry.
 * @param {Spec<'curves'>} view @param {Frame} frame @returns {Table}
 */
function curves(view, frame) {
  const { lines, index } = view;
  const columns = lines.flatMap(({ channel, label }) => {
    const series = frame.series.get(channel);
    const width = series?.width ?? 1;
    return upTo(width).map((entry) => ({
      name: named(label, channel, view) + (width > 1 ? ` ${entryOf(frame, index, entry)}` : ''),
      rows: series?.rows ?? 0,
      /** @param {number} row */
      at: (row) => shortest(series?.values[row * width + entry] ?? NaN),
    }));
  });
  const rows = Math.max(0, ...columns.map((column) => column.rows));
  return {
    head: ['step', ...columns.map(({ name }) => name)],
    rows: upTo(rows).map((row) => [stepOf(frame, row), ...columns.map(({ at }) => at(row))]),
    note: '',
    late: true,
  };
}

/** Measured, then what theory has entry by entry. @param {Spec<'profile'>} view @param {Frame} frame @returns {Table} */
function profile(view, frame) {
  const { lines, theory, style, index, tiles } = view;
  const length = Math.max(0, ...lines.map(({ channel }) => frame.channels.get(channel)?.data.length ?? 0));
  const exact = style === 'columns' ? theory.filter(({ channel }) => frame.channels.get(channel)?.shape.length === 1) : [];
  const names = [...lines.map(({ label, channel }) => ({ channel, name: named(label, channel, view) })),
    ...exact.map(({ label, channel }) => ({ channel, name: label || 'theory' }))];
  const columns = names.map(({ name, channel }) => ({ name, ...reading(frame.channels.get(channel)) }));
  const called = (/** @type {number} */ entry) =>
    (style === 'columns' ? nameOf({ index, tiles }, frame, entry) : entryOf(frame, index, entry));
  return {
    head: [index || 'index', ...columns.map(({ name }) => name)],
    rows: upTo(length).map((entry) => [called(entry), ...columns.map(({ at }) => at(entry))]),
    note: [...new Set(columns.map(({ note }) => note).filter(Boolean))].join('; '),
    late: false,
  };
}

/** One row a unit: its state, then the weights of its links. @param {Spec<'graph'>} view @param {Frame} frame @returns {Table} */
function graph({ weights, states, index }, frame) {
  const count = frame.channels.get(weights)?.shape[0] ?? 0;
  const { note, at } = reading(frame.channels.get(weights));
  const state = reading(frame.channels.get(states));
  const names = upTo(count).map((unit) => entryOf(frame, index || 'unit', unit));
  const rows = upTo(count).map((unit) => [names[unit] ?? '', present(state.at(unit)), ...upTo(count).map((other) => at(unit * count + other))]);
  return { head: ['unit', 'state', ...names.map((name) => `weight to ${name}`)], rows, note, late: false };
}

/**
 * A matrix row by row; images one below the other.
 * @param {Spec<'matrix' | 'tiles' | 'surface'>} view @param {Frame} frame @returns {Table}
 */
function grid({ channel }, frame) {
  const found = frame.channels.get(channel);
  const { note, at } = reading(found);
  if (!found) return { head: [], rows: [], note, late: false };
  const width = found.shape.at(-1) ?? 1;
  const height = found.shape.at(-2) ?? 1;
  const images = found.shape.length > 2;
  const rows = upTo(found.data.length / width).map((row) => [
    ...(images ? [Math.floor(row / height) + 1] : []),
    (row % height) + 1,
    ...upTo(width).map((column) => at(row * width + column)),
  ]);
  const head = [...(images ? ['image'] : []), 'row', ...upTo(width).map((column) => String(column + 1))];
  return { head, rows, note, late: false };
}

/** @param {Spec<'readout'>} view @param {Frame} frame @returns {Table} */
function readout({ numbers }, frame) {
  const rows = numbers.map(({ label, channel, unit }) => [named(label, channel), shortest(number(frame, channel)), unit]);
  return { head: ['name', 'value', 'unit'], rows, note: '', late: false };
}

/** One row a measurement, empty where there is none, then one for each of theory's own points.
 * @param {Spec<'relation'>} view @param {Frame} frame @returns {Table} */
function relation(view, frame) {
  const { x, lines, errors, theory, axis } = view;
  const measures = [...lines.map(({ channel, label }) => ({ channel, name: named(label, channel, view) })),
    ...(errors ? [{ channel: errors, name: 'standard error' }] : [])];
  const channels = [x, ...measures.map(({ channel }) => channel)].map((name) => reading(frame.channels.get(name)));
  const length = lines.length ? frame.channels.get(x)?.data.length ?? 0 : 0;
  const constants = theory.map(({ value }) => value ?? '');
  const measured = upTo(length).map((row) => [...channels.map(({ at }) => present(at(row))), ...constants]);
  const expected = theory.flatMap(({ channel }, column) => {
    const { at } = reading(frame.channels.get(channel));
    const points = upTo(frame.channels.get(channel)?.shape[0] ?? 0).map((row) => [at(2 * row), at(2 * row + 1)]);
    return points.filter((point) => point.every(Number.isFinite))
      .map(([place = NaN, value = NaN]) => [place, ...measures.map(() => ''), ...theory.map((_, other) => (other === column ? value : ''))]);
  });
  const head = [axis || x.replaceAll('_', ' '), ...measures.map(({ name }) => name), ...theory.map(({ label }) => label || 'theory')];
  return { head, rows: [...measured, ...expected], note: '', late: false };
}

/** @param {number} value */
const present = (value) => (Number.isNaN(value) ? '' : value);

/** How much of the map each memory has. @param {Spec<'basins'>} view @param {Frame} frame @returns {Table} */
function basins({ channel, index }, frame) {
  const regions = regionsOf(frame, channel);
  const name = naming(frame.words, index);
  const rows = [...(regions ? sharesOf(regions) : [])].map(([code, share]) => [code === NONE ? 'no memory' : name(code), Number(share.toFixed(4))]);
  return { head: ['falls into', 'share of the map'], rows, note: '', late: false };
}

/** One row a valley or pass; only valleys have starts, and the highest node is joined to none. @param {Spec<'tree'>} view @param {Frame} frame @returns {Table} */
function tree({ nodes }, frame) {
  const { note, at } = reading(frame.channels.get(nodes));
  const count = frame.channels.get(nodes)?.shape[0] ?? 0;
  const passes = new Set(upTo(count).map((row) => at(4 * row + 2)));
  const rows = upTo(count).map((row) => {
    const parent = at(4 * row + 2);
    return [row + 1, at(4 * row + 1), parent < 0 ? '' : parent + 1, passes.has(row) ? '' : at(4 * row + 3)];
  });
  return { head: ['node', 'energy', 'joined at node', 'share of starts'], rows, note, late: false };
}

/** @param {ViewSpec} view @param {Frame} frame @returns {Table} */
export function tableOf(view, frame) {
  switch (view.kind) {
    case 'curves': return curves(view, frame);
    case 'profile': return profile(view, frame);
    case 'readout': return readout(view, frame);
    case 'relation': return relation(view, frame);
    case 'basins': return basins(view, frame);
    case 'tree': return tree(view, frame);
    case 'graph': return graph(view, frame);
    case 'points': return points(view, frame);
    case 'plane': return plane(view, frame);
    default: return grid(view, frame);
  }
}

/** @param {string | number} cell */
const quoted = (cell) => (/[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell));

/**
 * RFC 4180, after comments that say which run this is and how exactly its numbers are known.
 * @param {Table} table @param {string} run @returns {string}
 */
export function csv({ head, rows, note }, run) {
  const comments = [run, note].filter(Boolean).map((words) => `# ${words}`);
  return [...comments, ...[head, ...rows].map((row) => row.map(quoted).join(','))].join('\r\n') + '\r\n';
}
