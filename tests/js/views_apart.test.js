// @ts-check
/** Facts about words for lines that end together: none covers another, and each is still nearest to its own. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Places } from '../../static/js/draw/places.js';
import { scale } from '../../static/js/draw/axes.js';
import { apart, crowds } from '../../static/js/views/apart.js';
import { ends } from '../../static/js/views/labels.js';
import { line } from './views_frames.js';
import { recorded } from './views_sheet.js';

/** @param {number} seed @returns {() => number} from 0 to 1 */
function drawn(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Sum of squares of how far each is moved. @param {number[]} one @param {number[]} other */
const far = (one, other) => one.reduce((sum, value, index) => sum + (value - (other[index] ?? 0)) ** 2, 0);

test('what is far apart stays; what is close is moved as little as can be', () => {
  assert.deepEqual(apart([10, 50, 90], 15, 0, 100), [10, 50, 90]);
  assert.deepEqual(apart([50, 50], 20, 0, 100), [40, 60]);
  assert.deepEqual(apart([60, 50], 20, 0, 100), [65, 45]);
  assert.deepEqual(apart([98, 99, 100], 10, 0, 100), [80, 90, 100]);
  assert.deepEqual(apart([], 10, 0, 100), []);
});

test('at least a gap apart, in order, inside, and no other such heights are nearer', () => {
  const random = drawn(7);
  for (let trial = 0; trial < 200; trial += 1) {
    const wanted = Array.from({ length: 1 + Math.floor(random() * 6) }, () => random() * 100);
    const found = apart(wanted, 12, 0, 100);
    const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
    const sorted = order.map((index) => found[index] ?? NaN);
    assert.ok(sorted.every((value, index) => index === 0 || value - (sorted[index - 1] ?? NaN) >= 12 - 1e-9));
    assert.ok((sorted[0] ?? 0) >= -1e-9 && (sorted.at(-1) ?? 0) <= 100 + 1e-9);
    // Oracle: any feasible way a little towards another feasible layout is no better, the set being convex.
    const other = order.map((_, rank) => rank * 12 + random() * (100 - 12 * (order.length - 1)));
    other.sort((a, b) => a - b).forEach((value, rank) => (other[rank] = rank ? Math.max(value, (other[rank - 1] ?? 0) + 12) : value));
    if ((other.at(-1) ?? 0) > 100) continue;
    const goal = order.map((index) => wanted[index] ?? 0);
    assert.ok(far(sorted, goal) <= far(sorted.map((value, rank) => value + 0.01 * ((other[rank] ?? 0) - value)), goal) + 1e-9);
  }
});

test('with too little room they stand closer, and stay inside', () => {
  assert.deepEqual(apart([5, 5, 5], 20, 0, 10), [0, 5, 10]);
});

test('a crowd is a column in which two would meet', () => {
  assert.deepEqual(crowds([{ x: 0, y: 0 }, { x: 0, y: 50 }], 10, 15), []);
  assert.deepEqual(crowds([{ x: 0, y: 0 }, { x: 1, y: 10 }, { x: 0, y: 90 }], 10, 15), [[0, 1, 2]]);
  assert.deepEqual(crowds([{ x: 0, y: 0 }, { x: 80, y: 1 }], 10, 15), []);
});

test('five lines that end at one height have five labels, none over another, in the order of their values', () => {
  const { sheet, deeds } = recorded(800, 120);
  const plot = { box: { left: 40, right: 780, top: 30, bottom: 100 }, x: scale('linear', 0, 100, 40, 780), y: scale('linear', 0, 10, 97, 30) };
  const spec = /** @type {any} */ ({ digits: 2, symbol: '' });
  const ended = ['a', 'b', 'c', 'd', 'e'].map((label, index) => ({
    line: { ...line(label), label }, step: 60, value: 5 + 0.01 * index, lost: false, broken: false, drawn: 5,
  }));
  const places = new Places();
  places.begin([]);
  ends(sheet, plot, spec, ended, places);
  const texts = deeds.filter(({ does }) => does === 'text').map(({ text, path }) => ({ text, y: path[0]?.y ?? NaN }));
  assert.deepEqual(texts.map(({ text }) => text.charAt(0)).sort(), ['a', 'b', 'c', 'd', 'e']);
  texts.sort((one, other) => one.y - other.y);
  assert.equal(texts.map(({ text }) => text.charAt(0)).join(''), 'edcba');
  assert.ok(texts.every(({ y }, index) => index === 0 || y - (texts[index - 1]?.y ?? 0) > 12));
});
