// @ts-check
/** Facts about heights: contours lie where they say, close, avoid what is not there; triangles and shades cover the field. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contour } from '../../static/js/draw/contours.js';
import { across, heightsOf, relieved, shadesOf, triangles, up } from '../../static/js/views/heights.js';

/** @param {number} columns @param {number} rows @param {(x: number, y: number) => number} height */
const grid = (columns, rows, height) =>
  Float32Array.from({ length: columns * rows }, (_, index) => height(index % columns, Math.floor(index / columns)));
/** @param {number[]} line @returns {[number, number, number, number][]} */
const stretches = (line) => Array.from({ length: line.length / 4 }, (_, index) =>
  /** @type {[number, number, number, number]} */ (line.slice(4 * index, 4 * index + 4)));
/** @param {Float32Array} data @param {number} rows @param {number} columns */
const field = (data, rows, columns) => ({ shape: [rows, columns], data, changed: true });

test('on a plane every point of a contour has exactly the height that it stands for', () => {
  const line = contour(grid(9, 7, (x, y) => 2 * x - 3 * y), 9, 1.3);
  assert.ok(line.length > 0);
  for (let index = 0; index < line.length; index += 2) {
    assert.ok(Math.abs(2 * (line[index] ?? NaN) - 3 * (line[index + 1] ?? NaN) - 1.3) < 1e-6);
  }
});

test('the contour of a cone is a closed circle of the right length', () => {
  const [middle, radius] = [31.5, 20.2];
  const line = stretches(contour(grid(64, 64, (x, y) => Math.hypot(x - middle, y - middle)), 64, radius));
  /** @type {Map<string, number>} */
  const ends = new Map();
  let length = 0;
  for (const [x, y, endX, endY] of line) {
    length += Math.hypot(endX - x, endY - y);
    for (const [column, row] of [[x, y], [endX, endY]]) {
      assert.ok(Math.abs(Math.hypot((column ?? 0) - middle, (row ?? 0) - middle) - radius) < 0.02);
      const name = `${column?.toFixed(6)} ${row?.toFixed(6)}`;
      ends.set(name, (ends.get(name) ?? 0) + 1);
    }
  }
  assert.ok([...ends.values()].every((meeting) => meeting === 2), 'every end is where exactly one other stretch begins');
  assert.ok(Math.abs(length / (2 * Math.PI * radius) - 1) < 2e-3, `${length}`);
});

test('in a saddle two stretches do not cross, and the mean says which corners hang together', () => {
  for (const [corners, joined] of /** @type {[number[], boolean][]} */ ([[[1, 0, 0, 1], true], [[1, -1, -1, 1], false]])) {
    const [one, two] = stretches(contour(Float32Array.from(corners), 2, 0.2));
    assert.ok(one && two);
    // The high corners lie at (0, 0) and (1, 1): joined, each stretch keeps to one side of the line between them.
    const sides = [one, two].map(([x, y, endX, endY]) => Math.sign(x - y) * Math.sign(endX - endY));
    assert.deepEqual(sides, joined ? [1, 1] : [-1, -1]);
  }
});

test('no contour and no triangle touches a place where nothing is', () => {
  const [rows, columns] = [17, 23];
  const data = grid(columns, rows, (x, y) => (Math.hypot(x - 11, y - 8) < 7 ? x + y : NaN));
  for (let index = 0; index < 12; index += 1) {
    for (const [x, y] of stretches(contour(data, columns, 12 + index))) {
      const corners = [Math.floor(x), Math.ceil(x)].flatMap((column) => [Math.floor(y), Math.ceil(y)].map((row) => data[row * columns + column]));
      assert.ok(corners.every((corner) => Number.isFinite(corner)));
    }
  }
  const heights = heightsOf(field(data, rows, columns), undefined);
  assert.ok([...triangles(heights)].every((index) => Number.isFinite(data[index])));
  assert.deepEqual([...shadesOf(heights)].map((entry) => entry === 255), [...data].map(Number.isNaN));
});

test('triangles cover every square once, seen from above, and half of one whose corner is missing', () => {
  const [rows, columns] = [5, 8];
  const data = grid(columns, rows, (x, y) => Math.sin(3 * x) + Math.cos(2 * y));
  /** @param {Float32Array} of */
  const area = (of) => {
    const corners = triangles(heightsOf(field(of, rows, columns), undefined));
    let sum = 0;
    for (let index = 0; index < corners.length; index += 3) {
      const [a = 0, b = 0, c = 0] = corners.subarray(index, index + 3);
      const [x, y] = [(/** @type {number} */ i) => i % columns, (/** @type {number} */ i) => -Math.floor(i / columns)];
      const twice = (x(b) - x(a)) * (y(c) - y(a)) - (x(c) - x(a)) * (y(b) - y(a));
      assert.ok(twice > 0, 'counter-clockwise from above');
      sum += twice / 2;
    }
    return sum;
  };
  assert.equal(area(data), 28);
  for (const corner of [0, columns - 1]) assert.equal(area(data.map((height, index) => (index === corner ? NaN : height))), 27.5);
});

test('the first row lies on top, cells are told by their middles, and the path stretches the range', () => {
  assert.deepEqual([across(0, 4), across(3, 4), up(0, 4), up(3, 4)], [-0.75, 0.75, 0.75, -0.75]);
  const track = { shape: [3, 3], data: Float32Array.of(0, 0, 5, NaN, 0, 1, 0.5, -0.5, -9), changed: true };
  const heights = heightsOf(field(grid(4, 4, (x) => x), 4, 4), track);
  assert.deepEqual([heights.low, heights.high, heights.path], [-9, 5, [[0, 0, 5], [0.5, -0.5, -9]]]);
  const longer = { ...track, data: Float32Array.of(0, 0, 5, 0.5, -0.5, -9, 0, 1, 2) };
  assert.equal(heightsOf(field(/** @type {Float32Array} */ (heights.values), 4, 4), longer, heights).lines, heights.lines);
  heights.levels.forEach((level, index) => {
    for (const [x, y, endX, endY] of stretches(heights.lines[index] ?? [])) {
      assert.ok([x, endX].every((place) => Math.abs(place - across(level, 4)) < 1e-6) && y !== endY);
    }
  });
});

test('flat ground has a range too, and an empty field has none of its own', () => {
  const flat = heightsOf(field(grid(3, 3, () => 7), 3, 3), undefined);
  assert.ok(flat.low < 7 && flat.high > 7);
  const empty = heightsOf(field(grid(3, 3, () => NaN), 3, 3), undefined);
  assert.deepEqual([empty.low, empty.high, triangles(empty).length], [0, 1, 0]);
});

test('valleys carry the ink, and nothing at all is transparent', () => {
  const sequential = Uint32Array.from({ length: 256 }, (_, entry) => entry);
  const table = relieved(/** @type {any} */ ({ maps: { sequential } }));
  assert.equal(table[0], 254);
  assert.equal(table[255], 0);
  for (let entry = 1; entry < 255; entry += 1) assert.ok((table[entry] ?? 0) <= (table[entry - 1] ?? 0) && (table[entry] ?? 0) > 0);
});
