// @ts-check
/** Facts about pictures that become states: their place, their greys, the threshold, what is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averaged, brightness, fitted, inked, otsu } from '../../static/js/draw/binarise.js';
import { wrongFile, wrongSize } from '../../static/js/views/drop.js';

/** A picture from greys, opaque. @param {number} width @param {number} height @param {(x: number, y: number) => number} grey */
const picture = (width, height, grey) => ({
  width, height,
  data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, index) => {
    const pixel = Math.floor(index / 4);
    return index % 4 === 3 ? 255 : grey(pixel % width, Math.floor(pixel / width));
  }),
});

test('brightness weighs the colours, and paper shows through', () => {
  assert.deepEqual([255, 0].map((grey) => Math.round(brightness([grey, grey, grey, 255], 0))), [255, 0]);
  const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((band) => brightness([0, 1, 2].map((each) => (each === band ? 255 : 0)).concat(255), 0));
  assert.ok(green > red && red > blue);
  assert.ok(Math.abs(red + green + blue - 255) < 1e-9);
  assert.equal(brightness([0, 0, 0, 0], 0), 255);
  assert.equal(brightness([9, 9, 9, 255, 0, 0, 0, 51], 1), 255 * 0.8);
});

test('a picture keeps its shape, touches two sides of the grid and stands in the middle', () => {
  assert.deepEqual(fitted({ width: 4000, height: 1000 }, 20, 20), { width: 20, height: 5, left: 0, top: 7 });
  assert.deepEqual(fitted({ width: 3, height: 9 }, 18, 18), { width: 6, height: 18, left: 6, top: 0 });
  assert.deepEqual(fitted({ width: 1, height: 4096 }, 20, 20), { width: 1, height: 20, left: 9, top: 0 });
});

test('means under the cells keep the mean of the whole, wherever their lines run', () => {
  for (const [width, height, across, down] of [[40, 40, 20, 20], [33, 17, 20, 10], [5, 3, 20, 12], [1, 1, 7, 7]]) {
    const source = picture(width ?? 0, height ?? 0, (x, y) => (37 * x + 101 * y) % 256);
    const whole = Array.from({ length: source.width * source.height }, (_, pixel) => brightness(source.data, pixel));
    const cells = averaged(source, across ?? 0, down ?? 0);
    /** @param {ArrayLike<number>} numbers */
    const mean = (numbers) => Array.from(numbers).reduce((sum, each) => sum + each, 0) / numbers.length;
    assert.ok(Math.abs(mean(cells) - mean(whole)) < 1e-3, `${width} × ${height}`);
  }
});

/** The least variance within the classes, by trying every threshold. @param {number[]} greys @returns {number} */
function within(greys, threshold = 0) {
  const classes = [greys.filter((grey) => grey <= threshold), greys.filter((grey) => grey > threshold)];
  if (classes.some((members) => members.length === 0)) return Infinity;
  return classes.reduce((sum, members) => {
    const mean = members.reduce((total, grey) => total + grey, 0) / members.length;
    return sum + members.reduce((total, grey) => total + (grey - mean) ** 2, 0);
  }, 0);
}

test('the greatest variance between the classes is the least within them', () => {
  let seed = 7;
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let trial = 0; trial < 50; trial += 1) {
    const [middle, spread] = [40 + 175 * chance(), 5 + 60 * chance()];
    const greys = Array.from({ length: 120 }, (_, index) =>
      Math.max(0, Math.min(255, Math.round((index < 30 ? 30 : middle) + spread * (chance() + chance() - 1)))));
    const least = Math.min(...Array.from({ length: 255 }, (_, threshold) => within(greys, threshold)));
    assert.ok(Math.abs(within(greys, otsu(greys)) - least) <= 1e-6 * least, `trial ${trial}`);
  }
});

test('ink is dark, paper surrounds it, and a picture without any difference holds none', () => {
  const dark = (/** @type {number} */ x) => (x < 4 ? 10 : 240);
  assert.deepEqual(inked(picture(8, 4, dark), 4, 4), [4, 5, 8, 9]);
  assert.equal(inked(picture(8, 8, () => 3), 4, 4), null);
  assert.equal(inked(picture(8, 8, () => 255), 4, 4), null);
});

test('a dimmer or paler copy has the same ink', () => {
  const copies = [[0, 255], [100, 140], [200, 240]].map(([ink = 0, paper = 0]) =>
    inked(picture(20, 20, (x, y) => ((x + 2 * y) % 5 === 0 ? ink : paper)), 10, 10));
  assert.ok(copies[0]?.length);
  for (const copy of copies) assert.deepEqual(copy, copies[0]);
});

test('what cannot be taken is said in a sentence', () => {
  assert.equal(wrongFile({ type: 'image/png', size: 5 << 20 }), '');
  assert.match(wrongFile({ type: 'image/png', size: (5 << 20) + 1 }), /5\.1 MB; at most 5 MB/);
  assert.match(wrongFile({ type: 'application/pdf', size: 1 }), /PNG, JPEG, WebP or GIF file; this is application\/pdf/);
  assert.match(wrongFile({ type: '', size: 1 }), /unknown kind/);
  assert.equal(wrongSize({ width: 4096, height: 1 }), '');
  assert.match(wrongSize({ width: 12, height: 4097 }), /12 × 4097 pixels; at most 4096/);
});
