// @ts-check
/** The line with a thumb that sliders are dragged along: pointer and keys in, moves out. */
import { make } from './dom.js';

/**
 * @typedef {object} Moves what a track can be asked to do
 * @property {(at: number) => void} drag the pointer is at this place (0 … 1)
 * @property {() => void} release
 * @property {(count: number) => void} nudge this many steps on
 * @property {(at: 0 | 1) => void} limit
 * @property {() => void} reset
 * @property {() => void} [type] start typing a value
 */

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

/**
 * @param {{label: string, ticks: {at: number}[], notch: number | null}} look @param {Moves} moves
 * @returns {{element: HTMLElement, show: (at: number, now: string, words: string) => void}}
 */
export function makeTrack({ label, ticks, notch }, moves) {
  const thumb = make('i', { class: 'thumb' });
  const deviation = make('i', { class: 'dev' });
  const element = make('div', { class: 'track', role: 'slider', tabindex: 0, 'aria-label': label });
  for (const { at } of ticks) element.append(placed(make('i', { class: 'tick' }), at));
  if (notch !== null) element.append(placed(make('i', { class: 'notch' }), notch), deviation);
  element.append(thumb);
  listen(element, moves);
  return {
    element,
    show(at, now, words) {
      placed(thumb, at);
      if (notch !== null) placed(deviation, Math.min(at, notch)).style.width = percent(Math.abs(at - notch));
      element.setAttribute('aria-valuenow', now);
      element.setAttribute('aria-valuetext', words);
    },
  };
}

/** @param {number} at */
const percent = (at) => `${(100 * at).toFixed(3)}%`;

/** @param {HTMLElement} element @param {number} at */
export function placed(element, at) {
  element.style.left = percent(at);
  return element;
}

/** @param {HTMLElement} element @param {Moves} moves */
function listen(element, moves) {
  /** @param {PointerEvent} event */
  const drag = (event) => {
    const { left, width } = element.getBoundingClientRect();
    moves.drag(Math.min(1, Math.max(0, (event.clientX - left) / width)));
  };
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    drag(event);
  });
  element.addEventListener('pointermove', (event) => {
    if (element.hasPointerCapture(event.pointerId)) drag(event);
  });
  element.addEventListener('lostpointercapture', () => moves.release());
  element.addEventListener('dblclick', () => moves.reset());
  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !press(event.key, moves)) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** @param {string} key @param {Moves} moves @returns {boolean} whether the key meant something */
function press(key, moves) {
  const steps = STEPS[key];
  if (steps !== undefined) moves.nudge(steps);
  else if (key === 'Home') moves.limit(0);
  else if (key === 'End') moves.limit(1);
  else if (key === 'Backspace' || key === 'Delete') moves.reset();
  else if (key === 'Enter' && moves.type) moves.type();
  else return false;
  return true;
}
