// @ts-check
/** What can be done to the running experiment: a button for each action that has a label. */
import { button, make, refusal } from './dom.js';

/** @typedef {{name: string, label: string, help: string, arguments: string[]}} ActionSpec */

/**
 * @param {HTMLElement} element @param {ActionSpec[]} specs @param {import('./slider.js').Send} send
 * @returns {{refuse: (sentence: string) => void, destroy: () => void}}
 */
export function mountActions(element, specs, send) {
  const row = make('div', { class: 'actions' });
  for (const { name, label, help } of specs.filter((spec) => spec.label)) {
    const act = () => {
      error.sentence('');
      send({ type: 'act', action: name, arguments: {} });
    };
    row.append(button({ class: 'btn', title: help }, act, label));
  }
  const error = refusal(row);
  element.append(row);
  return { refuse: error.sentence, destroy: () => row.remove() };
}
