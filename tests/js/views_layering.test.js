// @ts-check
/** Facts about the buttons at a graph's layers: what each makes of the net, and which nets are allowed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowed, deeds, hiddenOf } from '../../static/js/views/layering.js';

const BOUNDS = { low: 1, high: 16, most: 6 };

test('hidden layers are those between the first and the last', () => {
  assert.deepEqual(hiddenOf([0, 0, 1, 1, 1, 2, 3, 3]), [3, 1]);
  assert.deepEqual(hiddenOf([0, 1]), []);
});

test('a pair for every column: layers at the ends, units between, and minus undoes plus', () => {
  const units = [4, 5, 6];
  const pairs = deeds(units.length);
  assert.equal(pairs.length, 5);
  assert.deepEqual(pairs.map(([more]) => more?.change(units)), [[4, 4, 5, 6], [5, 5, 6], [4, 6, 6], [4, 5, 7], [4, 5, 6, 6]]);
  for (const [more, less] of pairs) assert.deepEqual(less?.change(more?.change(units) ?? []), units);
  assert.deepEqual(units, [4, 5, 6]);
  const names = pairs.flat().map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.includes('one unit more in layer 2'));
});

test('a net has a layer at least, no empty one, and no more than may be', () => {
  assert.ok(allowed([1], BOUNDS) && allowed([16, 16, 16, 16, 16, 16], BOUNDS));
  for (const units of [[], [0], [17], [1, 1, 1, 1, 1, 1, 1], [8, 0]]) assert.ok(!allowed(units, BOUNDS));
  assert.ok(!allowed([8], undefined));
});
