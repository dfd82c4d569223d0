// @ts-check
/** Yes or no: a square checkbox. */
import { make, refusal } from './dom.js';
import { icon } from './icons.js';

/** @typedef {{name: string, label: string, help: string, default: boolean}} ToggleSpec */

/**
 * @param {HTMLElement} element @param {ToggleSpec} spec @param {import('./slider.js').Send} send
 * @returns {import('./slider.js').Control}
 */
export function mountToggle(element, spec, send) {
  const box = make('input', { type: 'checkbox', class: 'hide' });
  const tick = icon('holds');
  const label = make('label', { class: 'toggle', title: spec.help }, box, make('i', {}, tick), spec.label);
  const row = make('div', { 'data-parameter': spec.name }, label);
  const error = refusal(row);
  let value = spec.default;

  const show = () => {
    box.checked = value;
    label.classList.toggle('on', value);
    tick.toggleAttribute('hidden', !value);
  };
  box.addEventListener('change', () => {
    value = box.checked;
    error.sentence('');
    show();
    send({ type: 'set', parameter: spec.name, value });
  });
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
