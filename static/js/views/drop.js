// @ts-check
/** A picture for a grid of units: dropped, pasted or chosen. It is read here and never sent; its ink is. */

import { inked } from '../draw/binarise.js';
import { mountTarget } from '../draw/files.js';
import { mountWay } from './way.js';

/** @typedef {{width: number, height: number}} Size */

const MEGABYTE = 1 << 20;
const LARGEST = 5 * MEGABYTE;
const LONGEST = 4096;
const TAKEN = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

/** What is wrong with a file before it is opened; empty when nothing is. @param {{type: string, size: number}} file */
export function wrongFile({ type, size }) {
  if (!TAKEN.includes(type)) return `A picture is wanted: a PNG, JPEG, WebP or GIF file; this is ${type || 'a file of unknown kind'}.`;
  if (size > LARGEST) return `This picture has ${(Math.ceil((10 * size) / MEGABYTE) / 10).toFixed(1)} MB; at most 5 MB are taken. Save it smaller.`;
  return '';
}

/** What is wrong with a picture's size; empty when nothing is. @param {Size} size */
export function wrongSize({ width, height }) {
  if (width <= LONGEST && height <= LONGEST) return '';
  return `This picture has ${width} × ${height} pixels; at most ${LONGEST} a side are taken. Scale it down.`;
}

/** @param {ImageBitmap} bitmap @returns {ImageData} */
function pixelsOf(bitmap) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) throw new Error('This browser gives no 2d canvas.');
  pen.drawImage(bitmap, 0, 0);
  return pen.getImageData(0, 0, bitmap.width, bitmap.height);
}

/**
 * @param {File} file @param {number} columns @param {number} rows
 * @returns {Promise<number[] | string>} the cells that are on, or the sentence that says why there are none
 */
async function cellsOf(file, columns, rows) {
  const wrong = wrongFile(file);
  if (wrong) return wrong;
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return 'This browser cannot read that picture; save it as PNG or JPEG.';
  try {
    return wrongSize(bitmap) || (inked(pixelsOf(bitmap), columns, rows)
      ?? 'This picture is equally bright everywhere: there is nothing to tell ink from paper by.');
  } finally {
    bitmap.close();
  }
}

/**
 * @param {HTMLElement} element @param {{title: string, drop?: string}} spec @param {import('./types.js').Context} context
 * @param {() => {rows: number, columns: number}} grid
 * @returns {{destroy: () => void} | null} null where pictures are not taken, as in a miniature
 */
export function mountDrop(element, { title, drop }, context, grid) {
  const chooser = document.createElement('input');
  [chooser.type, chooser.accept, chooser.hidden] = ['file', TAKEN.join(), true];
  const way = drop ? mountWay(element, title, () => chooser.click()) : null;
  if (!way) return null;
  way.say('Use a picture…', 'PNG, JPEG, WebP or GIF; it is cut into ink and paper');
  element.append(chooser);
  const here = new AbortController();
  const { signal } = here;

  /** @param {File | undefined} file */
  async function take(file) {
    if (!file) return;
    const { rows, columns } = grid();
    const found = await cellsOf(file, columns, rows);
    if (signal.aborted) return;
    if (typeof found === 'string') context.say?.(found);
    else context.send({ type: 'act', action: drop, arguments: { cells: found } });
  }
  chooser.addEventListener('change', () => {
    void take(chooser.files?.[0]);
    chooser.value = '';
  }, { signal });
  mountTarget(element, (file) => void take(file), signal);
  return {
    destroy() {
      here.abort();
      chooser.remove();
      way.destroy();
    },
  };
}
