// @ts-check
/** Facts about the pure half of the views: means, thinning, axes, and how curves end. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Extent, scale } from '../../static/js/draw/axes.js';
import { reach, told } from '../../static/js/views/bars.js';
import { ending } from '../../static/js/views/ending.js';
import { guises, stations } from '../../static/js/views/guise.js';
import { Hover } from '../../static/js/views/hover.js';
import { nearer } from '../../static/js/views/labels.js';
import { kindOf, lastDrawable, mean, meanName, span, traced } from '../../static/js/views/series.js';
import { horizon, restless } from '../../static/js/views/slope.js';
import { widest } from '../../static/js/views/steps.js';
import { held, pattern, strands } from '../../static/js/views/strands.js';
import { descent } from '../../static/js/views/terrain.js';
import { frame, line, series } from './views_frames.js';

test('the mean of the last k is the mean of the last k, computed plainly', () => {
  const values = Float32Array.from({ length: 200 }, (_, row) => Math.sin(row * 7.3) * 3);
  const means = mean(values, 5);
  for (let row = 0; row < 200; row += 1) {
    const window = values.subarray(Math.max(0, row - 4), row + 1);
    const plain = window.reduce((sum, value) => sum + value, 0) / window.length;
    assert.ok(Math.abs((means[row] ?? NaN) - plain) < 1e-4);
  }
});

test('a mean hides nothing: it is not finite while its window holds what is not, and recovers after', () => {
  assert.deepEqual([...mean(Float32Array.of(1, NaN, 3, 5, 7), 2)], [1, NaN, NaN, 4, 6]);
});

test('a thinned series is averaged over whole pairs of extremes, and the page says so', () => {
  assert.equal(span(5, 1), 5);
  assert.equal(span(5, 8) % 2, 0);
  assert.equal(meanName(5, 1, 'minibatch'), 'mean of the last 5 minibatches');
  assert.match(meanName(5, 8, 'step'), /extremes of the last 16 steps/);
  assert.equal(meanName(1, 8, 'step'), '');
});

test('thinning for the screen keeps every extreme of every bucket', () => {
  const values = Float32Array.from({ length: 2000 }, (_, row) => (row * 7919) % 1013);
  const x = scale('linear', 0, 2000, 0, 300);
  const y = scale('linear', 0, 1013, 100, 0);
  const places = traced(values, { stride: 1 }, x, y, 2.4).flat();
  assert.ok(places.length <= 2 * Math.ceil(300 / 2.4) + 2);
  const heights = new Set(places.map(([, height]) => height));
  assert.ok(heights.has(y(Math.max(...values))) && heights.has(y(Math.min(...values))));
  assert.ok(places.every(([left], index) => index === 0 || left >= (places[index - 1]?.[0] ?? 0)));
});

test('a gap stays a gap, and the last number that can be shown is found before it', () => {
  const values = Float32Array.of(1, 2, NaN, 4, 0, NaN);
  const x = scale('linear', 0, 6, 0, 600);
  assert.equal(traced(values, { stride: 1 }, x, scale('linear', 0, 4, 9, 0), 1).length, 2);
  assert.equal(lastDrawable(values, 'linear'), 4);
  assert.equal(lastDrawable(values, 'log'), 3);
});

test('the time axis always leaves room after the run and moves seldom', () => {
  let moves = 0;
  for (let step = 1; step < 10000; step += 1) {
    assert.ok(horizon(step) >= step * 1.1);
    moves += Number(horizon(step) !== horizon(step - 1));
  }
  assert.ok(moves < 25, `${moves} moves`);
});

test('after the run the time axis leaves the room that its label needs', () => {
  for (const share of [0.2, 0.3, 0.4]) for (const step of [30, 319, 5000]) assert.ok(step <= horizon(step, share) * (1 - share) + 1e-9);
});

test('a per-step vector is one strand per entry, and the highest one again in front, labelled', () => {
  const found = strands([line('overlaps')], frame({ words: { memory_1: 'K' }, series: new Map([['overlaps', series([0, 0, 0, 0.2, 0.9, -0.4], 3)]]) }), '');
  assert.deepEqual(found.map(({ role }) => role), ['strand', 'strand', 'strand', 'chief']);
  assert.deepEqual([...(found[3]?.values ?? [])], [0, Math.fround(0.9)]);
  assert.equal(found[3]?.label, '2');
  const named = strands([line('overlaps')], frame({ words: { memory_1: 'K' }, series: new Map([['overlaps', series([0.2, 0.9], 2)]]) }), 'memory');
  assert.equal(named.at(-1)?.label, 'K');
  assert.equal(pattern(found), 'strand overlaps,strand overlaps,strand overlaps,chief overlaps');
});

test('an axis turns logarithmic only for positive numbers beyond four decades', () => {
  assert.equal(kindOf('linear', [[2.3, 2, 9], [Infinity, 1e20, NaN]]), 'log');
  assert.equal(kindOf('linear', [[1, 9999]]), 'linear');
  assert.equal(kindOf('linear', [[-1, 1e20]]), 'linear');
  assert.equal(kindOf('linear', [[0, 1e20]]), 'linear');
  assert.equal(kindOf('linear', [[NaN]]), 'linear');
  assert.equal(kindOf('log', [[-1]]), 'log');
});

/** @param {number} value */
const scalar = (value) => ({ shape: [], data: Float32Array.of(value), changed: true });
/** @param {number[]} rows @param {number} smooth @param {number} [present] */
function ended(rows, smooth, present) {
  const raw = Float32Array.from(rows);
  const channels = new Map(present === undefined ? [] : [['energy', scalar(present)]]);
  const now = frame({ step: rows.length, channels, series: new Map([['energy', series(rows)]]) });
  return ending({ line: { ...line('energy'), smooth }, raw, values: mean(raw, smooth) }, now, 'linear');
}

