// @ts-check
/** The session half of the page against hand-made bytes, a fake WebSocket and a fake clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, number, stepOf, valueAt } from '../../static/js/session/frame.js';
import { read, write } from '../../static/js/session/link.js';
import { appended, next } from '../../static/js/session/past.js';
import { Pull } from '../../static/js/session/pull.js';
import { Connection } from '../../static/js/session/socket.js';

const BASICS = {
  run: 1, step: 3, state: 'playing', speed_measured: 10, time: 1.5, sentence: '0 rises: holds so far.',
  verdict: { number: '0', line: 'rises', word: 'holds', note: '' }, position: { sweep: '0.01' },
  stride: 1, start: 0, rows: 3, unchanged: [],
};

/**
 * Packs arrays as the protocol says, with plain DataView writes.
 * @param {Record<string, any>} header @param {Record<string, any>} channels @param {Record<string, any>} series
 */
function packed(header, channels, series) {
  /** @type {number[]} */ const bytes = [];
  /** @param {Record<string, any>} arrays */
  const place = (arrays) => Object.fromEntries(Object.entries(arrays).map(([name, { values, ...rest }]) => {
    while (bytes.length % 8) bytes.push(0);
    const offset = bytes.length;
    bytes.push(...new Uint8Array(values.buffer));
    return [name, { ...rest, offset }];
  }));
  const full = { ...BASICS, ...header, channels: place(channels), series: place(series) };
  const text = new TextEncoder().encode(JSON.stringify(full));
  const base = Math.ceil((4 + text.length) / 8) * 8;
  const buffer = new ArrayBuffer(base + bytes.length);
  new DataView(buffer).setUint32(0, text.length, true);
  new Uint8Array(buffer).set(text, 4);
  new Uint8Array(buffer).set(bytes, base);
  return buffer;
}

/** @param {number[]} values */
const row = (values) => ({ dtype: 'float32', shape: [values.length], values: Float32Array.from(values) });

test('a frame is read as views on its own buffer', () => {
  const buffer = packed({}, {
    state: { dtype: 'uint8', shape: [1, 1, 3], low: -1, high: 1, values: Uint8Array.from([0, 127, 255]) },
    cell: { dtype: 'int32', shape: [], values: Int32Array.from([-7]) },
  }, { energy: row([3, 2, 1.5]) });
  const packet = decode(buffer);
  const state = packet.arrived.get('state');
  assert.ok(state);
  assert.equal(state.data.buffer, buffer);
  assert.deepEqual([valueAt(state, 0), valueAt(state, 1), valueAt(state, 2)], [-1, 0, NaN]);
  assert.deepEqual([...(packet.arrived.get('cell')?.data ?? [])], [-7]);
  assert.deepEqual([...(packet.added.get('energy')?.data ?? [])], [3, 2, 1.5]);
  assert.throws(() => decode(buffer.slice(0, buffer.byteLength - 8)), RangeError);
});

test('a series truncated and continued equals the whole one, whatever the cuts', () => {
  const whole = Float32Array.from({ length: 300 }, (_, index) => Math.sin(index));
  for (const width of [1, 3]) {
    /** @type {import('../../static/js/session/frame.js').Series | undefined} */ let series;
    for (let from = 0, known = 0; known < 100; from = Math.max(0, known - 4)) {
      const rows = Math.min(7, 100 - from);
      const data = whole.slice(from * width, (from + rows) * width);
      series = appended(series, from, { data, shape: width > 1 ? [rows, width] : [rows], changed: true }, rows);
      known = from + rows;
    }
    assert.deepEqual(series?.values, whole.slice(0, 100 * width));
  }
});

test('rows that never arrived are not a number, never zero', () => {
  const series = appended(undefined, 2, { data: Float32Array.of(5), shape: [1], changed: true }, 1);
  assert.deepEqual([...series.values], [NaN, NaN, 5]);
});

