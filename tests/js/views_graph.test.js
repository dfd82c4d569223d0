// @ts-check
/** Facts about units and links: which links are drawn and how wide, where units stand, what is said of them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contrast, inkOn, shade } from '../../static/js/draw/shades.js';
import { rgb } from '../../static/js/draw/colours.js';
import { tableOf } from '../../static/js/page/table.js';
import { graphed } from '../../static/js/views/circles.js';
import { DRAWN, lacking, linked, linksOf, netOf, netSummed, pull, unitRead, unitTold } from '../../static/js/views/links.js';
import { groups, nearestUnit, seats } from '../../static/js/views/seats.js';
import { frame } from './views_frames.js';
import { lookOf, recorded } from './views_sheet.js';

/** @type {import('../../static/js/views/types.js').GraphSpec} */
const spec = {
  kind: 'graph', title: 'The machine', caption: '', detail: '', weight: 2, index: 'unit', weights: 'weights', states: 'states',
  layout: 'ring', layers: 'layers', now: 'now', held: 'held', press: 'turn',
};
/** @param {number[]} values @param {number[]} [shape] */
const channel = (values, shape = [values.length]) => ({ shape, data: Float32Array.from(values), changed: true });

/** A machine of four units: 1–2 +2, 1–3 −1, 2–3 +0.5, 3–4 −4. */
const WEIGHTS = [0, 2, -1, 0, 2, 0, 0.5, 0, -1, 0.5, 0, -4, 0, 0, -4, 0];
const four = frame({
  words: { unit_3: 'out' },
  channels: new Map([
    ['weights', channel(WEIGHTS, [4, 4])], ['states', channel([1, 0, 1, 0])], ['layers', channel([0, 0, 1, 0])],
    ['held', channel([0, 1, 0, 0])], ['now', channel([2], [])],
  ]),
});

/** A machine of so many units, all linked, no two alike. @param {number} count */
function dense(count) {
  const weights = new Float32Array(count * count);
  for (let from = 0; from < count; from += 1) {
    for (let to = from + 1; to < count; to += 1) {
      weights[from * count + to] = weights[to * count + from] = Math.sin(1 + 17 * from + 31.7 * to) * 3;
    }
  }
  return frame({ channels: new Map([['weights', channel([...weights], [count, count])]]) });
}

test('a pair is linked once, weakest first; nothing and no number are no link; of two directions the stronger counts', () => {
  assert.deepEqual(linked(WEIGHTS, 4).map(({ from, to, weight }) => [from, to, weight]), [[1, 2, 0.5], [0, 2, -1], [0, 1, 2], [2, 3, -4]]);
  assert.deepEqual(linked([0, 1, -3, 0], 2), [{ from: 0, to: 1, weight: -3 }]);
  assert.deepEqual(linked([9, NaN, NaN, 9], 2), []);
  assert.deepEqual(linked([], 0), []);
});

test("what its links add to a unit is that row of W times the states, and a unit's links come strongest first", () => {
  const net = netOf(spec, four);
  for (let unit = 0; unit < 4; unit += 1) {
    const row = WEIGHTS.slice(4 * unit, 4 * unit + 4);
    assert.equal(pull(net, unit), row.reduce((sum, weight, other) => sum + weight * (net.states[other] ?? NaN), 0));
  }
  assert.deepEqual(linksOf(net, 2), [{ other: 3, weight: -4 }, { other: 0, weight: -1 }, { other: 1, weight: 0.5 }]);
  const unknown = netOf({ ...spec, states: '' }, four);
  assert.ok(Number.isNaN(pull(unknown, 0)));
});

test('a unit is told with its state, what is done to it, its field and its strongest links, by their names', () => {
  const net = netOf(spec, four);
  assert.equal(unitTold(net, 2), 'Unit 3: on, links add −1.00, deciding now; strongest −4.00 to out, −1.00 to 1, +0.50 to 2');
  assert.equal(unitTold(net, 1), 'Unit 2: off, held, links add +2.50; strongest +2.00 to 1, +0.50 to 3');
  assert.equal(netSummed(spec, net), 'The machine: 4 units in a ring, 1 of them hidden, 4 links, 2 positive; '
    + 'strongest 3 to out, −4.00; on: 1, 3; held: 2; unit 3 decides now.');
  assert.equal(unitRead(net, 2), '3: on, links add −1.00');
  assert.equal(unitRead(net, 3), 'out: off, links add −4.00');
  const bare = netOf({ ...spec, states: '', held: '', now: '', layers: '' }, four);
  assert.equal(unitTold(bare, 3), 'Unit out: state not known; strongest −4.00 to 3');
  assert.equal(netSummed({ ...spec, layout: 'layers' }, bare), 'The machine: 4 units in 1 layer, 4 links, 2 positive; strongest 3 to out, −4.00.');
});

