// @ts-check
/** Tree: valleys hang at their energy, as wide as their basin, and join where the lowest pass between them lies. */

import { Extent, scale, stroke, ticks, valueAxis, label } from '../draw/axes.js';
import { font, picture } from '../draw/canvas.js';
import { ball } from '../draw/marks.js';
import { fixed, short } from '../draw/numbers.js';
import { valueAt } from '../session/frame.js';
import { branches, breadth, nearest, roomy, spacing, standing } from './branches.js';
import { mountCursor } from './cursor.js';
import { GAP, Pictures, cellOf } from './leaves.js';
import { mountReading } from './reading.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/axes.js').Box} Box */
/** @typedef {import('../draw/axes.js').Scale} Scale */
/** @typedef {import('./branches.js').Branch} Branch */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').TreeSpec} TreeSpec */

const BAR = 5;

/**
 * @param {HTMLElement} element @param {TreeSpec} spec @param {import('./types.js').Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountTree(element, spec, context) {
  const pictures = new Pictures();
  /** @type {Frame | null} */
  let frame = null;
  let tree = branches({ shape: [0, 4], data: new Float32Array(0), changed: false });
  let chosen = -1;
  let box = { left: 0, right: 1, top: 0, bottom: 1 };
  let [low, high] = [0, 1];
  const shown = picture(element, paint, summary);
  const here = new AbortController();
  const forget = context.hover?.on(spec.index, () => choose(context.hover?.entry(spec.index) ?? -1));

  /** The leaf below the present state, and its energy. */
  function present() {
    const channel = frame?.channels.get(spec.now);
    return channel ? { leaf: valueAt(channel, 0), energy: valueAt(channel, 1) } : { leaf: -1, energy: NaN };
  }
  /** @param {Sheet} sheet */
  function paint(sheet) {
    if (!tree.leaves.length) return;
    const { leaf, energy } = present();
    const tiles = frame?.channels.get(spec.tiles);
    const [rows, columns] = [tiles?.shape[1] ?? 0, tiles?.shape[2] ?? 0];
    const extent = new Extent('linear');
    extent.addAll([...tree.nodes.map((node) => node.energy), energy]);
    [low, high] = extent.padded(0.04);
    box = boxOf(sheet, low, high);
    const cell = tiles ? cellOf(sheet, rows, columns, spacing(tree.leaves) * (box.right - box.left)) : 0;
    box.bottom -= cell * rows + (BAR + 7) * sheet.unit;
    const x = scale('linear', 0, 1, box.left, box.right);
    const y = scale('linear', low, high, box.bottom, box.top);
    valueAxis(sheet, box, y);
    lines(sheet, x, y);
    const factor = breadth(tree.leaves) * 0.94 * (box.right - box.left);
    tree.leaves.forEach((each, index) => bar(sheet, x(each.x), y(each.energy), each.share * factor, index === leaf));
    if (tiles) {
      const wide = (cell * columns + GAP * sheet.unit) / (box.right - box.left);
      pictures.draw(sheet, tiles, cell, new Set([...roomy(tree.leaves, wide), chosen]), chosen, (index) => {
        const { x: across, energy: height } = /** @type {Branch} */ (tree.leaves[index]);
        return [x(across), y(height) + (BAR + 5) * sheet.unit];
      });
    }
    const below = tree.leaves[leaf];
    if (below && Number.isFinite(energy)) ball(sheet, x(standing(tree.nodes, below, energy).x), y(energy));
  }
  /** @param {Sheet} sheet @param {Scale} x @param {Scale} y */
  function lines({ context: pen, look, unit }, x, y) {
    const way = new Set();
    for (let node = tree.leaves[chosen]; node; node = tree.nodes[node.parent]) way.add(node.row);
    for (const node of tree.nodes) {
      const above = tree.nodes[node.parent];
      pen.lineWidth = (way.has(node.row) ? 3.2 : 1.6) * unit;
      stroke(pen, look.colour.ink, [[x(node.x), y(node.energy)], [x(node.x), above ? y(above.energy) : box.top]]);
    }
    pen.lineWidth = 1.6 * unit;
    for (const { node, from, to } of tree.joins) {
      stroke(pen, look.colour.ink, [[x(from) - 0.8 * unit, y(node.energy)], [x(to) + 0.8 * unit, y(node.energy)]]);
    }
  }
  /** @param {number} index */
  function describe(index) {
    const leaf = tree.leaves[index];
    if (!leaf) return '';
    const above = tree.joins.find(({ node }) => node.row === leaf.parent)?.node;
    const out = above ? `, climb ${short(above.energy - leaf.energy, 3)}` : '';
    return `valley ${index + 1}: E ${fixed(leaf.energy, 2)}, ${fixed(100 * leaf.share, 1)}\u2009% of starts${out}`;
  }
  function read() {
    const leaf = tree.leaves[chosen];
    const x = box.left + (leaf?.x ?? 0) * (box.right - box.left);
    reading?.say(describe(chosen), x, scale('linear', low, high, box.bottom, box.top)(leaf?.energy ?? 0));
  }
  /** @param {number} next */
  function choose(next) {
    if (next === chosen) return;
    chosen = next;
    shown.refresh();
    read();
    context.hover?.point(spec.index, next);
  }
  /** @param {number} leaf */
  const start = (leaf) => leaf >= 0 && spec.press && context.send({ type: 'act', action: spec.press, arguments: { leaf } });
  /** @param {number} x */
  const leafAt = (x) => nearest(tree.leaves, (x - box.left) / (box.right - box.left));

  // A miniature has no hover, and nothing in it can be reached.
  const reading = context.hover ? mountReading(element) : null;
  const cursor = context.hover ? mountCursor(element, {
    name: `${spec.title}: choose a valley with the arrow keys${spec.press ? '; Enter starts a run above it' : ''}`,
    locate: leafAt,
    size: () => ({ columns: tree.leaves.length, count: tree.leaves.length }),
    moved: choose,
    describe,
  }) : null;
  if (cursor && spec.press) {
    element.style.cursor = 'pointer';
    // Not the cursor's own press, which takes touches that want to scroll.
    element.addEventListener('click', (event) => start(leafAt(event.clientX - element.getBoundingClientRect().left)), { signal: here.signal });
    element.addEventListener('keydown', (event) => {
      if (chosen < 0 || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      event.stopPropagation();
      start(chosen);
    }, { signal: here.signal });
  }
  function summary() {
    if (!tree.leaves.length) return `${spec.title}: waiting for the first picture.`;
    const { leaf, energy } = present();
    const count = tree.leaves.length;
    const lowest = Math.min(...tree.leaves.map((each) => each.energy));
    const now = tree.leaves[leaf] ? ` The state is at ${fixed(energy, 2)}, above valley ${leaf + 1} from the left.` : '';
    return `${spec.title}: ${count} ${count === 1 ? 'valley' : 'valleys'}, the deepest at energy ${fixed(lowest, 2)}.${now}`;
  }
  return {
    draw(next) {
      const old = frame;
      frame = next;
      const nodes = next.channels.get(spec.nodes);
      if (nodes && nodes.data !== old?.channels.get(spec.nodes)?.data) tree = branches(nodes);
      if (chosen >= tree.leaves.length) choose(-1);
      const same = [spec.nodes, spec.tiles, spec.now].every((name) => old?.channels.get(name)?.data === next.channels.get(name)?.data);
      if (!same || old?.state !== next.state) shown.refresh(next.state !== 'playing');
      if (chosen >= 0) read();
    },
    resize: () => shown.refresh(),
    destroy() {
      here.abort();
      forget?.();
      cursor?.destroy();
      reading?.destroy();
      shown.destroy();
      element.style.cursor = '';
    },
    summary,
  };
}

/** Room for the axis on the left. @param {Sheet} sheet @param {number} low @param {number} high @returns {Box} */
function boxOf({ context: pen, look, unit, width, height }, low, high) {
  pen.font = font(look.size.tick);
  const widest = Math.max(...ticks('linear', low, high, 5).map((tick) => pen.measureText(label('linear', tick)).width));
  return { left: widest + 12 * unit, right: width - 4 * unit, top: 4 * unit, bottom: height };
}

/** A valley's floor. @param {Sheet} sheet @param {number} x @param {number} y @param {number} width @param {boolean} now */
function bar({ context: pen, look, unit }, x, y, width, now) {
  const wide = Math.max(3 * unit, width);
  pen.fillStyle = look.colour[now ? 'ink' : 'bar'];
  pen.fillRect(x - wide / 2, y, wide, BAR * unit);
}