test('frames merge: unchanged channels stay, a new run drops the old, a rewind leaves its curve', () => {
  const weights = { dtype: 'float32', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) };
  let frame = next(null, decode(packed({}, { w: weights }, { energy: row([3, 2, 1]) })));
  frame = next(frame, decode(packed({ start: 3, rows: 1, step: 4, unchanged: ['w'] }, {}, { energy: row([0]) })));
  assert.deepEqual([...(frame.series.get('energy')?.values ?? [])], [3, 2, 1, 0]);
  assert.equal(frame.channels.get('w')?.changed, false);
  assert.deepEqual([...(frame.channels.get('w')?.data ?? [])], [1, 2, 3, 4]);
  assert.equal(number(frame, 'energy'), 0);
  const again = next(frame, decode(packed({ run: 2, rows: 1, step: 1 }, {}, { energy: row([9]) })), true);
  assert.deepEqual([...(again.series.get('energy')?.values ?? [])], [9]);
  assert.equal(again.channels.size, 0);
  assert.deepEqual([...(again.former?.series.get('energy')?.values ?? [])], [3, 2, 1, 0]);
  const further = next(again, decode(packed({ run: 3, rows: 1, step: 2 }, {}, { energy: row([8]) })), true);
  assert.deepEqual([further.former?.step, further.former?.series.get('energy')?.rows], [4, 4]);
  const fresh = next(again, decode(packed({ run: 3, rows: 1 }, {}, { energy: row([9]) })), false);
  assert.equal(fresh.former, null);
});

test('a rank-0 channel goes before the series of that name; what is absent is not a number', () => {
  const loss = { dtype: 'float32', shape: [], values: Float32Array.of(0.5) };
  const frame = next(null, decode(packed({ stride: 4 }, { loss }, { loss: row([3, 2, 1]) })));
  assert.equal(number(frame, 'loss'), 0.5);
  assert.ok(Number.isNaN(number(frame, 'absent')));
  assert.equal(stepOf(frame, 2), 12);
});

test('links: the page keeps theme and mode to itself, and paused stays out of the address', () => {
  const { link, own } = read('?noise=0.2&theme=dark&paused=on&mode=projector&seed=7');
  assert.deepEqual(link, { noise: '0.2', seed: '7' });
  assert.deepEqual(own, { theme: 'dark', mode: 'projector' });
  assert.equal(write({ ...link, paused: 'on' }, own), '?noise=0.2&seed=7&theme=dark&mode=projector');
  assert.equal(write({}, {}), '');
  const odd = { rule: 'a&b=c d', name: 'ü+%' };
  assert.deepEqual(read(write(odd, {})).link, odd);
});

test('two pictures are under way, one more per painted one, none while stopped', () => {
  let asked = 0;
  const pull = new Pull(() => (asked += 1));
  pull.start();
  pull.start();
  assert.equal(asked, 2);
  pull.arrived();
  assert.equal(asked, 2);
  pull.fill();
  assert.equal(asked, 3);
  pull.stop();
  pull.arrived();
  pull.arrived();
  pull.fill();
  assert.equal(asked, 3);
  pull.start();
  assert.equal(asked, 5);
  pull.reset();
  pull.start();
  assert.equal(asked, 7);
});

