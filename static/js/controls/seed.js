// @ts-check
/** The seed: a value to click and type another into; what is no seed is said beside it. */
import { parse } from '../draw/numbers.js';
import { make, refusal } from './dom.js';
import { field } from './field.js';

const LARGEST = 2 ** 31 - 1;
const RIGHT = 'A seed is a whole number from 0 to 2\u2009147\u2009483\u2009647.';

/** The seed that a text names, NaN if it names none. @param {string} text @returns {number} */
export function seedOf(text) {
  const asked = parse(text);
  return Number.isInteger(asked) && asked >= 0 && asked <= LARGEST ? asked : NaN;
}

/**
 * @param {(message: object) => void} send
 * @returns {{element: HTMLElement, set: (seed: number) => void}}
 */
export function makeSeed(send) {
  let seed = 0;
  const entry = field({ class: 'value', label: 'seed', shown: () => String(seed) }, (text) => {
    const asked = seedOf(text);
    if (Number.isNaN(asked)) {
      entry.refuse();
      error.sentence(RIGHT);
    } else {
      error.sentence('');
      send({ type: 'new_draw', seed: asked });
    }
  });
  const element = make('span', { class: 'seed' }, 'seed ', entry.element);
  const error = refusal(element);
  // The sentence stands as long as what it is about.
  const tidy = () => entry.element.hasAttribute('aria-invalid') || error.sentence('');
  for (const name of ['blur', 'keyup']) entry.element.addEventListener(name, tidy);
  return {
    element,
    set(next) {
      seed = next;
      entry.show(String(seed));
      tidy();
    },
  };
}