test('a state between off and on is told as a number', () => {
  const half = frame({ channels: new Map([['weights', channel([0], [1, 1])], ['states', channel([0.25])]]) });
  assert.equal(unitTold(netOf(spec, half), 0), 'Unit 1: state 0.25; no links');
});

test('lines are as wide as their weights are strong, drawn weakest first, + and − in colours of their own', () => {
  const { sheet, deeds } = recorded(300, 300);
  graphed(sheet, 'ring', netOf(spec, four), -1);
  const { plus, minus } = sheet.look.colour;
  const lines = deeds.filter(({ does, colour }) => does === 'stroke' && (colour === plus || colour === minus));
  assert.deepEqual(lines.map(({ colour }) => colour), [plus, minus, plus, minus]);
  const each = (lines[3]?.line ?? 0) / 4;
  assert.deepEqual(lines.map(({ line }) => Number((line / each).toFixed(6))), [0.5, 1, 2, 4].map((weight) => Math.max(weight, Number((0.7 / each).toFixed(6)))));
});

test('of many links the strongest are drawn, and the page says so in the picture and aloud', () => {
  const net = netOf({ ...spec, states: '', layers: '', held: '', now: '' }, dense(64));
  const { sheet, deeds } = recorded(320, 320);
  graphed(sheet, 'ring', net, -1);
  const lines = deeds.filter(({ does, path }) => does === 'stroke' && path.length === 2 && path.every(({ x, y }) => x > 0 && y > 0))
    .filter(({ colour }) => colour === sheet.look.colour.plus || colour === sheet.look.colour.minus);
  assert.equal(lines.length, DRAWN);
  assert.equal(net.links.length, 2016);
  assert.equal(lacking(net), 'the 200 strongest of 2\u2009016 links');
  assert.ok(deeds.some(({ text }) => text === lacking(net)));
  assert.match(netSummed(spec, net), /only the 200 strongest of 2\u2009016 links are drawn\.$/);
  assert.equal(lacking(netOf(spec, four)), '');
});

test('the unit being read shows all its links, over all others, which step back', () => {
  const net = netOf(spec, dense(40));
  const { sheet, deeds } = recorded(320, 320);
  graphed(sheet, 'ring', net, 7);
  const { plus, minus } = sheet.look.colour;
  const lines = deeds.filter(({ does, colour }) => does === 'stroke' && (colour === plus || colour === minus));
  const bright = lines.findIndex(({ alpha }) => alpha === 1);
  assert.equal(lines.length - bright, 39);
  assert.ok(lines.slice(bright).every(({ alpha }) => alpha === 1) && lines.slice(0, bright).every(({ alpha }) => alpha < 0.3));
});

test('nothing leaves the picture, in either layout, however many units and however long their names', () => {
  for (const count of [1, 2, 5, 16, 64]) {
    for (const layout of /** @type {const} */ (['ring', 'layers'])) {
      for (const name of ['', 'memory']) {
        const words = name ? Object.fromEntries(Array.from({ length: count }, (_, unit) => [`unit_${unit}`, `${name} ${unit}`])) : {};
        const channels = new Map([...dense(count).channels, ['held', channel(Array(count).fill(1))], ['now', channel([0], [])],
          ['layers', channel(Array.from({ length: count }, (_, unit) => Number(unit >= count / 2)))]]);
        const { sheet, deeds } = recorded(280, 190);
        const { radius } = graphed(sheet, layout, netOf(spec, frame({ channels, words })), -1);
        assert.ok(radius > 1);
        for (const { path, does } of deeds) {
          for (const { x, y } of path) assert.ok(x >= -0.5 && x <= 280.5 && y >= -0.5 && y <= 190.5, `${does} at ${x}, ${y}: ${count} ${layout} ${name}`);
        }
      }
    }
  }
});

