// @ts-check
/** A slider: symbol, name, reset · value to type into · track with the default's notch and the deviation from it. */
import { short } from '../draw/numbers.js';
import { button, make, refusal, unique } from './dom.js';
import { field } from './field.js';
import { nudged, position, ticks, typed, valueAt, words } from './scale.js';
import { makeTrack, placed } from './track.js';

/** @typedef {import('./scale.js').SliderSpec} SliderSpec */
/** @typedef {(message: object) => void} Send */
/** @typedef {{set: (value: any) => void, refuse: (sentence: string) => void, destroy: () => void}} Control */

/** How long an answer to our own move may take; older values that arrive meanwhile do not pull the thumb back. */
const ANSWER = 1000;

/** @param {HTMLElement} element @param {SliderSpec} spec @param {Send} send @returns {Control} */
export function mountSlider(element, spec, send) {
  let value = spec.default;
  let held = spec.default; // what the run has, as far as it has told
  let dragging = false;
  let frame = 0;
  /** @type {{value: number, until: number} | null} */ let sent = null;

  const say = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    if (sent?.value === value && performance.now() < sent.until) return;
    sent = { value, until: performance.now() + ANSWER };
    send({ type: 'set', parameter: spec.name, value });
  };
  /** @param {number} next */
  const move = (next) => {
    error.sentence('');
    if (next === value) return;
    show(next);
    frame ||= requestAnimationFrame(say);
  };
  const track = makeTrack(
    { label: spec.label, ticks: ticks(spec), notch: position(spec, spec.default) },
    {
      drag(at) {
        if (!dragging) row.classList.add('live');
        dragging = true;
        move(valueAt(spec, at));
      },
      release() {
        dragging = false;
        row.classList.remove('live');
        if (frame) say();
      },
      nudge: (count) => move(nudged(spec, value, count)),
      limit: (at) => move(at ? spec.high : spec.low),
      reset: () => move(spec.default),
      type: () => number.element.focus(),
    },
  );
  const number = field({ class: 'value', label: `${spec.label}, value`, shown: () => words(spec, value) }, (text) => {
    const asked = typed(text, spec.unit);
    if (Number.isNaN(asked)) return refuse(`${range(spec)}: “${text.slice(0, 40)}” is not a number.`);
    error.sentence('');
    if (asked === value) return show(value);
    sent = null;
    send({ type: 'set', parameter: spec.name, value: asked });
  });
  const reset = button({ class: 'reset', title: 'Back to the default (double-click the slider)' }, () => {
    move(spec.default);
    track.element.focus();
  }, 'reset');
  const row = rowOf(spec, reset, number.element, track.element);
  const error = refusal(row);
  element.append(row);
  track.element.setAttribute('aria-valuemin', String(spec.low));
  track.element.setAttribute('aria-valuemax', String(spec.high));

  /** @param {number} next */
  function show(next) {
    value = next;
    const text = words(spec, value);
    number.show(text);
    place();
  }
  function place() {
    reset.hidden = value === spec.default;
    track.show(position(spec, value), String(value), `${words(spec, value)} ${spec.unit}`.trim());
  }
  /** What was typed stays to be mended; the thumb goes back to what the run has. @param {string} sentence */
  function refuse(sentence) {
    sent = null;
    value = held;
    place();
    number.refuse();
    error.sentence(sentence);
  }
  show(value);
  return {
    set(next) {
      const own = sent && next !== sent.value && performance.now() < sent.until;
      held = next;
      if (dragging || own) return;
      sent = null;
      if (next !== value) error.sentence('');
      show(next);
    },
    refuse,
    destroy() {
      cancelAnimationFrame(frame);
      row.remove();
    },
  };
}

/** @param {SliderSpec} spec */
const range = ({ low, high }) => `From ${short(low, 6)} to ${short(high, 6)}`;

/** @param {SliderSpec} spec @param {...HTMLElement} parts @returns {HTMLElement} */
function rowOf(spec, ...[reset, value, track]) {
  const entry = /** @type {HTMLElement} */ (value);
  entry.id = unique();
  const label = make('label', { for: entry.id, title: spec.help });
  if (spec.symbol) label.append(make('span', { class: 'sym', 'data-p': spec.name }, symbol(spec.symbol)));
  label.append(make('span', {}, spec.label), /** @type {HTMLElement} */ (reset));
  const box = make('span', {}, entry);
  if (spec.unit) box.append(make('span', { class: 'unit' }, ` ${spec.unit}`));
  const row = make('div', { class: 'slider', 'data-parameter': spec.name }, label, box);
  row.append(/** @type {HTMLElement} */ (track));
  const labels = ticks(spec).filter((tick) => tick.label);
  if (labels.length) {
    row.append(make('div', { class: 'scale', 'aria-hidden': 'true' },
      ...labels.map(({ at, label: text }) => placed(make('span', {}, text), at))));
  }
  return row;
}

/** @type {Record<string, string>} */
const GREEK = {
  alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'ε', varepsilon: 'ε', eta: 'η', theta: 'θ', kappa: 'κ',
  lambda: 'λ', mu: 'μ', nu: 'ν', xi: 'ξ', pi: 'π', rho: 'ρ', sigma: 'σ', tau: 'τ', phi: 'φ', varphi: 'φ', psi: 'ψ',
  omega: 'ω', Delta: 'Δ', Sigma: 'Σ', Omega: 'Ω', Theta: 'Θ',
};

/**
 * A LaTeX symbol as letters, with a sub- or superscript: `\eta` → η, `N_h` → N with h below.
 * @param {string} latex @returns {DocumentFragment}
 */
export function symbol(latex) {
  const fragment = document.createDocumentFragment();
  const [, base = latex, mark, low = ''] = latex.match(/^(.+?)(?:([_^])\{?(.+?)\}?)?$/) ?? [];
  fragment.append(letters(base));
  if (mark) fragment.append(make(mark === '_' ? 'sub' : 'sup', {}, letters(low)));
  return fragment;
}

/** @param {string} latex */
const letters = (latex) =>
  latex.replace(/\\(?:mathrm|text|mathbf)\{(.+?)\}/g, '$1').replace(/\\([A-Za-z]+)/g, (_, name) => GREEK[name] ?? name);
