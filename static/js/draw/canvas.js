// @ts-check
/** A canvas that fits its place in device pixels and says in words what it shows. */

import { look } from './colours.js';
import { watched } from './watched.js';

/**
 * @typedef {object} Sheet one picture being drawn; lengths in CSS pixels
 * @property {CanvasRenderingContext2D} context
 * @property {number} width @property {number} height
 * @property {number} ratio device pixels per CSS pixel
 * @property {number} unit grows on the projector: every length that is not data is a multiple of it
 * @property {import('./colours.js').Look} look
 */
/**
 * @typedef {object} Picture
 * @property {HTMLCanvasElement} canvas
 * @property {(paused?: boolean) => void} refresh draws now if it can be seen, else when it can
 * @property {() => void} destroy
 */

/** @param {number} size @param {number} [weight] @param {string} [style] */
export const font = (size, weight = 400, style = '') => `${style} ${weight} ${size}px "Source Sans 3", system-ui, sans-serif`;

/**
 * @param {HTMLElement} parent
 * @param {(sheet: Sheet) => void} paint draws everything; the canvas is empty before
 * @param {() => string} summary the sentence that a screen reader hears
 * @returns {Picture}
 */
export function picture(parent, paint, summary) {
  const canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  parent.append(canvas);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no 2d canvas.');

  function draw() {
    if (!context || !fit(canvas)) return;
    const ratio = devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const [width, height] = [canvas.width / ratio, canvas.height / ratio];
    context.clearRect(0, 0, width, height);
    const now = look();
    paint({ context, width, height, ratio, unit: now.unit, look: now });
  }
  const watch = watched(canvas, draw, () => canvas.setAttribute('aria-label', summary()));
  return {
    canvas,
    refresh: watch.refresh,
    destroy() {
      watch.destroy();
      canvas.remove();
    },
  };
}

/** Gives the canvas as many pixels as its place has. @param {HTMLCanvasElement} canvas @returns {boolean} any at all */
function fit(canvas) {
  const ratio = devicePixelRatio || 1;
  const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return width > 0 && height > 0;
}
