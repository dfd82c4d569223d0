// @ts-check
/** Facts about the pure half of relations: points, ranges, what is read, where theory's name may stand, the table. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Places } from '../../static/js/draw/places.js';
import { csv, tableOf } from '../../static/js/page/table.js';
import { sampled } from '../../static/js/views/callouts.js';
import { plotted } from '../../static/js/views/plot.js';
import { nearest, plusMinus, pointsOf, ranges, rising, spacing, summed, told, unbroken } from '../../static/js/views/points.js';
import { frame, line } from './views_frames.js';
import { recorded } from './views_sheet.js';

/** @param {number[]} values @param {number} [width] */
const channel = (values, width) => ({
  shape: width ? [values.length / width, width] : [values.length], data: Float32Array.from(values), changed: true,
});
/** @type {import('../../static/js/views/types.js').RelationSpec} */
const spec = {
  kind: 'relation', title: 'Overlap', caption: '', detail: '', weight: 2, index: '', x: 'loads', lines: [line('overlaps')],
  errors: 'errors', style: 'marks', theory: [{ label: 'theory', channel: 'curve', value: null }], now: 'here', axis: 'load', span: null,
  x_scale: 'linear', y_scale: 'linear',
};
const measured = frame({ channels: new Map([
  ['loads', channel([0.125, 0.25, 0.5])], ['overlaps', channel([1, NaN, 0.25])], ['errors', channel([0.03125, NaN, 0.0625])],
  ['curve', channel([0, 1, 0.25, 0.75, NaN, NaN, 0.5, 0, 0.75, 0], 2)], ['here', channel([0.5, 0.25])],
]) });

test('theory breaks where a number is missing, and goes on after', () => {
  assert.deepEqual(unbroken([0, 1, 1, 2, NaN, 3, 4, 5, 6, NaN], spec), [[[0, 1], [1, 2]], [[4, 5]]]);
  assert.deepEqual(pointsOf(spec, measured).theory[0]?.runs.map((run) => run.length), [2, 2]);
  assert.deepEqual(unbroken([], spec), []);
});

test('axes hold every mark with its error, theory and the ball; nothing below 0 where all is above', () => {
  const points = pointsOf(spec, measured);
  const { x, y } = ranges(spec, points);
  assert.deepEqual(x, [0, 0.75]);
  assert.equal(y[0], 0);
  assert.ok(y[1] >= 1.03125);
  const far = { ...points, theory: [], now: /** @type {[number, number]} */ ([-2, 7]) };
  assert.deepEqual(ranges(spec, far).x, [-2, 0.5]);
  assert.ok(ranges(spec, far).y[1] >= 7);
});

test('a declared span crops theory, never a measurement', () => {
  const spanned = { ...spec, span: /** @type {[number, number]} */ ([0, 0.5]) };
  assert.deepEqual(ranges(spanned, pointsOf(spec, measured)).y, [0, 1.03125]);
  const unmeasured = { ...pointsOf(spec, measured), rows: [] };
  assert.deepEqual(ranges(spanned, unmeasured).y, [0, 0.5]);
});

test('bars stand on 0, and half a bar is left beside the first and the last', () => {
  const points = { x: [-1, 0, 1], rows: [{ line: line('share'), values: [3, 5, 4] }], errors: [], theory: [], now: null };
  const { x, y } = ranges({ ...spec, style: 'bars' }, points);
  assert.deepEqual(x, [-1.5, 1.5]);
  assert.equal(y[0], 0);
  const below = { ...points, rows: [{ line: line('share'), values: [-3, -5, -4] }] };
  assert.ok(ranges({ ...spec, style: 'bars' }, below).y[1] >= 0);
  assert.equal(spacing([4, 1, 1.5, NaN]), 0.5);
  assert.equal(spacing([2]), 1);
});

