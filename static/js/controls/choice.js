// @ts-check
/** One of a few words: up to four stand in a row, more go into a list. */
import { make, refusal, unique } from './dom.js';
import { symbol } from './slider.js';

/**
 * @typedef {object} ChoiceSpec
 * @property {string} name @property {string} label @property {string} help @property {string} symbol
 * @property {string} default @property {{value: string, label: string}[]} options
 */
/** @typedef {import('./slider.js').Control} Control */

const IN_A_ROW = 4;

/** @param {HTMLElement} element @param {ChoiceSpec} spec @param {import('./slider.js').Send} send @returns {Control} */
export function mountChoice(element, spec, send) {
  const id = unique();
  const name = make('div', { class: 'name', id, title: spec.help });
  if (spec.symbol) name.append(make('span', { class: 'sym', 'data-p': spec.name }, symbol(spec.symbol)));
  name.append(spec.label);
  const box = make('div', { class: 'choice', 'data-parameter': spec.name }, name);
  /** @param {string} value */
  const choose = (value) => {
    error.sentence('');
    options.show(value);
    send({ type: 'set', parameter: spec.name, value });
  };
  const options = (spec.options.length <= IN_A_ROW ? row : list)(spec, id, choose);
  box.append(options.element);
  const error = refusal(box);
  element.append(box);
  let value = spec.default;
  options.show(value);
  return {
    set(next) {
      value = next;
      error.sentence('');
      options.show(value);
    },
    refuse(sentence) {
      options.show(value);
      error.sentence(sentence);
    },
    destroy: () => box.remove(),
  };
}

/** @typedef {{element: HTMLElement, show: (value: string) => void}} Options */

/** @param {ChoiceSpec} spec @param {string} label @param {(value: string) => void} choose @returns {Options} */
function row({ options }, label, choose) {
  const words = options.map((option) => make('span', { role: 'radio', 'data-value': option.value }, option.label));
  const element = make('div', { class: 'opts', role: 'radiogroup', 'aria-labelledby': label }, ...words);
  /** @param {number} index */
  const take = (index) => {
    const at = (index + options.length) % options.length;
    words[at]?.focus();
    const option = options[at];
    if (option && words[at]?.getAttribute('aria-checked') !== 'true') choose(option.value);
  };
  words.forEach((word, index) => {
    word.addEventListener('click', () => take(index));
    word.addEventListener('keydown', (event) => {
      const next = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, ' ': 0 }[event.key];
      if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      take(index + next);
    });
  });
  return {
    element,
    show(value) {
      for (const word of words) {
        const chosen = word.dataset.value === value;
        word.classList.toggle('on', chosen);
        word.setAttribute('aria-checked', String(chosen));
        word.tabIndex = chosen ? 0 : -1;
      }
    },
  };
}

/** @param {ChoiceSpec} spec @param {string} label @param {(value: string) => void} choose @returns {Options} */
function list({ options }, label, choose) {
  const element = make('select', { class: 'sel', 'aria-labelledby': label },
    ...options.map((option) => make('option', { value: option.value }, option.label)));
  element.addEventListener('change', () => choose(element.value));
  return { element, show: (value) => void (element.value = value) };
}
