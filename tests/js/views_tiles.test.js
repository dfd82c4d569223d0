// @ts-check
/** Facts about tiles: their layout, the pointer over them, the safe spin grid, painting. */

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { coded } from '../../static/js/draw/spins.js';
import { Brush, RunningMean, arranged, swept } from '../../static/js/views/grid.js';
import { frame } from './views_frames.js';

/** @param {number} n @param {number} h @param {number} w @param {number} across @param {number} down @param {number} r */
const sides = (n, h, w, across, down, r) => Array.from({ length: n }, (_, index) => {
  const tried = index + 1;
  const stacked = Math.ceil(n / tried);
  return Math.floor(Math.min(((across - 6 * (tried - 1)) * r) / (tried * w), ((down - 6 * (stacked - 1)) * r) / (stacked * h)));
});

test('tiles are whole device pixels, inside their box, and as large as any grid allows unless a complete one is near', () => {
  for (const [count, rows, columns, width, height, ratio] of [[24, 8, 8, 340, 300, 1], [1, 20, 20, 312, 330, 2], [7, 5, 9, 200, 90, 1.5]]) {
    const [n, h, w, across, down, r] = [count ?? 0, rows ?? 0, columns ?? 0, width ?? 0, height ?? 0, ratio ?? 1];
    const layout = arranged(n, h, w, across, down, r);
    assert.equal(layout.cell * r, Math.round(layout.cell * r));
    for (let tile = 0; tile < n; tile += 1) {
      const { x, y } = layout.place(tile);
      assert.ok(x + layout.cell * w <= across + 1e-9 && y + layout.cell * h <= down + 1e-9);
      assert.equal(layout.tileAt(x + 1, y + 1), tile);
    }
    const best = Math.max(...sides(n, h, w, across, down, r));
    assert.ok(layout.cell * r >= (n % layout.across === 0 ? 0.8 : 1) * best);
  }
});

test('a complete grid is taken wherever its cells are at least four fifths of the largest', () => {
  assert.equal(arranged(64, 8, 8, 209, 255, 1).across, 8);
  for (const [width, height] of [[300, 300], [500, 200], [900, 160], [209, 255], [160, 700]]) {
    for (const count of [36, 64]) {
      const layout = arranged(count, 8, 8, width ?? 0, height ?? 0, 2);
      const tried = sides(count, 8, 8, width ?? 0, height ?? 0, 2);
      const whole = Math.max(...tried.filter((_, index) => count % (index + 1) === 0));
      const wanted = whole >= 0.8 * Math.max(...tried) ? whole : Math.max(...tried);
      assert.equal(layout.cell * 2, wanted);
      assert.equal(count % layout.across === 0, wanted === whole);
    }
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
  assert.ok(Math.abs(grid.values[0] ?? NaN) < 0.1, `a unit that flips at every picture is grey: ${grid.values[0]}`);
  assert.ok(Math.abs((grid.values[1] ?? NaN) - 1) < 1e-6, 'a unit that stays is as it is');
  grid.add(frame({ state: 'paused', speed_measured: 400, time: 9 }), down, 0);
  assert.equal(grid.fast, false);
  assert.equal(grid.values[0], -1);
});

test('a stroke sets all its cells to one value, each once, in few messages', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  /** @type {any[]} */
  const sent = [];
  const brush = new Brush('paint', (message) => sent.push(message));
  brush.begin([3], true);
  brush.add([4]);
  brush.add([4]);
  mock.timers.tick(60);
  brush.add([5]);
  brush.end();
  mock.timers.tick(1000);
  mock.timers.reset();
  assert.deepEqual(sent, [[3, 4], [5]].map((cells) => ({ type: 'act', action: 'paint', arguments: { cells, value: true } })));
});

test('a lattice finer than the screen is whole: smaller cells, and the pointer still meets the right one', () => {
  for (const [side, ratio] of [[512, 1], [512, 2], [301, 1]]) {
    const layout = arranged(1, side ?? 0, side ?? 0, 300, 280, ratio ?? 1);
    assert.ok(layout.cell * (side ?? 0) <= 280 + 1e-9 && layout.cell * (side ?? 0) > 0.8 * 280);
    const middle = 100.5 * layout.cell;
    assert.equal(layout.cellAt(middle, 7.5 * layout.cell), 7 * (side ?? 0) + 100);
  }
});

test('a stroke crosses every cell nearer to its way than the brush is wide, and no other', () => {
  const grid = { rows: 9, columns: 12 };
  assert.deepEqual(swept(14, 14, grid, 0), [14]);
  assert.deepEqual(swept(24, 27, grid, 0), [24, 25, 26, 27]);
  const found = new Set(swept(0, 5 * 12 + 9, grid, 1.5));
  for (let cell = 0; cell < 108; cell += 1) {
    const [x, y] = [cell % 12, Math.floor(cell / 12)];
    const nearest = Math.min(...Array.from({ length: 2001 }, (_, n) => Math.hypot(x - (9 * n) / 2000, y - (5 * n) / 2000)));
    assert.equal(found.has(cell), nearest <= 1.5, `cell ${x}, ${y}`);
  }
});

test('a lattice becomes table entries at its true values, and disagreement is marked whatever its range', () => {
  const codes = new Uint16Array(4);
  coded({ shape: [1, 2, 2], data: Float32Array.of(-1, 0, 1, NaN), changed: true }, null, codes);
  assert.deepEqual([...codes], [0, 127, 254, 255]);
  const half = { shape: [1, 2, 2], data: Uint8Array.of(0, 254, 255, 127), low: -0.5, high: 0.5, changed: true };
  coded(half, null, codes);
  assert.deepEqual([...codes], [64, 191, 255, 127]);
  const target = { shape: [1, 2, 2], data: Float32Array.of(1, 1, 1, -1), changed: true };
  coded(half, target, codes);
  assert.deepEqual([...codes], [256, 191, 255, 127]);
});

test('names above images take room from the cells, and the pointer meets the same cells', () => {
  const layout = arranged(4, 8, 8, 210, 240, 1, 17);
  const { x, y } = layout.place(2);
  assert.ok(y + layout.cell * 8 <= 240 && layout.place(0).y === 17);
  assert.equal(layout.tileAt(x + 1, y + 1), 2);
  assert.equal(layout.tileAt(x + 1, y - 3), -1, 'a name is no image');
  assert.equal(layout.cellAt(layout.cell * 2.5, 17 + layout.cell * 1.5), 10);
});
