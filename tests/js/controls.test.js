// @ts-check
/** What controls compute without a page: places on tracks, typed numbers, words for values, announcements, tables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parts, spoken } from '../../static/js/controls/live.js';
import * as pace from '../../static/js/controls/pace.js';
import { seedOf } from '../../static/js/controls/seed.js';
import { nudged, position, snapped, ticks, typed, valueAt, words } from '../../static/js/controls/scale.js';
import { announcer } from '../../static/js/controls/verdict.js';
import { decimals, fixed, parse, power, scientific, short, typeset } from '../../static/js/draw/numbers.js';
import { connectionWords } from '../../static/js/page/notices.js';
import { parted } from '../../static/js/controls/widths.js';
import { answerTo } from '../../static/js/page/diverged.js';
import { shortest } from '../../static/js/page/exact.js';
import { csv, tableOf } from '../../static/js/page/table.js';

/** @typedef {import('../../static/js/controls/scale.js').Scale} Scale */
/** @type {Scale} */ const NOISE = { low: 0, high: 0.5, step: 0.01, scale: 'linear', integer: false };
/** @type {Scale} */ const RATE = { low: 1e-4, high: 10, step: 0.1, scale: 'log', integer: false };
/** @type {Scale} */ const COUNT = { low: 1, high: 64, step: 1, scale: 'log', integer: true };
/** @type {Scale} */ const LAYERS = { low: 1, high: 30, step: 1, scale: 'linear', integer: true };
const ALL = [NOISE, RATE, COUNT, LAYERS];

test('numbers: thin spaces, true minus, powers of ten', () => {
  assert.equal(typeset('-12480.5'), '−12\u2009480.5');
  assert.equal(fixed(-140.52, 1), '−140.5');
  assert.equal(fixed(-0.001, 2), '−1.0\u2009×\u200910⁻³');
  assert.equal(fixed(-0, 2), '0.00');
  assert.equal(fixed(NaN), 'not a number');
  assert.equal(fixed(-Infinity), '−∞');
  assert.equal(short(0.1), '0.1');
  assert.equal(short(1e-9), '10⁻⁹');
  assert.equal(short(2.5e-9), '2.5\u2009×\u200910⁻⁹');
  assert.equal(short(12480), '12\u2009480');
  assert.equal(scientific(4.1e9), '4.1\u2009×\u200910⁹');
  assert.deepEqual([power(0), power(1), power(-9)], ['1', '10', '10⁻⁹']);
  assert.deepEqual([0.05, 1, 1e-4, 0.25].map(decimals), [2, 0, 4, 2]);
});

test('what is printed can be typed: parse undoes short, and rejects what is no number', () => {
  for (const value of [0, 1, -1, 0.36, -140, 12480, 1e-9, 2.5e-9, -3e-5, 1e8, 0.001]) {
    assert.equal(parse(short(value)), value, short(value));
    assert.equal(parse(String(value)), value);
  }
  assert.equal(parse(' 0,5 '), 0.5);
  assert.equal(parse('10^-4'), 1e-4);
  assert.equal(parse('2.5e-3'), 0.0025);
  for (const text of ['', 'abc', '1.2.3', '--1', '1e', '0x10', 'Infinity', 'NaN', '1 of 2']) {
    assert.ok(Number.isNaN(parse(text)), text);
  }
  assert.equal(typed('5 ms', 'ms'), 5);
});

test('place and value undo each other at every value on the grain', () => {
  for (const scale of ALL) {
    assert.deepEqual([position(scale, scale.low), position(scale, scale.high)], [0, 1]);
    for (let at = 0; at <= 1; at += 0.01) {
      const value = valueAt(scale, at);
      assert.ok(value >= scale.low && value <= scale.high);
      assert.equal(valueAt(scale, position(scale, value)), value);
      assert.equal(snapped(scale, value), value);
      if (scale.integer) assert.ok(Number.isInteger(value));
    }
  }
  assert.equal(valueAt(NOISE, 0.6), 0.3);
  assert.equal(position(RATE, 0.1), 0.6);
});

test('arrow keys move every slider from end to end, always by something, never beyond', () => {
  for (const scale of ALL) {
    for (const [start, end, count] of [[scale.low, scale.high, 1], [scale.high, scale.low, -1]]) {
      let [value, presses] = [start ?? 0, 0];
      while (value !== end && presses < 1000) {
        const moved = nudged(scale, value, count ?? 0);
        assert.ok((moved - value) * (count ?? 0) > 0, `${value} → ${moved}`);
        [value, presses] = [moved, presses + 1];
      }
      assert.equal(value, end);
      assert.equal(nudged(scale, value, count ?? 0), end);
    }
  }
  assert.equal(nudged(NOISE, 0.29, 1), 0.3);
  assert.equal(nudged(NOISE, 0.1, 10), 0.2);
});

