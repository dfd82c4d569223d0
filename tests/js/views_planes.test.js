// @ts-check
/** Facts about ways on a map of heights: where they leave it, log heights, what is told, marks that keep apart. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableOf } from '../../static/js/page/table.js';
import { altitudesOf, ended, exit, inside, measured, rowsOf, told, wayTold, waysOf } from '../../static/js/views/descents.js';
import { across, up } from '../../static/js/views/heights.js';
import { bounded } from '../../static/js/views/plane.js';
import { spaced, styleOf, thinned, tracks } from '../../static/js/views/tracks.js';
import { Places } from '../../static/js/draw/places.js';
import { frame } from './views_frames.js';
import { recorded } from './views_sheet.js';

/** @typedef {import('../../static/js/views/types.js').PlaneSpec} PlaneSpec */
/** @typedef {[number, number]} Point */

const PLANE = /** @type {PlaneSpec} */ ({ kind: 'plane', title: 'Ravine', caption: '', detail: '', weight: 3, index: '', heights: 'z', paths: 'p',
  names: [], marks: [], arrows: 'a', arrow_names: [], minimum: 'm', span: 's', axes: ['w', 'b'], scale: 'linear', press: '' });

/** @param {number[]} shape @param {Float32Array | Uint8Array | Int32Array} data */
const channel = (shape, data) => ({ shape, data, changed: true });
/** @param {Record<string, ReturnType<typeof channel>>} channels @param {Record<string, string>} [words] */
const shown = (channels, words = {}) => frame({ channels: new Map(Object.entries(channels)), words });
/** @param {number} side @param {(x: number, y: number) => number} value */
const grid = (side, value) => Array.from({ length: side * side }, (_, cell) => value(across(cell % side, side), up(Math.floor(cell / side), side)));

test('a way ends at its first NaN, and at the edge where it has left the map', () => {
  const paths = channel([2, 4, 2], Float32Array.of(0, 0, 0.5, 0.25, NaN, NaN, NaN, NaN, 0, 0, 0, 0.5, 0.5, 2.5, -9, 9));
  const [one, two] = waysOf(paths, PLANE, { way_1: 'Adam' });
  assert.deepEqual(one, { name: 'way 1', points: [[0, 0], [0.5, 0.25]] });
  assert.deepEqual(ended(one?.points ?? []), { point: [0.5, 0.25], lost: false });
  assert.equal(two?.name, 'Adam');
  assert.deepEqual(ended(two?.points ?? []), { point: [0.125, 1], lost: true });
  assert.equal(ended([[2, 2], [3, 3]]), null);
  assert.deepEqual(waysOf(undefined, PLANE, {}), []);
  for (let angle = 0; angle < 6; angle += 0.5) {
    const from = /** @type {Point} */ ([0.3, -0.6]);
    const [x, y] = exit(from, [from[0] + 5 * Math.cos(angle), from[1] + 5 * Math.sin(angle)]);
    assert.ok(Math.abs(Math.max(Math.abs(x), Math.abs(y)) - 1) < 1e-12);
    assert.ok(Math.abs((x - from[0]) * Math.sin(angle) - (y - from[1]) * Math.cos(angle)) < 1e-12);
  }
  assert.ok(inside([1, -1]) && !inside([1.01, 0]));
});

test('log heights have lines a factor apart, and heights below 0 none of that', () => {
  const side = 48;
  const bowl = channel([side, side], Float32Array.from(grid(side, (x, y) => x * x + 100 * y * y)));
  const { heights, said } = altitudesOf(bowl, 'log');
  const factor = 10 ** ((heights.levels[1] ?? NaN) - (heights.levels[0] ?? NaN));
  assert.ok(said?.[2].endsWith(`factor ${factor.toFixed(1)}`), said?.join());
  heights.lines.forEach((line, level) => {
    for (let index = 0; index < line.length; index += 4) {
      const [x = 0, y = 0] = [line[index], line[index + 1]];
      if (Math.abs(y) > 0.2) assert.ok(Math.abs(Math.log10(x * x + 100 * y * y) - (heights.levels[level] ?? NaN)) < 0.02);
    }
  });
  const deep = altitudesOf(channel([2, 2], Float32Array.of(0, 1e-30, 5, 100)), 'log');
  assert.deepEqual([deep.heights.low, deep.heights.high, deep.said?.[0]], [-4, 2, '≤ 10⁻⁴']);
  assert.equal(altitudesOf(channel([2, 2], Float32Array.of(-1, 1, 5, 100)), 'log').said, undefined);
  assert.equal(altitudesOf(bowl, 'linear').heights.values, bowl.data);
});

