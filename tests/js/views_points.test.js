// @ts-check
/** Facts about examples on the plane: which class wins, its colours and borders, marks, keys, sentences, the table. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contour } from '../../static/js/draw/contours.js';
import { marked, shapeOf } from '../../static/js/draw/shapes.js';
import { tableOf } from '../../static/js/page/table.js';
import { called, decided, decisionsOf, exampled, examplesOf, exemplified, lines } from '../../static/js/views/classes.js';
import { colourOf, coloured } from '../../static/js/views/decisions.js';
import { sizeFor } from '../../static/js/views/examples.js';
import { across, up } from '../../static/js/views/heights.js';
import { key, keyHeight } from '../../static/js/views/key.js';
import { frame } from './views_frames.js';
import { lookOf, recorded } from './views_sheet.js';

/** @typedef {import('../../static/js/views/types.js').PointsSpec} PointsSpec */

const POINTS = /** @type {PointsSpec} */ ({ kind: 'points', title: 'Spirals', caption: '', detail: '', weight: 3, index: '', channel: 'xy',
  classes: 'c', field: 'f', certainty: 'q', held_out: 'h', wrong: 'w', names: [], axes: ['', ''], press: '' });

/** @param {number[]} shape @param {Float32Array | Uint8Array | Int32Array} data */
const channel = (shape, data) => ({ shape, data, changed: true });
/** @param {Record<string, ReturnType<typeof channel>>} channels @param {Record<string, string>} [words] */
const shown = (channels, words = {}) => frame({ channels: new Map(Object.entries(channels)), words });
/** @param {number} side @param {(x: number, y: number) => number} value */
const grid = (side, value) => Array.from({ length: side * side }, (_, cell) => value(across(cell % side, side), up(Math.floor(cell / side), side)));

/** A net of two classes that is certain by 2p − 1, p the logistic function of x + y / 2. @param {number} side */
function sloped(side) {
  const chance = grid(side, (x, y) => 1 / (1 + Math.exp(-4 * (x + y / 2))));
  return shown({
    xy: channel([3, 2], Float32Array.of(-0.5, 0, 0.5, 0, 0.75, 0.25)), c: channel([3], Int32Array.of(0, 1, 0)),
    f: channel([side, side], Uint8Array.from(chance, (p) => Number(p > 0.5))), q: channel([side, side], Float32Array.from(chance, (p) => Math.abs(2 * p - 1))),
    h: channel([3], Uint8Array.of(0, 1, 0)), w: channel([3], Uint8Array.of(0, 0, 1)),
  });
}

test('integers are classes and real numbers values, whatever the run before was', () => {
  const classes = examplesOf(POINTS, sloped(8));
  assert.deepEqual([classes.valued, classes.count, classes.labels, classes.held, classes.wrong],
    [false, 2, [0, 1, 0], [false, true, false], [false, false, true]]);
  const values = shown({ xy: channel([2, 2], Float32Array.of(0, 0, 1, 1)), c: channel([2], Float32Array.of(-0.5, NaN)), f: channel([1, 2], Float32Array.of(2, 1)) });
  const told = examplesOf(POINTS, values);
  assert.deepEqual([told.valued, told.count, told.range], [true, 0, [-2, 2]]);
  assert.equal(decisionsOf(POINTS, values)?.codes, null);
  assert.equal(decisionsOf(POINTS, shown({ f: channel([0, 0], new Uint8Array(0)) })), null);
  assert.equal(examplesOf(POINTS, shown({})).points.length, 0);
});

test('between two classes the line runs where the net gives each a half', () => {
  const found = sloped(32);
  const decisions = /** @type {import('../../static/js/views/classes.js').Decisions} */ (decisionsOf(POINTS, found));
  const [line = [], ...others] = lines(decisions, 2);
  assert.equal(others.length, 0);
  assert.ok(line.length > 60);
  for (let index = 0; index < line.length; index += 2) assert.ok(Math.abs((line[index] ?? NaN) + (line[index + 1] ?? NaN) / 2) < 0.005);
});

test('between many classes every border is drawn once or twice at the same place, even where no class is sure', () => {
  const side = 24;
  const codes = grid(side, (x, y) => (y > 0.3 ? 2 : Number(x > 0)));
  for (const share of [0, 0.4, 1]) {
    const decisions = { columns: side, rows: side, codes: Uint8Array.from(codes), values: channel([side, side], Uint8Array.from(codes)), shares: new Float32Array(side * side).fill(share) };
    const stretches = lines(decisions, 3).flatMap((line) => Array.from({ length: line.length / 4 }, (_, n) => line.slice(4 * n, 4 * n + 4).map((place) => place.toFixed(6)).sort().join(' ')));
    const whole = contour(Float32Array.from(codes, (code) => (code === 2 ? 1 : -1)), side, 0).length / 4;
    const upright = codes.filter((code, cell) => code === 0 && codes[cell + 1] === 1 && codes[cell + side] === 0).length;
    assert.ok(new Set(stretches).size >= whole + upright - 2, `${share}`);
  }
});

