// @ts-check
/** Facts about columns: where the axis ends, that nothing is cropped or overflows, what a state is called. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Places } from '../../static/js/draw/places.js';
import { tableOf } from '../../static/js/page/table.js';
import { Columns } from '../../static/js/views/columns.js';
import { columnTold, columnsSummed } from '../../static/js/views/histogram.js';
import { laidOut, nameOf, percent, roof, unitsOf } from '../../static/js/views/patterns.js';
import { rowsOf } from '../../static/js/views/profile.js';
import { frame, line } from './views_frames.js';
import { recorded } from './views_sheet.js';

/** @type {import('../../static/js/views/types.js').ProfileSpec} */
const spec = {
  kind: 'profile', title: 'Visits', caption: '', detail: '', weight: 3, index: 'state', lines: [line('shares')], style: 'columns',
  scale: 'linear', tiles: 'units', reference: '', now: 'now', theory: [{ label: 'exact', channel: 'exact', value: null }], axis: '',
  ends: ['lowest energy', 'highest energy'], percent: true,
};
/** @param {number[]} values @param {number[]} [shape] */
const channel = (values, shape = [values.length]) => ({ shape, data: Float32Array.from(values), changed: true });

/** So many states of so many units, each half as likely as the one before. @param {number} count @param {number} rows @param {number} [columns] */
const states = (count, rows, columns = 1) => frame({ channels: new Map([
  ['shares', channel(Array.from({ length: count }, (_, entry) => 0.5 ** (entry + 1)))],
  ['exact', channel(Array.from({ length: count }, (_, entry) => 0.4 * 0.6 ** entry))],
  ['units', channel(Array.from({ length: count * rows * columns }, (_, index) => (index >> 1) % 2), [count, rows, columns])],
  ['now', channel([1], [])],
]) });

/** @param {import('../../static/js/views/types.js').ProfileSpec} view @param {import('../../static/js/views/types.js').Frame} shown
 * @param {number} width @param {number} height */
function drawn(view, shown, width, height) {
  const { sheet, deeds } = recorded(width, height);
  const columns = new Columns(view, new Places(), false);
  columns.draw(sheet, shown, rowsOf(view, shown), -1);
  return { columns, deeds, colour: sheet.look.colour };
}

test('bars stand on 0, as high as their shares; the present one is yellow, ringed with its units', () => {
  const { deeds, colour, columns } = drawn(spec, states(8, 3), 600, 300);
  const bars = deeds.filter(({ does, colour: fill }) => does === 'rect' && (fill === colour.bar || fill === colour.now));
  const heights = bars.map(({ path }) => (path[1]?.y ?? 0) - (path[0]?.y ?? 0));
  assert.equal(bars.length, 8);
  assert.equal(new Set(bars.map(({ path }) => path[1]?.y.toFixed(6))).size, 1);
  heights.slice(1).forEach((height, entry) => assert.ok(Math.abs(height / (heights[entry] ?? 1) - 0.5) < 1e-6));
  assert.deepEqual(bars.map(({ colour: fill }) => fill === colour.now), [false, true, ...Array(6).fill(false)]);
  const rings = deeds.filter(({ does, colour: line }) => does === 'box' && line === colour.now);
  assert.equal(rings.length, 1);
  const [left = { x: 0 }, right = { x: 0 }] = rings[0]?.path ?? [];
  assert.ok(Math.abs((left.x + right.x) / 2 - columns.spot(1, 0)[0]) <= 1);
  assert.ok(deeds.some(({ text }) => text === '0\u2009%') && deeds.some(({ text }) => text === 'exact'));
  assert.ok(deeds.some(({ text }) => text === 'lowest energy') && deeds.some(({ text }) => text === 'highest energy'));
});

test('a dash stands over every bar at its exact height', () => {
  const { deeds, colour, columns } = drawn(spec, states(8, 3), 600, 300);
  const dashes = deeds.filter(({ does, path, colour: line }) => does === 'stroke' && path.length === 16 && line === colour.ink);
  assert.equal(dashes.length, 1);
  dashes[0]?.path.forEach(({ y }, end) => assert.ok(Math.abs(y - columns.spot(0, 0.4 * 0.6 ** Math.floor(end / 2))[1]) < 1e-3));
});

test('nothing leaves the picture, and no column is lost, from 1 to 256 of them, on a phone too', () => {
  for (const [count, rows, columns] of [[1, 1, 1], [4, 2, 1], [32, 5, 1], [32, 3, 3], [64, 6, 1], [64, 3, 3], [256, 8, 1]]) {
    for (const [width = 0, height = 0] of [[358, 240], [690, 330], [1100, 520], [240, 120]]) {
      const { deeds, colour } = drawn(spec, states(count ?? 1, rows ?? 1, columns), width, height);
      assert.equal(deeds.filter(({ does, colour: fill }) => does === 'rect' && (fill === colour.bar || fill === colour.now)).length, count);
      for (const { path, does, text } of deeds) {
        for (const { x, y } of path) assert.ok(x >= -0.5 && x <= width + 0.5 && y >= -0.5 && y <= height + 0.5, `${does} ${text} ${x} ${y} in ${width} × ${height}, ${count}`);
      }
    }
  }
});

