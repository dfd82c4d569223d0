// @ts-check
/** Play or pause · step · rewind · new draw · where we are · how fast. */
import { typeset } from '../draw/numbers.js';
import { button, make, write } from './dom.js';
import { icon } from './icons.js';
import * as pace from './pace.js';
import { makeSeed } from './seed.js';
import { makeTrack } from './track.js';

/** @typedef {import('../session/frame.js').Frame} Frame */
/** @typedef {{state: string, seed: number, speed: number | null}} Standing the part of `changed` that concerns us */
/**
 * @typedef {object} Transport
 * @property {(standing: Standing) => void} set @property {(frame: Frame) => void} draw
 * @property {() => void} toggle @property {() => void} step @property {(count: number) => void} hasten
 * @property {(locked: boolean) => void} lock @property {() => void} destroy
 */

const ENDED = 'This run has ended: rewind it, draw another, or move a slider';

/** @param {string} name @param {string} label @param {string} title @param {() => void} act @param {string} [kind] */
const control = (name, label, title, act, kind = 'btn') =>
  button({ class: kind, title, 'aria-label': label }, act, icon(name), make('span', { class: 'lbl' }, label));

/**
 * @param {HTMLElement} element @param {{step_name: string}} schema
 * @param {(message: object) => void} send @returns {Transport}
 */
export function mountTransport(element, { step_name: step }, send) {
  const before = [...element.childNodes];
  let playing = false;
  let ended = false;
  const toggle = () => void (ended || send({ type: playing ? 'pause' : 'play' }));
  const ahead = () => void (ended || send({ type: 'step', steps: 1 }));
  const play = control('play', 'Play', 'Play or pause (Space)', toggle, 'btn main');
  const one = control('step', 'Step', `One ${step} (→)`, ahead);
  const titles = new Map([play, one].map((part) => [part, part.title]));
  const number = make('b', { class: 'num' }, '0');
  const rest = make('span', { class: 'places' });
  const seed = makeSeed(send);
  const speed = mountSpeed(step, send);
  element.replaceChildren(
    play,
    one,
    control('rewind', 'Rewind', 'Same seed, back to the start (R)', () => send({ type: 'rewind', step: 0 })),
    control('draw', 'New draw', 'Another seed (N)', () => send({ type: 'new_draw', seed: null })),
    // What does not fit wraps out of sight: the step comes first.
    make('span', { class: 'where' }, make('span', {}, `${step} `, number), rest),
    seed.element,
    speed.element,
  );
  return {
    toggle,
    step: ahead,
    hasten: speed.hasten,
    set(standing) {
      seed.set(standing.seed);
      speed.set(standing.speed);
      ended = standing.state === 'failed';
      for (const [part, title] of titles) {
        part.setAttribute('aria-disabled', String(ended));
        part.title = ended ? ENDED : title;
      }
      const now = standing.state === 'playing';
      if (now === playing) return;
      playing = now;
      const label = playing ? 'Pause' : 'Play';
      play.setAttribute('aria-label', label);
      play.replaceChildren(icon(label.toLowerCase()), make('span', { class: 'lbl' }, label));
    },
    draw(frame) {
      write(number, typeset(String(frame.step)));
      places(rest, frame.position);
      speed.measure(frame.state === 'playing' ? frame.speed_measured : 0);
    },
    lock(locked) {
      for (const part of element.querySelectorAll('button, input')) part.toggleAttribute('disabled', locked);
    },
    destroy: () => element.replaceChildren(...before),
  };
}

/**
 * Further words for where we are: sweep 0.75, epoch 40.
 * @param {HTMLElement} element @param {Record<string, string>} position
 */
function places(element, position) {
  const names = Object.keys(position);
  if (element.dataset.names !== names.join()) {
    element.dataset.names = names.join();
    element.replaceChildren(...names.map((name) => make('span', {}, `${name} `, make('b', { class: 'num' }))));
  }
  const numbers = element.querySelectorAll('b');
  names.forEach((name, index) => write(/** @type {HTMLElement} */ (numbers[index]), position[name] ?? ''));
}

/** @param {string} step @param {(message: object) => void} send */
function mountSpeed(step, send) {
  /** @type {number | null} */ let speed = pace.SLOWEST;
  let measured = 0;
  let frame = 0;
  let dragging = false;

  const say = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    send({ type: 'speed', steps_per_second: speed });
  };
  /** @param {number | null} next */
  const move = (next) => {
    if (next === speed) return;
    show(next);
    frame ||= requestAnimationFrame(say);
  };
  const track = makeTrack({ label: 'Speed', ticks: pace.ticks, notch: null }, {
    drag(at) {
      dragging = true;
      move(pace.speedAt(at));
    },
    release() {
      dragging = false;
      if (frame) say();
    },
    nudge: (count) => move(pace.nudged(speed, count)),
    limit: (at) => move(at ? null : pace.SLOWEST),
    reset: () => {},
  });
  track.element.setAttribute('aria-valuemin', '0');
  track.element.setAttribute('aria-valuemax', '1');
  const text = make('span', { class: 'num rate', title: `${pace.plural(step)} per second` });
  const element = make('div', { class: 'speed' }, make('span', { class: 'muted name' }, 'Speed'), track.element, text);

  /** @param {number | null} next */
  function show(next) {
    speed = next;
    const at = pace.position(speed);
    track.show(at, at.toFixed(3), pace.words(speed, 0, step));
    write(text, pace.words(speed, measured, step));
  }
  show(speed);
  return {
    element,
    /** @param {number | null} next */
    set: (next) => void (dragging || show(next)),
    /** @param {number} now */
    measure(now) {
      measured = now;
      write(text, pace.words(speed, measured, step));
    },
    /** @param {number} count */
    hasten: (count) => move(pace.nudged(speed, count)),
  };
}
