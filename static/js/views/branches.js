// @ts-check
/** A tree of valleys and passes as its nodes tell it: who is a leaf, what a pass joins, where a state is. No canvas. */

import { valueAt } from '../session/frame.js';

/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {{row: number, x: number, energy: number, parent: number, share: number}} Branch */
/** @typedef {{nodes: Branch[], leaves: Branch[], joins: {node: Branch, from: number, to: number}[]}} Branches
 * a node above a single other is no join: the trunk, up to where the land ends */

const COLUMNS = 4;

/** @param {Channel} channel (n, 4): x, energy, parent's row, share @returns {Branches} */
export function branches(channel) {
  const count = channel.shape[0] ?? 0;
  const nodes = Array.from({ length: count }, (_, row) => {
    const [x = NaN, energy = NaN, parent = -1, share = 0] =
      Array.from({ length: COLUMNS }, (_, column) => valueAt(channel, row * COLUMNS + column));
    return { row, x, energy, parent, share };
  });
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const { x, parent } of nodes) if (parent >= 0) children.set(parent, [...(children.get(parent) ?? []), x]);
  return {
    nodes,
    leaves: nodes.filter(({ row }) => !children.has(row)),
    joins: nodes.flatMap((node) => {
      const places = children.get(node.row);
      return places && places.length > 1 ? [{ node, from: Math.min(...places), to: Math.max(...places) }] : [];
    }),
  };
}

/** The branch above a leaf that a state of this energy stands on: below the first pass that is higher.
 * @param {Branch[]} nodes @param {Branch} leaf @param {number} energy @returns {Branch} */
export function standing(nodes, leaf, energy) {
  let branch = leaf;
  for (let above = nodes[branch.parent]; above && above.energy < energy; above = nodes[branch.parent]) branch = above;
  return branch;
}

/** How wide a share of 1 may be drawn so that no two leaves' bars meet. @param {Branch[]} leaves @returns {number} ≤ 1 */
export function breadth(leaves) {
  let widest = 1;
  leaves.forEach(({ x, share }, index) => {
    const next = leaves[index + 1];
    if (next && share + next.share > 0) widest = Math.min(widest, (2 * Math.abs(next.x - x)) / (share + next.share));
  });
  return widest;
}

/** The leaf nearest to a place. @param {Branch[]} leaves @param {number} x @returns {number} −1 if there is none */
export function nearest(leaves, x) {
  return leaves.reduce((best, leaf, index) =>
    (best < 0 || Math.abs(leaf.x - x) < Math.abs((leaves[best]?.x ?? NaN) - x) ? index : best), -1);
}

/** How wide pictures may be so that none meets its neighbour's, nor an edge. @param {Branch[]} leaves @returns {number} ≤ 1 */
export const spacing = (leaves) => leaves.reduce((least, { x }, index) =>
  Math.min(least, 2 * x, 2 * (1 - x), x - (leaves[index - 1]?.x ?? -1)), 1);

/** Which leaves' pictures are shown where there is no room for all: those with the largest share, none over another.
 * @param {Branch[]} leaves @param {number} wide a picture's width, as a part of the whole @returns {number[]} leaf numbers */
export function roomy(leaves, wide) {
  const order = leaves.map((_, index) => index).sort((a, b) => (leaves[b]?.share ?? 0) - (leaves[a]?.share ?? 0));
  /** @type {number[]} */
  const shown = [];
  for (const index of order) {
    const x = leaves[index]?.x ?? NaN;
    if (shown.every((other) => Math.abs((leaves[other]?.x ?? NaN) - x) >= wide)) shown.push(index);
  }
  return shown.sort((a, b) => a - b);
}