test('a value is shown on its grain, one typed finer in full', () => {
  assert.equal(words(NOISE, 0.3), '0.30');
  assert.equal(words(NOISE, 0.123), '0.123');
  assert.equal(words({ ...NOISE, low: -1 }, -0.5), '−0.50');
  assert.equal(words(COUNT, 48), '48');
  assert.equal(words(RATE, 0.1), '0.1');
});

test('ticks: decades with labels, doublings between powers of two, none on a line', () => {
  assert.deepEqual(ticks(RATE).map(({ label }) => label), ['10⁻⁴', '', '10⁻²', '', '1', '']);
  assert.deepEqual(ticks({ ...COUNT, high: 512 }).map(({ label }) => label).filter(Boolean), ['1', '8', '64', '512']);
  assert.deepEqual(ticks(NOISE), []);
});

test('speed: ends, keys, and what stands beside the slider', () => {
  assert.equal(pace.speedAt(1), null);
  assert.equal(pace.speedAt(0), pace.SLOWEST);
  assert.equal(pace.position(null), 1);
  for (const speed of [1, 2.5, 40, 120, 10000]) assert.equal(pace.speedAt(pace.position(speed)), speed);
  /** @type {number | null} */ let speed = pace.SLOWEST;
  let presses = 0;
  for (; speed !== null && presses < 100; presses += 1) speed = pace.nudged(speed, 1);
  assert.equal(speed, null);
  for (; speed !== pace.SLOWEST && presses < 200; presses += 1) speed = pace.nudged(speed, -1);
  assert.equal(speed, pace.SLOWEST);
  assert.equal(pace.nudged(pace.nudged(40, 3), -3), 40);
  assert.deepEqual([pace.nudged(41, 1), pace.nudged(41, -1), pace.nudged(2e6, -1)], [50, 40, 10000]);
  assert.equal(pace.words(40, 40, 'minibatch'), '40/s');
  assert.equal(pace.words(40, 40, 'update'), '40 updates/s');
  assert.equal(pace.words(10000, 2345, 'update'), '2\u2009300 of 10\u2009000/s');
  assert.equal(pace.words(null, 0, 'step'), 'as fast as possible');
  assert.equal(pace.words(null, 52000, 'minibatch'), 'max, 52\u2009000/s');
});

test('captions: braces become live numbers', () => {
  assert.deepEqual(parts('{wrong} units of {all:0}.'), [
    { channel: 'wrong', digits: '' }, ' units of ', { channel: 'all', digits: '0' }, '.',
  ]);
  assert.deepEqual(parts('none, not { even this }'), ['none, not { even this }']);
  assert.deepEqual([spoken(3, undefined), spoken(0.256, undefined), spoken(3, '1')], ['3', '0.26', '3.0']);
});

test('the verdict is announced at most every 5 s, as it last was, and nothing outdated stays', () => {
  let now = 0;
  /** @type {{at: number, task: () => void} | null} */ let timer = null;
  /** @param {number} to */
  const until = (to) => {
    now = to;
    const due = /** @type {{at: number, task: () => void} | null} */ (timer);
    if (due && due.at <= now) {
      timer = null;
      due.task();
    }
  };
  /** @type {string[]} */ const said = [];
  const aloud = announcer((sentence) => said.push(sentence), {
    now: () => now,
    after: (milliseconds, task) => (timer = { at: now + milliseconds, task }),
    cancel: () => (timer = null),
  });
  aloud.hear('nothing yet');
  until(0);
  aloud.hear('0 in 10');
  aloud.hear('0 in 99');
  until(4999);
  assert.deepEqual(said, ['nothing yet']);
  until(5000);
  aloud.hear('0 in 200');
  until(9999);
  assert.deepEqual(said, ['nothing yet', '0 in 99']);
  until(20000);
  assert.deepEqual(said, ['nothing yet', '0 in 99', '0 in 200']);
  aloud.hear('0 in 200');
  until(30000);
  assert.deepEqual(said.length, 3);
});

test('the connection strip: silent for 2 s, then the age of the picture and the next attempt', () => {
  const lost = { phase: /** @type {const} */ ('lost'), retryAt: 6000, frameAt: 1000, stale: false, reason: '' };
  assert.equal(connectionWords(lost, 2500, 1500), null);
  assert.deepEqual(connectionWords(lost, 5000, 1500),
    { bold: 'Connection lost.', rest: ' This picture is 4\u2009s old. Trying again in 1\u2009s.' });
  assert.equal(connectionWords({ ...lost, phase: 'open' }, 9000, 0), null);
  assert.equal(connectionWords({ ...lost, phase: 'open', stale: true }, 9000, 0)?.bold, 'The server is not answering.');
  assert.deepEqual(connectionWords({ ...lost, reason: 'The server is full.', retryAt: Infinity, frameAt: NaN }, 0, 0),
    { bold: 'The server is full.', rest: '' });
});

