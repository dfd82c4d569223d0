// @ts-check
/** The controls beside the stage: presets, actions, what changes at once, what starts a new run. */
import { mountActions } from '../controls/actions.js';
import { mountChoice } from '../controls/choice.js';
import { button, make } from '../controls/dom.js';
import { mountSlider } from '../controls/slider.js';
import { mountToggle } from '../controls/toggle.js';

/** @typedef {import('./schema.js').Schema} Schema */
/** @typedef {import('./schema.js').ControlSpec} ControlSpec */
/** @typedef {import('../controls/slider.js').Control} Control */
/** @typedef {(message: object) => void} Send */

/** More presets than this stand in a list. */
const IN_A_ROW = 4;

/** @param {HTMLElement} element @param {ControlSpec} spec @param {Send} send @returns {Control} */
export function mountControl(element, spec, send) {
  if (spec.kind === 'slider') return mountSlider(element, spec, send);
  return spec.kind === 'choice' ? mountChoice(element, spec, send) : mountToggle(element, spec, send);
}

/**
 * @param {HTMLElement} element @param {Schema} schema @param {Send} send
 * @returns {{set: (parameters: Record<string, any>) => void, refuse: (parameter: string, sentence: string) => boolean,
 *   destroy: () => void}}
 */
export function mountRail(element, schema, send) {
  const before = [...element.childNodes];
  element.replaceChildren();
  /** @type {Map<string, Control>} */ const controls = new Map();
  if (schema.presets.length) mountPresets(section(element, 'Presets'), schema.presets, send);
  if (schema.actions.some(({ label }) => label)) mountActions(section(element, 'Actions'), schema.actions, send);
  for (const [applies, words] of /** @type {const} */ ([['live', 'changes at once'], ['restart', 'starts a new run']])) {
    const specs = schema.controls.filter((spec) => spec.applies === applies);
    if (!specs.length) continue;
    const home = schema.arms ? section(element, 'Same in both', words) : section(element, capital(words));
    for (const spec of specs) controls.set(spec.name, mountControl(home, spec, send));
  }
  return {
    set(parameters) {
      for (const [name, value] of Object.entries(parameters)) controls.get(name)?.set(value);
    },
    refuse(parameter, sentence) {
      controls.get(parameter)?.refuse(sentence);
      return controls.has(parameter);
    },
    destroy() {
      for (const control of controls.values()) control.destroy();
      element.replaceChildren(...before);
    },
  };
}

/** @param {string} words */
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** @param {HTMLElement} rail @param {string} title @param {string} [small] */
function section(rail, title, small) {
  const heading = make('h2', {}, title);
  if (small) heading.append(' ', make('small', {}, small));
  const box = make('section', {}, heading);
  rail.append(box);
  return box;
}

/** @param {HTMLElement} element @param {{name: string}[]} presets @param {Send} send */
function mountPresets(element, presets, send) {
  /** @param {string} name */
  const choose = (name) => send({ type: 'preset', name });
  if (presets.length <= IN_A_ROW) {
    const row = presets.map(({ name }) => button({ class: 'btn' }, () => choose(name), name));
    element.append(make('div', { class: 'actions' }, ...row));
    return;
  }
  // A preset is something one does, not something that stays chosen: the list returns to its first word.
  const list = make('select', { class: 'sel', 'aria-label': 'Preset' }, make('option', { value: '' }, 'choose one'),
    ...presets.map(({ name }) => make('option', { value: name }, name)));
  list.addEventListener('change', () => {
    if (list.value) choose(list.value);
    list.value = '';
  });
  element.append(list);
}
