// @ts-check
/** What a file must be before its text is sent: not too large, and text. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf, tooLarge } from '../../static/js/controls/upload.js';

const TABLE = { argument: 'table', sets: {}, noun: 'table', accept: ['.csv'], most: 1 << 20 };
/** @param {number[]} bytes */
const read = (bytes) => textOf(TABLE, Uint8Array.from(bytes).buffer);

test('a file of a mebibyte is taken, one of a byte more is not', () => {
  assert.equal(tooLarge(TABLE, 1 << 20), '');
  assert.equal(tooLarge(TABLE, (1 << 20) + 1), 'A table has at most 1 MiB; this one has 1.1.');
  assert.equal(tooLarge(TABLE, 5 << 20), 'A table has at most 1 MiB; this one has 5.0.');
  assert.equal(tooLarge({ ...TABLE, most: 1 << 19 }, 1 << 20), 'A table has at most 0.5 MiB; this one has 1.0.');
});

test('text is UTF-8 with or without its mark, and letters of any language', () => {
  const words = 'größe,κ\r\n1\t2\n';
  const bytes = [...new TextEncoder().encode(words)];
  assert.deepEqual(read(bytes), { text: words });
  assert.deepEqual(read([0xef, 0xbb, 0xbf, ...bytes]), { text: words });
});

test('other encodings and what is no text are refused', () => {
  const refused = { wrong: 'This file is no UTF-8 text; save the table as CSV in UTF-8.' };
  assert.deepEqual(read([0x67, 0xf6, 0x2c]), refused); // Latin-1
  assert.deepEqual(read([0xff, 0xfe, 0x31, 0x00]), refused); // UTF-16
  assert.deepEqual(read([0x31, 0x00, 0x2c, 0x00]), refused); // UTF-16 without its mark
  assert.deepEqual(read([0x50, 0x4b, 0x03, 0x04]), refused); // a spreadsheet, which is a ZIP archive
});

test('no text of a mebibyte takes more than two as JSON', () => {
  for (const letter of ['"', '\\', '\n', '\t', 'ö', '\u2028', '\u007f']) {
    const bytes = new TextEncoder().encode(letter.repeat(50));
    const found = textOf(TABLE, bytes.buffer);
    assert.ok('text' in found);
    assert.ok(new TextEncoder().encode(JSON.stringify(found.text)).length <= 2 * bytes.length + 2);
  }
});
