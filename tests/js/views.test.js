// @ts-check
/** Facts about the pure half of the views: means, thinning, layout of tiles, painting, the safe spin grid. */

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { scale } from '../../static/js/draw/axes.js';
import { reach } from '../../static/js/views/bars.js';
import { Brush, RunningMean, arranged } from '../../static/js/views/grid.js';
import { Hover } from '../../static/js/views/hover.js';
import { lastDrawable, mean, meanName, span, traced } from '../../static/js/views/series.js';
import { horizon } from '../../static/js/views/slope.js';
import { widest } from '../../static/js/views/steps.js';
import { pattern, strands } from '../../static/js/views/strands.js';
import { descent } from '../../static/js/views/terrain.js';

/** @typedef {import('../../static/js/session/frame.js').Frame} Frame */

/** @param {Partial<Frame>} parts @returns {Frame} */
const frame = (parts) => ({
  run: 1, step: 0, state: 'playing', speed_measured: 0, time: 0, sentence: '', position: {}, stride: 1, start: 0, rows: 0,
  verdict: { number: '', line: '', word: 'untested', note: '' }, unchanged: [], channels: new Map(), series: new Map(),
  former: null, ...parts,
});
/** @param {number[]} data @param {number} [width] */
const series = (data, width = 1) => ({ width, values: Float32Array.from(data), rows: data.length / width });
/** @param {string} channel */
const line = (channel) => ({ channel, label: '', mark: /** @type {const} */ ('ink'), smooth: 1 });

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

test('a per-step vector is one strand per entry, and the highest one again in front, labelled', () => {
  const found = strands([line('overlaps')], frame({ series: new Map([['overlaps', series([0, 0, 0, 0.2, 0.9, -0.4], 3)]]) }));
  assert.deepEqual(found.map(({ role }) => role), ['strand', 'strand', 'strand', 'chief']);
  assert.deepEqual([...(found[3]?.values ?? [])], [0, Math.fround(0.9)]);
  assert.equal(found[3]?.label, '2');
  assert.equal(pattern(found), 'strand overlaps,strand overlaps,strand overlaps,chief overlaps');
});

test('tiles are whole device pixels, inside their box, and as large as any grid of columns allows', () => {
  for (const [count, rows, columns, width, height, ratio] of [[24, 8, 8, 340, 300, 1], [1, 20, 20, 312, 330, 2], [7, 5, 9, 200, 90, 1.5]]) {
    const [n, h, w, across, down, r] = [count ?? 0, rows ?? 0, columns ?? 0, width ?? 0, height ?? 0, ratio ?? 1];
    const layout = arranged(n, h, w, across, down, r);
    assert.equal(layout.cell * r, Math.round(layout.cell * r));
    for (let tile = 0; tile < n; tile += 1) {
      const { x, y } = layout.place(tile);
      assert.ok(x + layout.cell * w <= across + 1e-9 && y + layout.cell * h <= down + 1e-9);
      assert.equal(layout.tileAt(x + 1, y + 1), tile);
    }
    const best = Math.max(...Array.from({ length: n }, (_, index) => {
      const tried = index + 1;
      const stacked = Math.ceil(n / tried);
      return Math.floor(Math.min(((across - 6 * (tried - 1)) * r) / (tried * w), ((down - 6 * (stacked - 1)) * r) / (stacked * h)));
    }));
    assert.equal(layout.cell * r, best);
  }
});

test('the pointer meets the cell under it, and nothing outside', () => {
  const layout = arranged(1, 20, 20, 300, 300, 1);
  assert.equal(layout.cellAt(0, 0), 0);
  assert.equal(layout.cellAt(15 * 3 + 7, 15 * 2 + 1), 43);
  assert.equal(layout.cellAt(301, 4), -1);
});

test('above three sweeps a second the grid shows the running mean; paused, the state itself', () => {
  const grid = new RunningMean();
  const [up, down] = [1, -1].map((value) => ({ shape: [1, 2, 2], data: Float32Array.of(value, 1, 1, 1), changed: true }));
  assert.ok(up && down);
  grid.add(frame({ speed_measured: 8, time: 0 }), up, 0);
  assert.equal(grid.fast, false, '8 units a second of 4 units are 2 sweeps a second');
  for (let picture = 1; picture <= 200; picture += 1) {
    grid.add(frame({ speed_measured: 400, time: picture / 30 }), picture % 2 ? up : down, 0);
  }
  assert.equal(grid.fast, true);
  assert.ok(Math.abs(grid.at(0)) < 0.1, `a unit that flips at every picture is grey: ${grid.at(0)}`);
  assert.ok(Math.abs(grid.at(1) - 1) < 1e-6, 'a unit that stays is as it is');
  grid.add(frame({ state: 'paused', speed_measured: 400, time: 9 }), down, 0);
  assert.equal(grid.fast, false);
  assert.equal(grid.at(0), -1);
});

test('a stroke sets all its cells to one value, each once, in few messages', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  /** @type {any[]} */
  const sent = [];
  const brush = new Brush('paint', (message) => sent.push(message));
  brush.begin(3, true);
  brush.add(4);
  brush.add(4);
  mock.timers.tick(60);
  brush.add(5);
  brush.end();
  mock.timers.tick(1000);
  mock.timers.reset();
  assert.deepEqual(sent, [[3, 4], [5]].map((cells) => ({ type: 'act', action: 'paint', arguments: { cells, value: true } })));
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
