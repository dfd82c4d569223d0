// @ts-check
/** Surface: heights over two coordinates and the way of the run on them, in relief or as a flat map. */

import { picture } from '../draw/canvas.js';
import { short } from '../draw/numbers.js';
import { bearings, margins } from './bearings.js';
import { flat } from './flat.js';
import { heightsOf } from './heights.js';
import { Relief } from './relief.js';
import { mountWay } from './way.js';

/** @typedef {import('../session/frame.js').Channel} Channel */
/** @typedef {import('./heights.js').Heights} Heights */
/** @typedef {import('./types.js').SurfaceSpec} SurfaceSpec */

const LACKING = 'This browser draws no three-dimensional pictures (WebGL is missing): this is the flat map.';
const STEP = Math.PI / 24;
/** What a key does: turn sideways, tilt, come closer. @type {Record<string, [number, number, number]>} */
const KEYS = {
  ArrowLeft: [-STEP, 0, 1], ArrowRight: [STEP, 0, 1], ArrowUp: [0, STEP, 1], ArrowDown: [0, -STEP, 1],
  '+': [0, 0, 1.15], '=': [0, 0, 1.15], '-': [0, 0, 1 / 1.15], '−': [0, 0, 1 / 1.15],
};

/**
 * @param {HTMLElement} element @param {SurfaceSpec} spec @param {import('./types.js').Context} _context
 * @returns {import('./types.js').Mounted}
 */
export function mountSurface(element, spec, _context) {
  /** @type {Channel | undefined} */ let field;
  /** @type {Channel | undefined} */ let path;
  /** @type {Heights | null} */ let heights = null;
  /** @type {Relief | null} */ let relief = null;
  let still = false;
  const lack = document.createElement('p');
  lack.className = 'lack';
  const plane = document.createElement('div');
  plane.className = 'cursor turn';
  plane.tabIndex = 0;
  plane.setAttribute('role', 'application');
  plane.setAttribute('aria-label', `${spec.title}: turn with the arrow keys, + and − come closer and go back, Home resets`);
  const shown = picture(element, paint, summary);
  const way = mountWay(element, spec.title, () => (relief ? flatten() : raise()));

  function raise() {
    try {
      relief = new Relief(plane, () => shown.refresh(), () => flatten(LACKING));
    } catch {
      flatten(LACKING);
      way?.destroy();
      return;
    }
    element.insertBefore(relief.canvas, shown.canvas);
    element.append(plane);
    way?.say('Flat map');
    lack.remove();
    shown.refresh();
  }
  /** @param {string} [why] */
  function flatten(why = '') {
    relief?.destroy();
    relief = null;
    plane.remove();
    lack.textContent = why;
    if (why) element.append(lack);
    way?.say('Surface');
    shown.refresh();
  }
  /** @param {import('../draw/canvas.js').Sheet} sheet */
  function paint(sheet) {
    if (!heights) return;
    if (!relief) {
      flat(sheet, heights, spec.axes, lack.offsetHeight);
      return;
    }
    const { front } = relief;
    const { left, below } = margins(sheet, heights);
    relief.paint(heights, sheet, left, below);
    bearings(sheet, (x, y, height) => relief?.project(sheet, x, y, height) ?? [0, 0], heights, { axes: spec.axes, front });
  }
  plane.addEventListener('keydown', (event) => {
    const way = KEYS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || (!way && event.key !== 'Home')) return;
    event.preventDefault();
    event.stopPropagation();
    if (way) relief?.turn(...way);
    else relief?.home();
  });
  // The wheel scrolls the page; with Ctrl, as touch pads say that two fingers spread, it comes closer.
  plane.addEventListener('wheel', (event) => event.ctrlKey || event.stopImmediatePropagation(), { capture: true });

  function summary() {
    if (!heights) return `${spec.title}: waiting for the first picture.`;
    const { low, high, path: [...spots] } = heights;
    const range = `${spec.title}: heights from ${short(low, 3)} to ${short(high, 3)}`;
    const [x, y, height] = spots.at(-1) ?? [];
    if (x === undefined || y === undefined || height === undefined) return `${range}.`;
    const places = [x, y].map((place, index) => `${spec.axes[index] || 'xy'[index]} ${short(place, 2)}`).join(', ');
    return `${range}; the ball is at ${places}, height ${short(height, 3)}.`;
  }
  raise();
  return {
    draw(frame) {
      const [nextField, nextPath] = [frame.channels.get(spec.channel), frame.channels.get(spec.path)];
      const paused = frame.state !== 'playing';
      const same = nextField?.data === field?.data && nextPath?.data === path?.data;
      [field, path] = [nextField, nextPath];
      if (same && paused === still) return;
      still = paused;
      if (!same && field) heights = heightsOf(field, path, heights);
      shown.refresh(paused);
    },
    resize: () => shown.refresh(),
    destroy() {
      relief?.destroy();
      plane.remove();
      lack.remove();
      way?.destroy();
      shown.destroy();
    },
    summary,
  };
}