test('a ring is a ring, its first unit on top, its hidden units further apart from the others than from one another', () => {
  const room = { width: 200, height: 160, margin: { x: 20, y: 20 } };
  const { at, spacing } = seats('ring', [0, 0, 0, 0, 1, 1], room);
  for (const [x, y] of at) assert.ok(Math.abs(Math.hypot(x - 100, y - 80) - 60) < 1e-9);
  assert.deepEqual(at[0], [100, 20]);
  const far = (/** @type {number} */ one, /** @type {number} */ other) => Math.hypot((at[one]?.[0] ?? 0) - (at[other]?.[0] ?? 0), (at[one]?.[1] ?? 0) - (at[other]?.[1] ?? 0));
  assert.ok(far(3, 4) > 1.4 * far(4, 5) && far(5, 0) > 1.4 * far(4, 5));
  assert.ok(Math.abs(spacing - far(4, 5)) < 1e-9);
});

test('an oval fills what room there is, and its units stand as far from one another along it', () => {
  const room = { width: 300, height: 120, margin: { x: 20, y: 20 } };
  const circle = seats('ring', Array(8).fill(0), room);
  const { at, spacing } = seats('ring', Array(8).fill(0), room, 2);
  assert.deepEqual(at[0], [150, 20]);
  for (const [x, y] of at) assert.ok(Math.abs(((x - 150) / 80) ** 2 + ((y - 60) / 40) ** 2 - 1) < 1e-6);
  const gaps = at.map(([x, y], unit) => Math.hypot(x - (at[(unit + 1) % 8]?.[0] ?? 0), y - (at[(unit + 1) % 8]?.[1] ?? 0)));
  assert.ok(Math.min(...gaps) > 0.85 * Math.max(...gaps) && spacing > 1.3 * circle.spacing);
  const upright = seats('ring', Array(8).fill(0), { width: 120, height: 300, margin: { x: 20, y: 20 } }, 2);
  assert.deepEqual(upright.at[0], [60, 70]);
});

test('layers go from left to right, each in the order of its units', () => {
  const layers = [1, 0, 1, 0, 0, 2];
  assert.deepEqual(groups(layers), [[1, 3, 4], [0, 2], [5]]);
  const { at } = seats('layers', layers, { width: 300, height: 200, margin: { x: 20, y: 20 } });
  assert.deepEqual([1, 3, 4, 0, 2, 5].map((unit) => at[unit]?.[0]), [20, 20, 20, 150, 150, 280]);
  assert.ok((at[1]?.[1] ?? 0) < (at[3]?.[1] ?? 0) && (at[0]?.[1] ?? 0) < (at[2]?.[1] ?? 0));
  assert.equal(at[5]?.[1], 100);
});

test('the pointer meets the nearest unit within reach', () => {
  /** @type {[number, number][]} */
  const at = [[10, 10], [50, 10]];
  assert.equal(nearestUnit(at, 28, 10, 22), 0);
  assert.equal(nearestUnit(at, 33, 10, 22), 1);
  assert.equal(nearestUnit(at, 30, 40, 22), -1);
  assert.equal(nearestUnit([], 0, 0, 22), -1);
});

test('numbers stay legible on every state, in both themes', () => {
  for (const look of [lookOf('light'), lookOf('dark')]) {
    for (let state = 0; state <= 1; state += 0.02) {
      assert.ok(contrast(rgb(inkOn(look, state)), rgb(shade(look, state))) >= 3.9, `${look.dark} ${state}`);
    }
    for (const state of [0, 1]) assert.ok(contrast(rgb(inkOn(look, state)), rgb(shade(look, state))) >= 7);
    assert.equal(shade(look, NaN), look.colour.paper);
  }
  assert.ok(Math.abs(contrast([255, 255, 255], [0, 0, 0]) - 21) < 1e-9);
});

test('the table has a row a unit: its name, its state, the weights of its links', () => {
  const { head, rows } = tableOf(spec, four);
  assert.deepEqual(head, ['unit', 'state', 'weight to 1', 'weight to 2', 'weight to 3', 'weight to out']);
  assert.deepEqual(rows[3], ['out', 0, 0, 0, -4, 0]);
  assert.equal(rows.length, 4);
});
