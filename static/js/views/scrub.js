// @ts-check
/**
 * Rewinding along the hill, by pointer or keyboard: a slider from the start to the furthest step known. The page follows
 * while it is held: the server replays each place it is told of, and hears of the next when that one has been drawn.
 */

import { ball, sizeOf, worded } from '../draw/marks.js';
import { typeset } from '../draw/numbers.js';
import { around, square } from '../draw/places.js';

/** @typedef {import('./types.js').Frame} Frame */

/** Milliseconds after which a place that is long in coming is given up for a newer one. */
const PATIENCE = 1000;

/**
 * @param {HTMLElement} element the hill
 * @param {import('./types.js').Context} context
 * @param {() => import('../draw/axes.js').Scale | null} axis steps to places, as last drawn
 * @param {() => void} redraw
 */
export function mountScrub(element, context, axis, redraw) {
  const handle = document.createElement('div');
  handle.className = 'scrub';
  handle.tabIndex = 0;
  handle.setAttribute('role', 'slider');
  handle.setAttribute('aria-label', 'Rewind');
  handle.setAttribute('aria-valuemin', '0');
  element.append(handle);
  /** @type {number | null} */
  let chosen = null;
  let [step, furthest, playing] = [0, 0, false];
  /** Where Escape goes back to, and the place the server was last told of. */
  let [held, goal] = [0, 0];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;

  const text = () => `${context.stepName} ${typeset(String(chosen ?? step))} of ${typeset(String(furthest))}`;
  function show() {
    element.classList.toggle('dragged', chosen !== null);
    handle.setAttribute('aria-valuemax', String(furthest));
    handle.setAttribute('aria-valuenow', String(chosen ?? step));
    handle.setAttribute('aria-valuetext', text());
  }
  /** @param {number} next */
  function choose(next) {
    if (chosen === null) [held, goal] = [step, step];
    chosen = Math.max(0, Math.min(furthest, Math.round(next)));
    if (waiting === undefined) follow();
    show();
    redraw();
  }
  function follow() {
    clearTimeout(waiting);
    waiting = undefined;
    if (chosen === null || chosen === goal) return;
    goal = chosen;
    waiting = setTimeout(follow, PATIENCE);
    context.send({ type: 'rewind', step: goal, replay: true });
  }
  /** Let go: the run stays paused there. */
  function release() {
    follow();
    chosen = null;
    show();
    redraw();
  }
  /** @param {PointerEvent} event */
  const at = (event) => axis()?.invert(event.clientX - element.getBoundingClientRect().left) ?? step;

  const here = new AbortController();
  /** @template {keyof HTMLElementEventMap} K @param {K} name @param {(event: HTMLElementEventMap[K]) => void} listener */
  const on = (name, listener) => handle.addEventListener(name, listener, { signal: here.signal });
  on('pointerdown', (event) => {
    if (event.button !== 0) return;
    handle.setPointerCapture(event.pointerId);
    // What is held does not run on.
    if (playing) context.send({ type: 'pause' });
    choose(at(event));
  });
  // The ring of the focus is the keyboard's: the pointer leaves the focus where it is.
  on('mousedown', (event) => event.preventDefault());
  on('pointermove', (event) => chosen !== null && handle.hasPointerCapture(event.pointerId) && choose(at(event)));
  on('pointerup', release);
  on('pointercancel', release);
  on('keydown', (event) => {
    const from = chosen ?? step;
    const ten = Math.max(10, Math.round(furthest / 10));
    /** @type {Record<string, number>} */
    const keys = {
      ArrowLeft: from - 1, ArrowDown: from - 1, ArrowRight: from + 1, ArrowUp: from + 1,
      PageDown: from - ten, PageUp: from + ten, Home: 0, End: furthest, Escape: chosen === null ? from : held,
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    event.stopPropagation();
    choose(keys[event.key] ?? from);
  });
  on('keyup', release);
  on('blur', release);

  return {
    /** @param {Frame} frame */
    tell(frame) {
      step = frame.step;
      playing = frame.state === 'playing';
      furthest = Math.max(step, frame.former?.step ?? 0);
      if (waiting !== undefined && step === goal && !playing) follow();
      if (chosen === null && playing && document.activeElement !== handle) {
        if (handle.getAttribute('aria-valuenow') === String(step)) return;
      }
      show();
    },
    dragging: () => chosen !== null,
    /**
     * The ball that is being dragged, and where it is.
     * @param {import('../draw/canvas.js').Sheet} sheet @param {import('../draw/axes.js').Box} box
     * @param {(step: number) => number} height @param {import('../draw/places.js').Places} places
     */
    draw(sheet, box, height, places) {
      const x = axis();
      if (chosen === null || !x) return;
      const { context: pen, look, unit, width } = sheet;
      const [left, top] = [x(chosen), height(chosen)];
      [pen.strokeStyle, pen.lineWidth] = [look.colour.ink, 1];
      pen.beginPath();
      pen.moveTo(left, box.top);
      pen.lineTo(left, box.bottom);
      pen.stroke();
      ball(sheet, left, top, 8);
      places.take(square(left, top, 10 * unit));
      const style = { size: look.size.body, weight: 650 };
      const offered = around(left, top, sizeOf(sheet, text(), style), 16 * unit);
      const within = { left: 0, right: width, top: box.top - 6 * unit, bottom: box.bottom - 4 * unit };
      worded(sheet, text(), places.put('dragged', offered, within), style);
    },
    destroy() {
      clearTimeout(waiting);
      here.abort();
      handle.remove();
    },
  };
}