/** A clock that stands still until told otherwise, and a server that does what the test says. */
function rig() {
  let now = 0;
  /** @type {{at: number, task: () => void}[]} */ let timers = [];
  const clock = {
    now: () => now,
    /** @param {number} milliseconds @param {() => void} task */
    after(milliseconds, task) {
      const timer = { at: now + milliseconds, task };
      timers.push(timer);
      return timer;
    },
    /** @param {any} timer */
    cancel: (timer) => (timers = timers.filter((other) => other !== timer)),
  };
  /** @param {number} milliseconds */
  const pass = (milliseconds) => {
    const end = now + milliseconds;
    for (;;) {
      const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      timers = timers.filter((timer) => timer !== due);
      now = due.at;
      due.task();
    }
    now = end;
  };
  /** @type {Wire[]} */ const wires = [];
  class Wire {
    binaryType = '';
    readyState = 0;
    /** @type {any[]} */ sent = [];
    /** @type {any} */ onopen = null;
    /** @type {any} */ onmessage = null;
    /** @type {any} */ onclose = null;
    constructor() {
      wires.push(this);
    }
    /** @param {string} text */
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.readyState = 3;
    }
    accept() {
      this.readyState = 1;
      this.onopen();
      this.onmessage({ data: '{"type":"changed"}' });
    }
    /** @param {number} [code] @param {string} [reason] */
    fail(code = 1006, reason = '') {
      this.readyState = 3;
      this.onclose({ code, reason });
    }
  }
  /** @type {any[]} */ const conditions = [];
  const connection = new Connection({
    address: 'ws://test/socket', WebSocket: Wire, clock, hello: () => ({ type: 'open', experiment: 'x' }),
    answer: () => {}, frame: () => {}, condition: (condition) => conditions.push(condition),
  });
  return { connection, wires, pass, clock, timers: () => timers.length, last: () => conditions.at(-1) };
}

test('a lost connection is tried again after 1 2 4 8 8 s, and after success from 1 s', () => {
  const { wires, pass, last } = rig();
  wires[0]?.accept();
  assert.equal(last().phase, 'open');
  assert.deepEqual(wires[0]?.sent, [{ type: 'open', experiment: 'x' }]);
  for (const pause of [1000, 2000, 4000, 8000, 8000]) {
    const count = wires.length;
    wires.at(-1)?.fail();
    assert.equal(last().phase, 'lost');
    pass(pause - 500);
    assert.equal(wires.length, count, `after ${pause - 500} ms`);
    pass(1000);
    assert.equal(wires.length, count + 1, `after ${pause + 500} ms`);
  }
  wires.at(-1)?.accept();
  const count = wires.length;
  wires.at(-1)?.fail();
  pass(1500);
  assert.equal(wires.length, count + 1);
});

test('“Try now” does not wait; a closed policy is not tried again by itself; a full server says so', () => {
  const { connection, wires, pass, last } = rig();
  wires[0]?.fail(1008, 'Too many messages.');
  assert.deepEqual([last().retryAt, last().reason], [Infinity, 'Too many messages.']);
  pass(60000);
  assert.equal(wires.length, 1);
  connection.retry();
  assert.equal(wires.length, 2);
  wires[1]?.fail(1013, 'The server is full.');
  assert.equal(last().reason, 'The server is full.');
  pass(2500);
  assert.equal(wires.length, 3);
});

test('no picture for 2 s while playing is stale, while paused or very slow it is not', () => {
  const { connection, wires, pass, last } = rig();
  wires[0]?.accept();
  connection.expect(true, 100);
  pass(2600);
  assert.equal(last().stale, true);
  connection.see(new ArrayBuffer(0));
  assert.equal(last().stale, false);
  connection.expect(false, 100);
  pass(60000);
  assert.equal(last().stale, false);
  connection.expect(true, 0.1);
  pass(15000);
  assert.equal(last().stale, false);
  pass(8000);
  assert.equal(last().stale, true);
});

test('a socket that is given up before it has opened is closed as soon as it has', () => {
  const { connection, wires } = rig();
  connection.close();
  assert.equal(wires[0]?.readyState, 0);
  wires[0]?.onopen();
  assert.equal(wires[0]?.readyState, 3);
  assert.deepEqual(wires[0]?.sent, []);
});

test('a connection silent for 20 s is opened anew, and a closed one leaves nothing behind', () => {
  const { connection, wires, pass, timers } = rig();
  wires[0]?.accept();
  connection.expect(true, null);
  pass(21000);
  assert.equal(wires.length, 2);
  assert.equal(wires[0]?.readyState, 3);
  assert.equal(wires[0]?.onmessage, null);
  connection.close();
  assert.equal(timers(), 0);
  assert.equal(connection.send({ type: 'play' }), false);
  connection.retry();
  assert.equal(wires.length, 2);
});
