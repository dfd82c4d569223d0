// @ts-check
/** Facts about the pure half of basin maps: places, sizes, shares, colours, borders, sentences; and views that come later. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pixel, rgb, tintOf } from '../../static/js/draw/colours.js';
import { NONE, OUTSIDE, borders, faded, isRound, tinted, widened } from '../../static/js/draw/regions.js';
import { tableOf } from '../../static/js/page/table.js';
import { standing } from '../../static/js/views/legend.js';
import { deferred } from '../../static/js/views/later.js';
import { cellAt, corner, fallen, mapped, naming, pictureSide, placed, pointAt, sharesOf, sideOf, timesOf } from '../../static/js/views/shares.js';
import { frame } from './views_frames.js';

/** @param {number} side @param {number} [inner] */
function disc(side, inner = 3) {
  const codes = Uint8Array.from({ length: side * side }, (_, cell) => (Math.hypot(...pointAt(cell, { columns: side, rows: side })) <= 1 ? inner : OUTSIDE));
  return { codes, columns: side, rows: side };
}

test('points and pixels undo each other, with y upwards and row 0 on top', () => {
  const grid = { columns: 8, rows: 4 };
  for (let cell = 0; cell < 32; cell += 1) assert.equal(cellAt(pointAt(cell, grid), grid), cell);
  assert.deepEqual(pointAt(0, { columns: 2, rows: 2 }), [-0.5, 0.5]);
  assert.deepEqual(placed([-1, 1], 200), [0, 0]);
  assert.deepEqual(placed([1, -1], 200), [200, 200]);
  assert.equal(cellAt([9, -9], grid), 31);
});

test('a map has whole device pixels where that costs at most a tenth of its size', () => {
  for (let room = 100; room < 900; room += 7) {
    const side = sideOf(room, 128);
    assert.ok(side <= room && side >= 0.9 * room - 1);
    if (Math.floor(room / 128) * 128 >= 0.9 * room) assert.equal(side % 128, 0);
  }
});

test('pictures of memories never meet, and vanish where they could not be seen', () => {
  for (const count of [2, 6, 12, 40]) {
    const places = Array.from({ length: count }, (_, memory) => /** @type {[number, number]} */ ([
      0.76 * Math.sin((2 * Math.PI * memory) / count), 0.76 * Math.cos((2 * Math.PI * memory) / count)]));
    const size = pictureSide(places, 300, 1);
    assert.ok(size === 0 || (size >= 18 && size * Math.SQRT2 <= 2 * 0.76 * 150 * Math.sin(Math.PI / count) + 1e-9));
    assert.equal(size === 0, count === 40);
  }
});

test('a disc leaves its corners free: as much as Pythagoras says', () => {
  assert.equal(corner(100, 0), 100);
  assert.ok(Math.abs(corner(100, 40) - 20) < 1e-9);
  assert.equal(corner(100, 500), 0);
});

test('the words of a map stand in its corners, beside it or below it, wherever they cover nothing', () => {
  assert.equal(standing({ width: 300, height: 300 }, true, [48, 60], 16, 1), 'corners');
  assert.equal(standing({ width: 300, height: 300 }, false, [48, 60], 16, 1), 'below');
  assert.equal(standing({ width: 500, height: 300 }, false, [48, 60], 16, 1), 'beside');
  assert.equal(standing({ width: 200, height: 200 }, true, [48, 60], 16, 1), 'below');
  assert.equal(standing({ width: 120, height: 90 }, true, [48, 60], 16, 1), 'nowhere');
  assert.equal(standing({ width: 300, height: 300 }, true, [96, 120], 32, 2), 'nowhere');
});

test('discs are told from squares and diamonds, and their rim grows by one pixel of what lies next to it', () => {
  for (const side of [32, 64, 128]) {
    assert.ok(isRound(disc(side)));
    assert.ok(!isRound({ codes: new Uint8Array(side * side), columns: side, rows: side }));
    const diamond = Uint8Array.from({ length: side * side }, (_, cell) => {
      const [x, y] = pointAt(cell, { columns: side, rows: side });
      return Math.abs(x) + Math.abs(y) <= 1 ? 0 : OUTSIDE;
    });
    assert.ok(!isRound({ codes: diamond, columns: side, rows: side }));
  }
  const [small, wide] = [disc(32), widened(disc(32))];
  for (let cell = 0; cell < 1024; cell += 1) {
    if (small.codes[cell] === 3) assert.equal(wide.codes[cell], 3);
    // Every pixel that the circle cuts is filled.
    const [x, y] = pointAt(cell, small);
    if (Math.hypot(Math.max(0, Math.abs(x) - 1 / 32), Math.max(0, Math.abs(y) - 1 / 32)) < 1) assert.equal(wide.codes[cell], 3, `${x}, ${y}`);
  }
});

