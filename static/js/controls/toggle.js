// @ts-check
/** Yes or no: a square checkbox. */
import { button, make, refusal } from './dom.js';
import { icon } from './icons.js';

/** @typedef {{name: string, label: string, help: string, default: boolean}} ToggleSpec */

/**
 * @param {HTMLElement} element @param {ToggleSpec} spec @param {import('./slider.js').Send} send
 * @returns {import('./slider.js').Control}
 */
export function mountToggle(element, spec, send) {
  let value = spec.default;
  const box = button({ class: 'toggle', role: 'checkbox', title: spec.help }, () => {
    value = !value;
    error.sentence('');
    show();
    send({ type: 'set', parameter: spec.name, value });
  }, make('i', {}, icon('holds')), spec.label);
  const row = make('div', { 'data-parameter': spec.name }, box);
  const error = refusal(row);
  const show = () => box.setAttribute('aria-checked', String(value));
  element.append(row);
  show();
  return {
    set(next) {
      value = next;
      error.sentence('');
      show();
    },
    refuse(sentence) {
      value = !value;
      show();
      error.sentence(sentence);
    },
    destroy: () => row.remove(),
  };
}
