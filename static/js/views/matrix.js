// @ts-check
/** Matrix: numbers through a colour map, 0 is paper; pointer and arrow keys read i, j and the value. */

import { picture } from '../draw/canvas.js';
import { Stamp, barHeight, barWidth, colourBar, entries, hatch, rangeOf } from '../draw/map.js';
import { sizeOf, words } from '../draw/marks.js';
import { short } from '../draw/numbers.js';
import { valueAt } from '../session/frame.js';
import { mountCursor } from './cursor.js';
import { mountReading } from './reading.js';

/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {import('./types.js').MatrixSpec} MatrixSpec */

/**
 * @param {HTMLElement} element @param {MatrixSpec} spec @param {import('./types.js').Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountMatrix(element, spec, context) {
  const stamp = new Stamp();
  const reading = mountReading(element);
  /** @type {Channel | undefined} */
  let channel;
  /** @type {Record<string, string>} what rows and columns are called, “unit_0” the first unit */
  let names = {};
  let size = { width: 0, height: 0 };
  let [cell, still] = [-1, false];
  const shown = picture(element, paint, summary);

  const shape = () => ({ rows: channel?.shape[0] ?? 0, columns: channel?.shape[1] ?? 0 });

  /** @param {import('../draw/canvas.js').Sheet} sheet */
  function paint(sheet) {
    if (!channel) return;
    const { rows, columns } = shape();
    const range = rangeOf(channel, spec.colours, spec.span);
    const bytes = entries(spec.span ? unpacked(channel) : channel, range);
    stamp.paint(bytes, 0, columns, rows, sheet.look.maps[spec.colours]);
    const told = context.hover ? named(sheet, spec) : [];
    const line = sheet.look.size.tick * 1.25;
    const each = Math.min(sheet.width / columns, (sheet.height - barHeight(sheet) - told.length * line) / rows);
    size = { width: each * columns, height: each * rows };
    stamp.draw(sheet, 0, 0, size.width, size.height);
    for (let lost = bytes.indexOf(255); lost >= 0; lost = bytes.indexOf(255, lost + 1)) {
      hatch(sheet, (lost % columns) * each, Math.floor(lost / columns) * each, each, each);
    }
    colourBar(sheet, spec.colours, range, 0, size.height, Math.min(sheet.width, Math.max(size.width, barWidth(sheet, range))));
    told.forEach((text, index) => words(sheet, text, 0, size.height + barHeight(sheet) + (index + 0.6) * line, { colour: sheet.look.colour['ink-2'] }));
    if (cell >= 0) outlined(sheet, (cell % columns) * each, Math.floor(cell / columns) * each, Math.max(each, 4));
  }
  /** @param {number} index */
  function describe(index) {
    const { columns } = shape();
    if (!channel || index < 0) return '';
    const value = valueAt(channel, index);
    const told = Number.isFinite(value) ? short(value, 3) : 'not finite';
    const nameOf = (/** @type {string} */ noun, /** @type {number} */ entry) => `${noun} ${names[`${noun}_${entry}`] ?? entry + 1}`;
    return `${nameOf(spec.rows, Math.floor(index / columns))}, ${nameOf(spec.columns, index % columns)}: ${told}`;
  }
  function read() {
    const { rows, columns } = shape();
    const [left, top] = [((cell % columns) / columns) * size.width, (Math.floor(cell / columns) / rows) * size.height];
    reading.say(describe(cell), left, top);
  }
  const cursor = mountCursor(element, {
    name: `${spec.title}: read entries with the arrow keys`,
    locate(x, y) {
      const { rows, columns } = shape();
      if (x < 0 || y < 0 || x >= size.width || y >= size.height) return -1;
      return Math.floor((y / size.height) * rows) * columns + Math.floor((x / size.width) * columns);
    },
    size: () => ({ columns: shape().columns, count: shape().rows * shape().columns }),
    moved(next) {
      cell = next;
      shown.refresh();
      read();
    },
    describe,
  });
  function summary() {
    if (!channel) return `${spec.title}: waiting for the first picture.`;
    const { rows, columns } = shape();
    const [low, high] = rangeOf(channel, spec.colours, spec.span);
    return `${spec.title}: ${rows} by ${columns} numbers, colours from ${short(low, 2)} to ${short(high, 2)}.`;
  }
  return {
    draw(frame) {
      const next = frame.channels.get(spec.channel);
      const paused = frame.state !== 'playing';
      const same = next && channel && next.data === channel.data;
      channel = next;
      names = frame.words;
      if (same && paused === still) return;
      still = paused;
      shown.refresh(paused);
      if (cell >= 0) read();
    },
    resize: () => shown.refresh(),
    destroy() {
      cursor.destroy();
      shown.destroy();
      reading.destroy();
    },
    summary,
  };
}

/** What runs down and what runs across, on one line or two. @param {import('../draw/canvas.js').Sheet} sheet @param {MatrixSpec} spec */
function named(sheet, { rows, columns }) {
  const parts = [`down: ${rows}`, `across: ${columns}`];
  return sizeOf(sheet, parts.join(', ')).width <= sheet.width ? [parts.join(', ')] : parts;
}

/** @param {import('../draw/canvas.js').Sheet} sheet @param {number} x @param {number} y @param {number} side */
function outlined({ context: pen, look }, x, y, side) {
  for (const [width, colour] of /** @type {const} */ ([[4, 'on-now'], [2, 'now']])) {
    [pen.lineWidth, pen.strokeStyle] = [width, look.colour[colour]];
    pen.strokeRect(x - 1, y - 1, side + 2, side + 2);
  }
}

/** Numbers as they are, out of the levels of their own range. @param {Channel} channel @returns {Channel} */
function unpacked(channel) {
  const { shape, data, changed } = channel;
  return { shape, data: Float32Array.from(data, (_, index) => valueAt(channel, index)), changed };
}