test('two classes are orange and blue as deep as ink can be read on, and fade to paper where the net cannot tell', () => {
  const diverging = Uint32Array.from({ length: 256 }, (_, entry) => entry);
  const look = { ...lookOf('light'), maps: { ...lookOf('light').maps, diverging } };
  const pixels = new Uint32Array(3);
  const decisions = { columns: 3, rows: 1, codes: Uint8Array.of(0, 1, 1), values: channel([1, 3], Uint8Array.of(0, 1, 1)), shares: Float32Array.of(1, 1, 0) };
  const examples = examplesOf(POINTS, sloped(4));
  coloured(decisions, examples, look, pixels);
  assert.deepEqual([...pixels], [65, 189, 127]);
  assert.equal(colourOf(look, 1, 2), 'rgb(189 0 0)');
  coloured({ ...decisions, codes: null, values: channel([1, 3], Float32Array.of(-2, 0, NaN)) }, { ...examples, range: [-2, 2] }, look, pixels);
  assert.deepEqual([...pixels], [0, 127, 255]);
});

test('ten classes have ten marks, with a rim of paper, and all are about of one size', () => {
  assert.equal(new Set(Array.from({ length: 10 }, (_, number) => shapeOf(number))).size, 10);
  assert.equal(shapeOf(10), shapeOf(0));
  for (let number = 0; number < 10; number += 1) {
    const { sheet, deeds } = recorded(100, 100);
    marked(sheet, shapeOf(number), [[50, 50]], { size: 8 });
    const reach = Math.max(...deeds.flatMap(({ path }) => path.map(({ x, y }) => Math.hypot(x - 50, y - 50))));
    assert.ok(reach >= 8 && reach <= 8 * 1.5, `${number}: ${reach}`);
    assert.equal(deeds[0]?.colour, sheet.look.colour.paper);
    assert.ok(deeds.some(({ colour }) => colour === sheet.look.colour.ink));
  }
  const { sheet, deeds } = recorded(9, 9);
  marked(sheet, 'disc', []);
  assert.equal(deeds.length, 0);
});

test('the more examples, the smaller their marks, and never too small to be told apart', () => {
  const sizes = [1, 100, 300, 1000, 1e5].map((count) => sizeFor(400, count));
  assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a));
  assert.deepEqual([sizes[0], sizes.at(-1)], [4.6, 2.4]);
});

test('examples and decisions are said with the names of the classes', () => {
  const found = sloped(4);
  const [examples, decisions] = [examplesOf(POINTS, found), decisionsOf(POINTS, found)];
  const name = called({ class_1: 'outside' }, { ...POINTS, names: ['inside', 'never'] });
  assert.equal(exemplified(examples, decisions, name),
    '3 examples, 2 inside, 1 outside, 1 to test with, 1 named wrongly; of the plane the net calls 50 % inside, 50 % outside');
  assert.equal(exampled(examples, 1, name), 'example of outside, to test with');
  assert.equal(exampled({ ...examples, valued: true, labels: [0.25] }, 0, name), 'example of value 0.25');
  assert.equal(decisions && decided(decisions, [0.9, 0.9], called({}, POINTS)), 'the net says class 2, certainty 0.98');
  assert.deepEqual(tableOf(POINTS, found), { head: ['x', 'y', 'class', 'to test with', 'named wrongly'], note: '', late: false,
    rows: [[-0.5, 0, 'class 1', 0, 0], [0.5, 0, 'class 2', 1, 0], [0.75, 0.25, 'class 1', 0, 1]] });
});

test('a key takes as many lines as it needs, none wider than its place', () => {
  const items = ['one', 'two two', 'three three', 'four'].map((text) => ({ text, mark() {} }));
  for (const width of [90, 160, 400]) {
    const { sheet, deeds } = recorded(width, 200);
    key(sheet, items, 10);
    const words = deeds.filter(({ does }) => does === 'text');
    assert.equal(words.length, 4);
    for (const { path: [place], text } of words) {
      assert.ok((place?.x ?? 0) + 6.2 * text.length <= width + 1e-9);
      assert.ok((place?.y ?? 0) <= 10 + keyHeight(sheet, items));
    }
  }
  assert.equal(keyHeight(recorded(100, 100).sheet, []), 0);
});