test('a column is found under the pointer where it is drawn', () => {
  const { columns } = drawn(spec, states(32, 5), 690, 330);
  for (let entry = 0; entry < 32; entry += 1) assert.equal(columns.entryAt(columns.spot(entry, 0)[0]), entry);
  assert.equal(columns.entryAt(1), -1);
  assert.equal(columns.entryAt(690), -1);
});

test('what is no number is crossed out, and below 0 bars hang down', () => {
  const odd = frame({ channels: new Map([['shares', channel([1, NaN, -0.5])]]) });
  const plain = { ...spec, tiles: '', now: '', theory: [], percent: false };
  const { deeds, colour, columns } = drawn(plain, odd, 400, 200);
  const bars = deeds.filter(({ does, colour: fill }) => does === 'rect' && fill === colour.bar);
  assert.deepEqual(bars.map(({ path }) => (path[0]?.y ?? 0) < columns.spot(0, 0)[1] - 1), [true, false]);
  assert.ok(deeds.some(({ colour: line, does }) => does === 'stroke' && line === colour.minus));
});

test('the axis ends above all values, at a round number, and keeps still while that serves', () => {
  for (let value = 1e-6; value < 1e6; value *= 1.07) {
    const high = roof(value, 0);
    assert.ok(high >= value && high <= 1.5 * value, String(value));
    assert.equal(Number(high.toPrecision(2)), high);
    assert.equal(roof(value * 0.97, high), high);
    assert.ok(roof(value * 2, high) >= value * 2);
    assert.ok(roof(value / 4, high) < high);
  }
  assert.equal(roof(0, 0), 1);
  assert.equal(roof(NaN, 0.2), 0.2);
});

test('shares are told in per cent, the small ones too', () => {
  assert.deepEqual([0.0891, 1, 0, 0.0003, 0.012].map(percent),
    ['8.9\u2009%', '100.0\u2009%', '0.0\u2009%', '0.03\u2009%', '1.2\u2009%']);
});

test('units have whole pixels, two at least where columns are wide enough, and never touch the next column', () => {
  for (const pitch of [3, 5, 9.7, 20, 60]) {
    for (const shape of [[32, 5, 1], [32, 3, 3], [32, 12, 1]]) {
      for (const ratio of [1, 2, 3]) {
        const { rows, columns, cell } = laidOut(shape, pitch, 120, { unit: 1, ratio });
        assert.equal(rows * columns, (shape[1] ?? 0) * (shape[2] ?? 0));
        assert.ok(cell >= 2 && cell * columns < pitch && cell * rows <= 120, `${pitch} ${shape} ${ratio}: ${cell}`);
        assert.ok(Math.abs(cell * ratio - Math.round(cell * ratio)) < 1e-9);
      }
    }
  }
  assert.equal(laidOut([24, 3, 3], 26, 120, { unit: 1, ratio: 1 }).columns, 3);
  assert.equal(laidOut([64, 3, 3], 5, 120, { unit: 1, ratio: 1 }).columns, 1);
  assert.equal(laidOut([4096, 12, 1], 0.2, 120, { unit: 1, ratio: 1 }).cell, 0);
});

test('units are on or off, whichever two numbers they come as, and name their state', () => {
  assert.deepEqual(unitsOf(channel([0, 1, 0.5])), [0, 1, 0.5]);
  assert.deepEqual(unitsOf(channel([-1, 1, 0])), [0, 1, 0.5]);
  assert.deepEqual(unitsOf({ shape: [2], data: Uint8Array.from([0, 254]), low: 0, high: 1, changed: true }), [0, 1]);
  const shown = states(4, 3);
  assert.deepEqual([0, 1, 2, 3].map((entry) => nameOf(spec, shown, entry)), ['001', '100', '110', '011']);
  assert.equal(nameOf(spec, { ...shown, words: { state_1: 'the target' } }, 1), 'the target');
  assert.equal(nameOf({ ...spec, tiles: '' }, shown, 1), '2');
  assert.equal(nameOf(spec, states(4, 17), 1), '2');
});

test('a column is read with its theory, all of them in a sentence', () => {
  const shown = states(4, 3);
  assert.equal(columnTold(spec, shown, 1), '100: 25.0\u2009%, exact 24.0\u2009%');
  assert.equal(columnsSummed(spec, shown), 'Visits: 4 columns, from lowest energy to highest energy. Highest 001: 50.0\u2009%, exact 40.0\u2009%. '
    + 'Now 100: 25.0\u2009%, exact 24.0\u2009%.');
  assert.equal(columnsSummed(spec, null), 'Visits: waiting for the first picture.');
  const nameless = { ...spec, theory: [{ label: '', channel: 'exact', value: null }] };
  assert.equal(columnTold(nameless, shown, 1), '100: 25.0\u2009%, theory 24.0\u2009%');
  assert.equal(columnTold({ ...spec, percent: false, theory: [] }, shown, 0), '001: 0.50');
});

test('the table names states by their units and puts theory beside what was measured', () => {
  const { head, rows } = tableOf(spec, states(4, 3));
  assert.deepEqual(head, ['state', 'Visits', 'exact']);
  assert.deepEqual(rows[1], ['100', 0.25, 0.24]);
  const lying = tableOf({ ...spec, style: 'bars' }, states(4, 3));
  assert.deepEqual([lying.head, lying.rows[1]], [['state', 'Visits'], [2, 0.25]]);
});