test('places are told in the units of the axes, with the height there', () => {
  assert.deepEqual(measured([-1, 1], [-2, 2, 10, 30]), [-2, 30]);
  assert.deepEqual(measured([0, 0.5], []), [0, 0.5]);
  const field = channel([2, 2], Float32Array.of(1, 2, 3, 4));
  assert.equal(told([0.5, -0.5], field, [-2, 2, 10, 30], ['w', '']), 'w 1, y 15: height 4');
  assert.equal(wayTold({ name: 'Adam', points: [[0, 3]] }, field, [], ['', '']), 'Adam has left the map');
  assert.equal(wayTold({ name: '', points: [] }, field, [], ['', '']), 'the run has not begun');
  assert.deepEqual(bounded(['w', ''], [-2, 2, -1, 3]), ['w −2 … 2', '−1 … 3']);
  assert.deepEqual(bounded(['w', ''], []), ['w', '']);
  assert.deepEqual(rowsOf(channel([2, 2], Float32Array.of(NaN, 0, 1, 2)), 2), [{ row: 1, entries: [1, 2] }]);
  const found = shown({ z: field, s: channel([4], Float32Array.of(-2, 2, 0, 1)), p: channel([1, 2, 2], Float32Array.of(0, 0, 1, 1)) });
  assert.deepEqual(tableOf({ ...PLANE, names: ['Adam'] }, found), { head: ['way', 'point', 'w', 'b'], rows: [['Adam', 1, 0, 0.5], ['Adam', 2, 2, 1]], note: '', late: true });
});

test('no two of six ways share mark and dash; arms keep their own marks', () => {
  const styles = Array.from({ length: 6 }, (_, each) => styleOf(each, []));
  assert.equal(new Set(styles.map(({ shape }) => shape)).size, 6);
  assert.equal(new Set(styles.map(({ dash }) => dash.join())).size, 6);
  assert.deepEqual([styleOf(0, ['A', 'B']), styleOf(1, ['A', 'B'])].map(({ mark, shape }) => [mark, shape]), [['A', 'circle'], ['B', 'square']]);
});

test('ways are thinned to what can be seen, and their marks keep apart', () => {
  const points = Array.from({ length: 500 }, (_, index) => /** @type {Point} */ ([50 + 40 * Math.cos(index / 3), 50 + 40 * Math.sin(index / 7)]));
  const thin = thinned(points, 1.5);
  assert.deepEqual([thin[0], thin.at(-1)], [points[0], points.at(-1)]);
  assert.equal(thinned([[1, 1], [1, 1], [1.2, 1]], 5).length, 2);
  const kept = spaced(points, 26);
  kept.forEach(([x, y], index) => kept.slice(index + 1).forEach(([left, top]) => assert.ok(Math.hypot(x - left, y - top) >= 26)));
  for (const [x, y] of points) assert.ok(kept.some(([left, top]) => Math.hypot(x - left, y - top) < 26));
});

test('names, arrows and the lowest place are told; a way off the map says so; a miniature is silent', () => {
  const ways = [{ name: 'Adam', points: /** @type {Point[]} */ ([[0, 0], [0.2, 0.2]]) }, { name: 'plain', points: /** @type {Point[]} */ ([[0, 0], [0.5, 0], [2, 0]]) }];
  const arrows = [{ name: 'gradient', from: /** @type {Point} */ ([50, 50]), to: /** @type {Point} */ ([80, 60]) }, { name: 'none', from: /** @type {Point} */ ([50, 50]), to: /** @type {Point} */ ([51, 50]) }];
  for (const small of [false, true]) {
    const { sheet, deeds } = recorded(300, 300);
    Object.assign(sheet.context, { rect() {}, clip() {}, closePath() {} });
    tracks(sheet, 300, new Places(), { ways, marks: [], arrows, lowest: [[200, 200]], small });
    assert.deepEqual(deeds.filter(({ does }) => does === 'text').map(({ text }) => text).sort(), small ? [] : ['Adam', 'gradient', 'minimum', 'plain, off the map']);
    assert.equal(deeds.filter(({ colour, does }) => colour === sheet.look.colour.now && does === 'fill').length, 1, 'now is yellow once');
  }
});
