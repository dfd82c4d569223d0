// @ts-check
/** Facts about the pure half of drawing: colours, scales, ticks, labels that do not meet. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Extent, label, nice, scale, ticks } from '../../static/js/draw/axes.js';
import { pixel, rgb, table } from '../../static/js/draw/colours.js';
import { entries, rangeOf } from '../../static/js/draw/map.js';
import { apart } from '../../static/js/draw/marks.js';
import { Places, along, boxAt, inside } from '../../static/js/draw/places.js';

/** @param {number[]} data @param {{low?: number, high?: number}} [range] */
const channel = (data, range = {}) => ({ shape: [data.length], data: Float32Array.from(data), changed: true, ...range });

test('a computed colour is read in both spellings of the browser', () => {
  assert.deepEqual(rgb('rgb(18, 22, 26)'), [18, 22, 26]);
  assert.deepEqual(rgb('color(srgb 1 0.5 0)'), [255, 128, 0]);
});

test('a pixel lies in memory as red, green, blue, opaque', () => {
  assert.deepEqual([...new Uint8Array(Uint32Array.of(pixel([1, 2, 3])).buffer)], [1, 2, 3, 255]);
});

test('a table meets its stops exactly, is monotonic between them, and keeps 255 for what is missing', () => {
  const grey = table([[0, 0, 0], [100, 100, 100], [254, 254, 254]], [9, 8, 7]);
  const reds = [...grey.subarray(0, 255)].map((entry) => entry & 255);
  assert.equal(reds[0], 0);
  assert.equal(reds[127], 100);
  assert.equal(reds[254], 254);
  assert.ok(reds.every((red, entry) => entry === 0 || red >= (reds[entry - 1] ?? 0)));
  assert.equal(grey[255], pixel([9, 8, 7]));
});

test('a diverging range is symmetric, so that 0 is the middle entry; what is not finite is 255', () => {
  const values = channel([-1, 0, 3, NaN, Infinity]);
  const range = rangeOf(values, 'diverging');
  assert.deepEqual(range, [-3, 3]);
  assert.deepEqual([...entries(values, range)], [85, 127, 254, 255, 255]);
});

test('bytes of the wire are entries already', () => {
  const bytes = { shape: [3], data: Uint8Array.of(0, 127, 255), low: -2, high: 2, changed: true };
  assert.equal(entries(bytes, rangeOf(bytes, 'diverging')), bytes.data);
});

for (const kind of /** @type {const} */ (['linear', 'log'])) {
  test(`a ${kind} scale meets its ends and is undone by its inverse`, () => {
    const x = scale(kind, 0.01, 100, 40, 900);
    assert.equal(x(0.01), 40);
    assert.equal(x(100), 900);
    for (const value of [0.02, 1, 3.7, 88]) assert.ok(Math.abs(x.invert(x(value)) / value - 1) < 1e-9);
  });
}

test('equal factors are equal distances on a log scale', () => {
  const y = scale('log', 1e-9, 10, 500, 0);
  assert.ok(Math.abs(y(1e-6) - y(1e-5) - (y(1e-2) - y(1e-1))) < 1e-9);
});

test('ticks are round, inside the range, at least two and hardly more than asked for, over twenty orders of magnitude', () => {
  for (let power = -10; power <= 10; power += 1) {
    for (const [from, to] of [[-1.97, -0.1], [0, 1], [0.3, 7.7], [-5, 5], [-0.7, 0.4]]) {
      const [low, high] = [(from ?? 0) * 10 ** power, (to ?? 0) * 10 ** power];
      for (const most of [1, 3, 5, 8]) {
        const found = ticks('linear', low, high, most);
        assert.ok(found.length >= 2 && found.length <= Math.max(4, most + 1), `${found}`);
        const step = (found[1] ?? NaN) - (found[0] ?? NaN);
        assert.ok(Math.abs(nice(step * (1 - 1e-6)) / step - 1) < 1e-6, `${step} is 1, 2 or 5 times a power of ten`);
        for (const tick of found) {
          assert.ok(tick >= low - step * 1e-6 && tick <= high + step * 1e-6);
          assert.ok(Math.abs(tick / step - Math.round(tick / step)) < 1e-6);
        }
      }
    }
  }
});