test('an unsmoothed curve ends at the value of now, which an action may have changed since its last row', () => {
  const end = ended([-10, -20], 1, -14);
  assert.deepEqual([end?.value, end?.drawn, end?.step, end?.lost], [-14, -20, 2, false]);
  assert.equal(ended([], 1, -3)?.value, -3);
  assert.equal(ended([], 1)?.value, undefined);
});

test('a smoothed curve ends at its mean, never at one that the last value is ten times beyond', () => {
  assert.equal(ended([2, 4, 6], 2, 6)?.value, 5);
  assert.equal(ended([-90, 110], 2, 110)?.value, 110);
  assert.equal(ended([2, NaN, 6], 2, 6)?.value, 6);
});

test('a run that is no number any more ends in a cross at the last value that was one', () => {
  for (const smooth of [1, 5]) {
    const end = ended([1, 50, 8000, Infinity], smooth, 8000);
    assert.deepEqual([end?.value, end?.step, end?.lost, end?.broken], [8000, 3, true, true]);
  }
});

test('bars are told in two decimals, however small', () => {
  assert.deepEqual([0.05, 0.0049, -0.003, -0.126, 1].map(told), ['0.05', '0.00', '0.00', '−0.13', '1.00']);
});

test('bars start at 0 and a probability axis is never cropped', () => {
  assert.deepEqual(reach([0.2, 0.4]), [0, 1]);
  assert.deepEqual(reach([-0.2, NaN, 0.4]), [-0.2, 1]);
  assert.deepEqual(reach([3, 70]), [0, 100]);
});

test('the bracket stands where two arms differ most, and only beyond ten times', () => {
  assert.deepEqual(widest([1e-9, 1e-3, 1], [0.1, 0.2, 1]), { entry: 0, low: 1e-9, high: 0.1 });
  assert.equal(widest([1, 2], [5, 11]), null);
  assert.equal(widest([0, NaN], [1, 1]), null);
});

test('a trace of the tagline starts and ends where it must, whatever its numbers', () => {
  const depths = descent(Float32Array.of(-18, -40, NaN, -197), 0.2, 0.8);
  assert.equal(depths[0], 0.2);
  assert.ok(Math.abs((depths.at(-1) ?? 0) - 0.8) < 1e-9);
  assert.equal(depths.length, 3);
});