test('a border runs wherever two regions meet, and nowhere along the rim', () => {
  /** @param {number[]} codes @param {number} columns @param {number} [only] */
  function length(codes, columns, only) {
    let [sum, x, y] = [0, 0, 0];
    borders({ codes: Uint8Array.from(codes), columns, rows: codes.length / columns }, {
      moveTo: (left, top) => void ([x, y] = [left, top]),
      lineTo: (left, top) => void (sum += Math.hypot(left - x, top - y)),
    }, only);
    return sum;
  }
  assert.equal(length([1, 1, 2, 2, 1, 1, 2, 2], 4), 2);
  assert.equal(length([1, OUTSIDE, 2, 2], 2), 1);
  assert.equal(length([1, 2, 3, 3], 2), 3);
  assert.equal(length([1, 2, 3, 3], 2, 1), 2);
  let state = 7;
  const codes = Array.from({ length: 400 }, () => ((state = (state * 16807) % 2147483647) % 3));
  const plain = codes.reduce((sum, code, cell) => sum + Number(cell % 20 < 19 && code !== codes[cell + 1]) + Number(cell < 380 && code !== codes[cell + 20]), 0);
  assert.equal(length(codes, 20), plain);
});

test('a memory has its tint, paler where chance decides; none has tint 0, and off the map is nothing', () => {
  const tints = Array.from({ length: 7 }, (_, tint) => `rgb(${tint * 10}, 100, 200)`);
  const look = /** @type {any} */ ({ tints, colour: { paper: 'rgb(255, 255, 255)', ground: 'rgb(0, 0, 0)' } });
  const pixels = new Uint32Array(5);
  tinted({ codes: Uint8Array.of(0, 7, NONE, OUTSIDE, 0), columns: 5, rows: 1 }, [1, 1, NaN, 1, 0], look, pixels, 9);
  assert.deepEqual([...pixels], [pixel([10, 100, 200]), pixel([20, 100, 200]), pixel([0, 100, 200]), 0,
    faded([10, 100, 200], [255, 255, 255], 0.3)]);
  assert.equal(tintOf(look, 7, 9), tintOf(look, 1, 9));
  assert.deepEqual(rgb(tintOf(look, 5, 9)), [60, 100, 200]);
  for (let count = 2; count < 30; count += 1) {
    for (let each = 0; each < count; each += 1) assert.notEqual(tintOf(look, each, count), tintOf(look, (each + 1) % count, count));
  }
});

test('shares are of the map alone, sum to one, and are said with the memories\u2019 names', () => {
  const regions = { codes: Uint8Array.of(2, 2, 2, 0, NONE, OUTSIDE, OUTSIDE, OUTSIDE), columns: 4, rows: 2 };
  assert.deepEqual([...sharesOf(regions)], [[0, 0.2], [2, 0.6], [NONE, 0.2]]);
  const name = naming({ digit_2: '3' }, 'digit');
  assert.equal(mapped(regions, name), 'of the starts on the map fall 60 % into “3”, 20 % into memory 1, 20 % into no memory');
  const spec = /** @type {import('../../static/js/views/types.js').BasinsSpec} */ ({ kind: 'basins', channel: 'map', index: 'digit' });
  const shown = frame({ words: { digit_2: '3' }, channels: new Map([['map', { shape: [2, 4], data: regions.codes, changed: true }]]) });
  assert.deepEqual(tableOf(spec, shown).rows, [['memory 1', 0.2], ['“3”', 0.6], ['no memory', 0.2]]);
});

test('what is read says how often, from the fewest draws that the share can come from', () => {
  const name = naming({}, '');
  assert.equal(timesOf(0.8), '4 of 5');
  assert.equal(timesOf(200 / 254), '');
  assert.equal(timesOf(Math.round((2 / 3) * 254) / 254), '2 of 3');
  assert.equal(fallen(2, 0.6, name), 'falls into memory 3, 3 of 5 times');
  assert.equal(fallen(2, 1, name), 'falls into memory 3');
  assert.equal(fallen(NONE, 0.4, name), 'falls into no memory, 2 of 5 times');
  assert.equal(fallen(OUTSIDE, 1, name), 'off the map');
});

test('a view that comes later draws the last frame, once; destroyed before, it never begins', async () => {
  /** @type {string[]} */
  const said = [];
  const mount = () => ({ draw: () => void said.push('draw'), resize() {}, destroy: () => void said.push('destroy'), summary: () => 'here' });
  const element = /** @type {any} */ (null);
  const view = deferred(element, 'Map', async () => mount);
  view.draw(frame({}));
  view.draw(frame({ step: 1 }));
  assert.match(view.summary(), /waiting/);
  await new Promise(setImmediate);
  assert.deepEqual(said, ['draw']);
  assert.equal(view.summary(), 'here');
  view.destroy();
  const early = deferred(element, 'Map', async () => (said.push('mounted'), mount));
  early.destroy();
  await new Promise(setImmediate);
  let called = 0;
  const waits = deferred(element, 'Map', async () => mount, () => () => void (called += 1));
  waits.draw(frame({}));
  waits.destroy();
  await new Promise(setImmediate);
  assert.equal(called, 1);
  assert.deepEqual(said, ['draw', 'destroy', 'mounted']);
});