test('a view as rows: curves with vectors, images, not-finite bytes, and quoting', () => {
  const frame = /** @type {any} */ ({
    stride: 2,
    words: { digit_1: '7' },
    series: new Map([
      ['loss', { width: 1, values: Float32Array.of(2, 1), rows: 2 }],
      ['overlap', { width: 2, values: Float32Array.of(1, 2, 3, 4), rows: 2 }],
    ]),
    channels: new Map([
      ['x', { shape: [2, 1, 2], data: Uint8Array.of(0, 127, 254, 255), low: -1, high: 1, changed: true }],
    ]),
  });
  const lines = [{ channel: 'loss', label: 'a "loss", in nats' }, { channel: 'overlap', label: '' }];
  const curves = /** @type {any} */ ({ kind: 'curves', lines, index: 'digit' });
  const table = tableOf(curves, frame);
  assert.deepEqual(table.rows, [[2, 2, 1, 2], [4, 1, 3, 4]]);
  assert.deepEqual(csv(table, 'seed 1 · step 4').split('\r\n').slice(0, 2),
    ['# seed 1 · step 4', 'step,"a ""loss"", in nats",overlap 1,overlap 7']);
  const images = tableOf(/** @type {any} */ ({ kind: 'tiles', channel: 'x' }), frame);
  const note = 'sent in 255 levels, ± 0.0039';
  const rows = [[1, 1, -1, 0], [2, 1, 1, NaN]];
  assert.deepEqual(images, { head: ['image', 'row', '1', '2'], rows, note, late: false });
  assert.equal(csv(images, 'run').split('\r\n')[1], `# ${note}`);
});

test('numbers of a table: a level never claims more digits than it has, nor fewer than tell it from the next', () => {
  for (const [low, high] of [[-0.048, 0.048], [0, 1], [-3e4, 2e4], [-1e-9, 4e-9]]) {
    const x = { shape: [255, 1], data: Uint8Array.from({ length: 255 }, (_, level) => level), low, high, changed: true };
    const frame = /** @type {any} */ ({ channels: new Map([['x', x]]) });
    const { rows } = tableOf(/** @type {any} */ ({ kind: 'matrix', channel: 'x' }), frame);
    const values = rows.map((row) => Number(row[1]));
    const level = ((high ?? 0) - (low ?? 0)) / 254;
    assert.equal(new Set(values).size, 255);
    values.forEach((value, index) => assert.ok(Math.abs(value - ((low ?? 0) + index * level)) <= level / 2));
  }
});

test('a 32-bit float is written with the fewest digits that name it', () => {
  for (const value of [0.1, 0.3, 2.3025851, 1e-9, 16777216, -45.5, 3.4e38]) {
    assert.equal(shortest(Math.fround(value)), value);
  }
  for (let count = 0, value = 1.1; count < 200; count += 1, value = (value * 1.7) % 1e6) {
    assert.equal(Math.fround(shortest(Math.fround(value))), Math.fround(value));
  }
  assert.ok(Number.isNaN(shortest(NaN)));
  assert.equal(shortest(-Infinity), -Infinity);
});

test('a seed is a whole number from 0 to 2³¹ − 1', () => {
  assert.deepEqual(['0', ' 42 ', '2\u2009147\u2009483\u2009647'].map(seedOf), [0, 42, 2 ** 31 - 1]);
  for (const text of ['abc', '−1', '-1', '7.5', '2147483648', '']) assert.ok(Number.isNaN(seedOf(text)), text);
});

test('ways on after a divergence: change and begin again, or back to the last finite step', () => {
  assert.deepEqual(answerTo({ label: 'Rate 1', parameters: { learning_rate: 1 } }, 3),
    { label: 'Rate 1', messages: [{ type: 'set', parameter: 'learning_rate', value: 1 }] });
  assert.deepEqual(answerTo({ label: 'Rewind', parameters: {} }, 3),
    { label: 'Rewind to step 3', messages: [{ type: 'rewind', step: 3 }] });
  assert.deepEqual(answerTo({ label: 'Rewind', parameters: {} }, 0).messages,
    [{ type: 'rewind', step: 0 }, { type: 'pause' }]);
  assert.deepEqual(answerTo({ label: 'Let A go on', parameters: {}, action: 'let_go' }, 3),
    { label: 'Let A go on', messages: [{ type: 'act', action: 'let_go', arguments: {} }] });
});

test('numbers in a row are read however they are parted', () => {
  for (const text of ['8-8-4', '8 8 4', ' 8, 8,4 ', '8.8.4', '08–8–4']) assert.equal(parted(text), '8-8-4');
  assert.equal(parted('wide'), '');
});
