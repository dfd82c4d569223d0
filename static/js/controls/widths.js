// @ts-check
/** A few whole numbers in a row, such as the units of each hidden layer, to click and type into: 8-8-4. */
import { button, make, refusal, unique } from './dom.js';
import { field } from './field.js';
import { symbol } from './slider.js';

/**
 * @typedef {object} WidthsSpec
 * @property {string} name @property {string} label @property {string} help @property {string} symbol
 * @property {string} default @property {number} low @property {number} high @property {number} most
 */

/** What was typed, however the numbers are parted: the keys of a telephone have no dash. @param {string} text */
export const parted = (text) => text.split(/[^0-9]+/).filter(Boolean).map(Number).join('-');

/** @param {HTMLElement} element @param {WidthsSpec} spec @param {import('./slider.js').Send} send @returns {import('./slider.js').Control} */
export function mountWidths(element, spec, send) {
  let value = spec.default;
  /** @param {string} next */
  const ask = (next) => {
    error.sentence('');
    send({ type: 'set', parameter: spec.name, value: next });
  };
  const entry = field({ class: 'value', label: `${spec.label}, value`, shown: () => value }, (text) => ask(parted(text) || text));
  entry.element.id = unique();
  const reset = button({ class: 'reset', title: 'Back to the default' }, () => ask(spec.default), 'reset');
  const label = make('label', { for: entry.element.id, title: spec.help });
  if (spec.symbol) label.append(make('span', { class: 'sym', 'data-p': spec.name }, symbol(spec.symbol)));
  label.append(make('span', {}, spec.label), reset);
  const row = make('div', { class: 'slider', 'data-parameter': spec.name }, label, make('span', {}, entry.element));
  const error = refusal(row);
  element.append(row);
  /** @param {string} next */
  function show(next) {
    value = next;
    entry.show(value);
    reset.hidden = value === spec.default;
  }
  show(value);
  return {
    set(next) {
      error.sentence('');
      show(next);
    },
    refuse(sentence) {
      entry.refuse();
      error.sentence(sentence);
    },
    destroy: () => row.remove(),
  };
}
