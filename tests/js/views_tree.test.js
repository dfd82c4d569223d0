// @ts-check
/** Facts about the barrier tree: who is a leaf, what a pass joins, where a state stands, what has room. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableOf } from '../../static/js/page/table.js';
import { branches, breadth, nearest, roomy, spacing, standing } from '../../static/js/views/branches.js';
import { frame } from './views_frames.js';

/** @param {[number, number, number, number][]} rows x, energy, parent, share */
const tree = (rows) => branches({ shape: [rows.length, 4], data: Float32Array.from(rows.flat()), changed: true });

/** Three valleys; the second and third join at −2, all at 1. */
const three = tree([[0.25, -5, 4, 0.5], [0.625, -4, 3, 0.25], [0.875, -3, 3, 0.125], [0.75, -2, 4, 0], [0.5, 1, -1, 0]]);

test('leaves are the nodes that nobody has for a parent, in the order of their rows', () => {
  assert.deepEqual(three.leaves.map(({ row }) => row), [0, 1, 2]);
  assert.deepEqual(tree([[0.5, -1, -1, 1]]).leaves.map(({ row }) => row), [0]);
  assert.deepEqual(tree([]).leaves, []);
});

test('a pass spans from the first to the last of what it joins', () => {
  assert.deepEqual(three.joins.map(({ node, from, to }) => [node.row, from, to]), [[3, 0.625, 0.875], [4, 0.25, 0.75]]);
});

test('a trunk above the highest pass joins nothing, and a state above that pass stands on it', () => {
  const trunk = tree([[0.25, -5, 2, 0.5], [0.75, -4, 2, 0.5], [0.5, -2, 3, 0], [0.5, 1, -1, 0]]);
  assert.deepEqual(trunk.joins.map(({ node }) => node.row), [2]);
  assert.equal(standing(trunk.nodes, /** @type {any} */ (trunk.leaves[0]), 0).row, 2);
});

test('a state stands on the branch that is below the first pass higher than it', () => {
  const leaf = three.leaves[1];
  assert.ok(leaf);
  const rows = [-4, -2.5, -2, -1.9, 0.9, 1, 5].map((energy) => standing(three.nodes, leaf, energy).row);
  assert.deepEqual(rows, [1, 1, 1, 3, 3, 3, 4]);
});

test('bars are as wide as no two of them meet, and never wider than their share', () => {
  const factor = breadth(three.leaves);
  for (const [index, leaf] of three.leaves.entries()) {
    const next = three.leaves[index + 1];
    if (next) assert.ok(leaf.x + (factor * leaf.share) / 2 <= next.x - (factor * next.share) / 2 + 1e-9);
  }
  assert.ok(Math.abs(factor - 1) < 1e-9, 'the first two touch at their full width');
  assert.equal(breadth(tree([[0.2, 0, 2, 0.5], [0.4, 0, 2, 0.5], [0.3, 1, -1, 0]]).leaves).toFixed(6), '0.400000');
  assert.equal(breadth([]), 1);
});

test('pictures as wide as their spacing keep off their neighbours and the edges', () => {
  const wide = spacing(three.leaves);
  assert.equal(wide, 0.25);
  assert.ok(three.leaves.every(({ x }, index) => x >= wide / 2 && x <= 1 - wide / 2 && x - (three.leaves[index - 1]?.x ?? -1) >= wide));
  assert.equal(spacing([]), 1);
});

test('the table leaves out what a pass or the trunk does not have', () => {
  const rows = [[0.25, -5, 2, 0.5], [0.75, -4, 2, 0], [0.5, -2, 3, 0], [0.5, 1, -1, 0]];
  const channels = new Map([['nodes', { shape: [4, 4], data: Float32Array.from(rows.flat()), changed: true }]]);
  const { rows: told } = tableOf(/** @type {any} */ ({ kind: 'tree', nodes: 'nodes' }), frame({ channels }));
  assert.deepEqual(told, [[1, -5, 3, 0.5], [2, -4, 3, 0], [3, -2, 4, ''], [4, 1, '', '']]);
});

test('the pointer meets the nearest leaf', () => {
  assert.deepEqual([0, 0.4, 0.5, 0.74, 0.76, 1].map((x) => nearest(three.leaves, x)), [0, 0, 1, 1, 2, 2]);
  assert.equal(nearest([], 0.5), -1);
});

test('where pictures have no room the largest basins keep theirs, and none lies over another', () => {
  const shares = [0.1, 0.3, 0.05, 0.2, 0.25, 0.1];
  const many = tree([...shares.map((share, index) => /** @type {[number, number, number, number]} */ ([index / 6, 0, 6, share])), [0.5, 1, -1, 0]]);
  assert.deepEqual(roomy(many.leaves, 0.1), [0, 1, 2, 3, 4, 5]);
  const shown = roomy(many.leaves, 0.3);
  assert.ok(shown.includes(1) && !shown.includes(0) && !shown.includes(2));
  shown.forEach((leaf, index) => {
    const next = shown[index + 1];
    if (next !== undefined) assert.ok((many.leaves[next]?.x ?? 0) - (many.leaves[leaf]?.x ?? 0) >= 0.3);
  });
});