test('views that name one index hear of each other, and no longer once they are gone', () => {
  const hover = new Hover();
  let heard = 0;
  const stop = hover.on('memory', () => (heard += 1));
  hover.point('memory', 3);
  hover.point('memory', 3);
  hover.point('layer', 1);
  assert.equal(hover.entry('memory'), 3);
  stop();
  hover.point('memory', -1);
  assert.equal(heard, 1);
});

test('a curve that goes up and down all the time is told from one that falls', () => {
  const falling = Array.from({ length: 100 }, (_, at) => /** @type {[number, number]} */ ([at * 3, at]));
  const shaking = Array.from({ length: 100 }, (_, at) => /** @type {[number, number]} */ ([at * 3, at % 2 ? 80 : 0]));
  assert.equal(restless([falling]), false);
  assert.equal(restless([shaking]), true);
  assert.equal(restless([shaking.slice(0, 10)]), false, 'a run that has hardly begun stays in ink');
});

test('of two ends, each is named on its own side', () => {
  const at = (/** @type {number} */ middle) => ({ left: 0, right: 50, top: middle - 8, bottom: middle + 8 });
  assert.equal(nearer(at(80), 100, [110]), true);
  assert.equal(nearer(at(80), 110, [100]), false, 'it would be read as the upper one');
  assert.equal(nearer(at(130), 110, [100]), true);
  assert.equal(nearer(at(130), 100, []), true);
});

test('several further lines differ by tint and by mark; arms keep their own, and two lines stay as they are', () => {
  const others = ['a', 'b', 'c', 'd'].map((channel) => ({ ...line(channel), mark: /** @type {const} */ ('other') }));
  /** @type {import('../../static/js/views/types.js').Line[]} */
  const arms = [{ ...line('e'), mark: 'A' }, { ...line('f'), mark: 'B' }];
  const [a, b] = arms;
  assert.ok(a && b);
  const four = [...guises([line('ink'), ...others]).values()];
  assert.equal(new Set(four.map(({ tint }) => tint)).size, 4);
  assert.equal(new Set(four.map(({ mark }) => mark)).size, 4);
  const armed = guises([a, b, ...others.slice(0, 2)]);
  assert.deepEqual([...armed.values()].map(({ tint }) => tint), ['minus', 'plus', 'ink-3', 'ink-2']);
  assert.equal(new Set([...armed.values()].map(({ mark }) => mark)).size, 4);
  assert.equal(guises([line('ink'), a, ...others.slice(0, 1)]).size, 0);
});

test('the marks along a line lie on it, and those of two lines never at the same place', () => {
  /** @type {[number, number][][]} */
  const runs = [[[0, 0], [100, 50], [300, 450]]];
  const [one, two] = [0, 0.5].map((place) => stations(runs, { left: 0, right: 300 }, 1, place));
  assert.ok(one && two && one.length > 2 && two.length > 2);
  for (const [x, y] of [...one, ...two]) assert.ok(Math.abs(y - (x <= 100 ? x / 2 : 50 + 2 * (x - 100))) < 1e-9);
  assert.ok(one.every(([x]) => two.every(([other]) => Math.abs(x - other) >= 30)));
});

test('a declared end of an axis gives way to what lies at or below it, and to what a log axis cannot show', () => {
  const extent = new Extent('log');
  extent.addAll([0.001, 5]);
  assert.deepEqual(held([0.0005, 9], { low: 0.001, high: 10 }, extent), [0.0005, 10], 'a theory line at the end would lie under the axis');
  assert.deepEqual(held([0.0005, 9], { low: 0, high: null }, extent), [0.0005, 9]);
  assert.deepEqual(held([0.0005, 9], { low: 1e-4, high: 2 }, extent), [1e-4, 9]);
  const linear = new Extent('linear');
  linear.addAll([0, 1]);
  assert.deepEqual(held([-0.1, 1.1], { low: 0, high: 1 }, linear), [0, 1]);
});