test('log ticks are powers of ten, or 1, 2, 5 where there are too few', () => {
  assert.deepEqual(ticks('log', 2e-10, 12, 11).map((tick) => Math.round(Math.log10(tick))), [-9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1]);
  assert.ok(ticks('log', 1e-12, 1, 4).length <= 4);
  assert.ok(ticks('log', 1e-12, 1, 1).length >= 2);
  assert.deepEqual(ticks('log', 0.3, 7, 5), [0.5, 1, 2, 5]);
  assert.ok(ticks('log', 2.1, 4.4, 5).length >= 2);
  assert.deepEqual(['log', 'log', 'linear'].map((kind, index) => label(/** @type {any} */ (kind), [0.01, 0.5, 0.01][index] ?? 0)), ['10⁻²', '0.5', '0.01']);
});

test('the length of a line inside a box is that of the piece between its crossings', () => {
  const box = { left: 0, right: 10, top: 0, bottom: 4 };
  assert.equal(inside(box, [-5, 2], [20, 2]), 10);
  assert.equal(inside(box, [3, -9], [3, 9]), 4);
  assert.ok(Math.abs(inside(box, [0, 0], [3, 4]) - 5) < 1e-12);
  assert.equal(inside(box, [-5, 5], [20, 5]), 0);
  assert.equal(inside(box, [11, 0], [11, 4]), 0);
});

test('words stand where no curve runs, do not meet, stay while they can, and come back to where they belong', () => {
  const plot = { left: 0, right: 200, top: 0, bottom: 100 };
  const size = { width: 60, height: 12 };
  const places = new Places();
  const offered = along(plot, 50, size, 5);
  places.begin([]);
  assert.deepEqual(places.put('guessing', offered, plot), offered[0]);
  /** @type {[number, number][]} */
  const high = [[100, 41], [200, 41]];
  places.begin([high]);
  const moved = places.put('guessing', offered, plot);
  assert.equal(inside(moved, ...(/** @type {[[number, number], [number, number]]} */ (high))), 0);
  const second = places.put('other', offered, plot);
  assert.ok(second.left >= moved.right || second.right <= moved.left || second.top >= moved.bottom || second.bottom <= moved.top);
  places.begin([[[100, 30], [200, 30]]]);
  assert.deepEqual(places.put('guessing', offered, plot), moved, 'just free is not free enough to jump');
  places.begin([]);
  assert.deepEqual(places.put('guessing', offered, plot), offered[0]);
  assert.deepEqual(places.put('edge', [boxAt(170, 50, size), boxAt(120, 80, size)], plot), boxAt(120, 80, size), 'nothing is cut off');
});

test('an axis covers every number it can show, and ignores what has no place on it', () => {
  const extent = new Extent('log');
  extent.addAll([NaN, -1, 0, 1e-3, 5, Infinity]);
  const [low, high] = extent.padded();
  assert.ok(low <= 1e-3 && low > 0 && high >= 5 && high < 1e3);
  const [flatLow, flatHigh] = (() => {
    const flat = new Extent('linear');
    flat.addAll([4, 4]);
    return flat.padded();
  })();
  assert.ok(flatLow < 4 && flatHigh > 4);
});

test('labels keep their order, their distance and the range', () => {
  const places = apart([50, 52, 51, 98], 12, 0, 100);
  const sorted = [0, 2, 1, 3].map((index) => places[index] ?? NaN);
  for (let index = 1; index < 4; index += 1) assert.ok((sorted[index] ?? 0) - (sorted[index - 1] ?? 0) >= 12 - 1e-9);
  assert.ok(Math.min(...places) >= 0 && Math.max(...places) <= 100);
  assert.deepEqual(apart([10, 80], 12, 0, 100), [10, 80]);
});