test('on log axes numbers stay what they are: places are even for equal factors, and what has no logarithm has no place', () => {
  const log = { ...spec, x_scale: /** @type {const} */ ('log'), y_scale: /** @type {const} */ ('log') };
  assert.deepEqual(unbroken([1, 10, 2, 0, 4, 5, -1, 3, 8, 2], log), [[[1, 10]], [[4, 5]], [[8, 2]]]);
  const points = { x: [1, 10, 100], rows: [{ line: line('loss'), values: [0.5, 0, 8] }], errors: [0.6, 0, 2], theory: [], now: null };
  const { x, y } = ranges(log, points);
  assert.deepEqual(x, [1, 100]);
  assert.ok(y[0] > 0 && y[0] < 0.5 && y[1] > 10);
  const { sheet } = recorded(400, 300);
  const spots = plotted(sheet, log, points, -1, new Places());
  const [first, second, third] = spots.map(({ left }) => left);
  assert.ok(Math.abs(((first ?? 0) + (third ?? 0)) / 2 - (second ?? 0)) < 1e-9);
  const [low, none, high] = spots.map(({ top }) => top);
  assert.ok((none ?? 0) > (low ?? 0) && (low ?? 0) > (high ?? 0));
  assert.equal(told(log, points, 2), 'load 100: 8.0 ± 2.0');
});

test('marks are joined only where x goes on and on', () => {
  assert.ok(rising([1, 2, 3]));
  assert.ok(!rising([1, 1, 2]) && !rising([1, 3, 2]));
});

test('an error is told with two digits, the value with as many places', () => {
  assert.equal(plusMinus(0.84213, 0.0213), '0.842 ± 0.021');
  assert.equal(plusMinus(-1234.5, 120), '−1\u2009235 ± 120');
  assert.equal(plusMinus(-0.0001, 0.05), '0.000 ± 0.050');
  assert.equal(plusMinus(0.84213, NaN), '0.842');
  assert.equal(plusMinus(0.84213, 0), '0.842');
});

test('a mark is read with its error; what was not measured says so', () => {
  const points = pointsOf(spec, measured);
  assert.equal(told(spec, points, 0), 'load 0.125: 1.000 ± 0.031');
  assert.equal(told(spec, points, 1), 'load 0.25: not measured');
  assert.equal(summed(spec, points),
    'Overlap by load: 2 of 3 measured, from 1 at 0.125 to 0.25 at 0.5. Dashed: theory. Now at 0.5, 0.25.');
});

test('the pointer meets the nearest mark, sideways first', () => {
  const spots = [{ cell: 0, left: 10, top: 90 }, { cell: 1, left: 30, top: 10 }, { cell: 4, left: 30, top: 80 }];
  assert.equal(nearest(spots, 14, 10)?.cell, 0);
  assert.equal(nearest(spots, 28, 70)?.cell, 4);
  assert.equal(nearest([], 1, 1), null);
});

test('places for a name are spread evenly along the line, on its steep parts too', () => {
  /** @type {[number, number][]} */
  const bent = [[0, 0], [1, 0], [2, 0], [100, 0], [100, 100]];
  const points = sampled(bent);
  const far = points.map(([x, y]) => x + y);
  for (let index = 1; index < far.length; index += 1) {
    assert.ok(Math.abs((far[index] ?? 0) - (far[index - 1] ?? 0) - 200 / far.length) < 1e-9);
  }
  assert.ok(points.filter(([x]) => x === 100).length >= points.length / 2 - 1);
});

test('the table has a row a measurement, empty where there is none, then one for each point of theory', () => {
  const table = tableOf(spec, measured);
  assert.deepEqual(table.head, ['load', 'Overlap', 'standard error', 'theory']);
  assert.deepEqual(table.rows, [[0.125, 1, 0.03125, ''], [0.25, '', '', ''], [0.5, 0.25, 0.0625, ''],
    [0, '', '', 1], [0.25, '', '', 0.75], [0.5, '', '', 0], [0.75, '', '', 0]]);
  assert.match(csv(table, 'run'), /\r\n0\.25,,,\r\n/);
  const level = tableOf({ ...spec, theory: [{ label: 'limit', channel: '', value: 0.138 }] }, measured);
  assert.deepEqual(level.rows[2], [0.5, 0.25, 0.0625, 0.138]);
  const alone = tableOf({ ...spec, lines: [], errors: '' }, measured);
  assert.deepEqual([alone.head, alone.rows[1]], [['load', 'theory'], [0.25, 0.75]]);
  assert.equal(alone.rows.length, 4);
});
