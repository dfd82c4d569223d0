// @ts-check
/** Home: the hero's three measured traces, and the lead view of every experiment, small and live. */

import { column, mean } from '../views/series.js';
import { mountView } from '../views/index.js';
import { mountTerrain } from '../views/terrain.js';
import { toggleTheme } from './theme.js';
import { mountTrial } from './trial.js';

/** @typedef {import('./schema.js').Schema} Schema */
/** @typedef {import('../views/types.js').ViewSpec} ViewSpec */
/** @typedef {{close: () => void}} Trial */

/** What the tagline is made of: three hills of the lecture, each from a run of its own. */
const HILLS = [
  { name: 'hopfield', words: 'a Hopfield net, down its energy', short: 'energy', steps: 400 },
  { name: 'rbm', words: 'a Boltzmann machine, down its error', short: 'error', steps: 300 },
  { name: 'batchnorm', words: 'a network, down its loss', short: 'loss', steps: 300 },
];
const AT_ONCE = 3;
/** How long a miniature plays before another one may; it makes room at once for those that have no picture yet. */
const TURN = 12000;
const GLANCE = 400;
/** Steps done before the one picture that is shown to whoever prefers no motion. */
const STILL = 200;

const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** The lead view without what is too small to read or to touch. @param {Schema} schema @returns {ViewSpec} */
export function miniature({ views }) {
  const lead = /** @type {any} */ (views.find((view) => view.weight === 3) ?? views[0]);
  const theory = (lead.theory ?? []).map((/** @type {object} */ line) => ({ ...line, label: '' }));
  return { ...lead, paint: '', drop: '', press: '', index: '', axis: '', theory };
}

/**
 * The hero's traces, each from its own short session that is closed as soon as its steps are done.
 * @param {HTMLElement} place @param {Schema[]} schemas @param {import('./trial.js').Options} options
 */
function mountHero(place, schemas, options) {
  const terrain = mountTerrain(place);
  const hills = HILLS.flatMap((hill) => {
    const schema = schemas.find(({ name }) => name === hill.name);
    return schema ? [{ ...hill, line: schema.hill.lines.at(-1) }] : [];
  });
  /** @type {Map<string, import('../views/terrain.js').Trace>} */
  const found = new Map();
  const trials = hills.map(({ name, steps, line, ...said }) => {
    const trial = mountTrial(name, {
      steps,
      picture(frame) {
        const series = line && frame.series.get(line.channel);
        if (!series || found.has(name)) return;
        found.set(name, { ...said, values: mean(column(series), Math.min(3, line.smooth)).slice() });
        terrain.show(hills.flatMap((hill) => found.get(hill.name) ?? []));
        trial.close();
      },
    }, options);
    return trial;
  });
  return {
    destroy() {
      trials.forEach((trial) => trial.close());
      terrain.destroy();
    },
  };
}

/**
 * Miniatures in view take turns, at most three at once; each keeps its last picture.
 * @param {HTMLElement} root @param {Schema[]} schemas @param {import('./trial.js').Options} options
 */
function mountMiniatures(root, schemas, options) {
  /** @type {Map<Element, {schema: Schema, view: ReturnType<typeof mountView>}>} */
  const cells = new Map();
  for (const schema of schemas) {
    const place = root.querySelector(`.cell[data-experiment="${schema.name}"] .pic`);
    if (!(place instanceof HTMLElement)) continue;
    // The cell is a link with a name of its own; the picture adds none.
    place.setAttribute('aria-hidden', 'true');
    const context = { send() {}, arms: schema.arms, stepName: schema.step_name };
    cells.set(place, { schema, view: mountView(place, miniature(schema), context) });
  }
  /** @type {Set<Element>} */
  const waiting = new Set();
  /** @type {Map<Element, {trial: Trial, timer: ReturnType<typeof setInterval>}>} */
  const running = new Map();
  /** @type {Set<Element>} */
  const seen = new Set();

  /** @param {Element} place */
  function stop(place) {
    const turn = running.get(place);
    clearInterval(turn?.timer);
    turn?.trial.close();
    running.delete(place);
  }
  function fill() {
    for (const place of waiting) {
      const cell = cells.get(place);
      if (running.size >= AT_ONCE) return;
      if (!cell || running.has(place)) continue;
      waiting.delete(place);
      const [still, begun] = [calm(), performance.now()];
      const trial = mountTrial(cell.schema.name, {
        steps: still ? STILL : 0,
        picture(frame) {
          cell.view.draw(frame);
          seen.add(place);
          if (still) pass(place);
        },
      }, options);
      running.set(place, { trial, timer: setInterval(() => over(place, begun) && pass(place, true), GLANCE) });
    }
  }
  /** Whether somebody waits who has no picture while this one has, or has waited long enough.
   * @param {Element} place @param {number} begun */
  const over = (place, begun) => [...waiting].some((other) => !seen.has(other)) ? seen.has(place)
    : waiting.size > 0 && performance.now() - begun > TURN;
  /** The turn is over; whoever waits is next. @param {Element} place @param {boolean} [again] */
  function pass(place, again = false) {
    stop(place);
    fill();
    if (again) waiting.add(place);
  }
  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) waiting.add(target);
      else {
        waiting.delete(target);
        stop(target);
      }
    }
    fill();
  });
  for (const place of cells.keys()) sight.observe(place);
  return {
    destroy() {
      sight.disconnect();
      for (const place of [...running.keys()]) stop(place);
      for (const { view } of cells.values()) view.destroy();
    },
  };
}

/**
 * The page holds .terrain, .cell[data-experiment] with a .pic each, and buttons [data-do="theme"].
 * @param {HTMLElement} root @param {Schema[]} schemas @param {import('./trial.js').Options} [options]
 * @returns {{destroy: () => void}}
 */
export function mountHome(root, schemas, options = {}) {
  const here = new AbortController();
  for (const button of root.querySelectorAll('[data-do="theme"]')) {
    button.addEventListener('click', () => toggleTheme(), { signal: here.signal });
  }
  const terrain = root.querySelector('.terrain');
  const parts = [mountMiniatures(root, schemas, options)];
  if (terrain instanceof HTMLElement) parts.push(mountHero(terrain, schemas, options));
  return {
    destroy() {
      here.abort();
      for (const item of parts) item.destroy();
    },
  };
}

const catalogue = document.querySelector('#catalogue');
/** The page that this module found itself on. */
export const mounted = catalogue && mountHome(document.body, JSON.parse(catalogue.textContent ?? '[]'));
