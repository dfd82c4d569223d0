// @ts-check
/**
 * Live numbers and words in sentences and formulas: every `.live[data-channel]` shows the current value of its channel,
 * or the frame's word of that name. Braces in a sentence ("{wrong} units disagree", "{energy:1}") become such places.
 */
import { fixed } from '../draw/numbers.js';
import { number } from '../session/frame.js';
import { make, write } from './dom.js';

/** @typedef {import('../session/frame.js').Frame} Frame */

const BRACES = /\{([A-Za-z_][\w.-]*)(?::(\d+))?\}/;

/**
 * A sentence cut at its braces.
 * @param {string} text @returns {(string | {channel: string, digits: string})[]}
 */
export function parts(text) {
  const found = BRACES.exec(text);
  if (!found) return text ? [text] : [];
  const [whole, channel = '', digits = ''] = found;
  return [...parts(text.slice(0, found.index)), { channel, digits }, ...parts(text.slice(found.index + whole.length))];
}

/**
 * A value as a sentence holds it: as many decimals as asked for, else none for whole numbers and two for others.
 * @param {number} value @param {string | undefined} digits
 */
export function spoken(value, digits) {
  return fixed(value, digits ? Number(digits) : Number.isInteger(value) ? 0 : 2);
}

/** @param {Element} element */
function replaceBraces(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */ const texts = [];
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
  for (const text of texts.filter(({ data }) => BRACES.test(data))) {
    text.replaceWith(...parts(text.data).map((part) => (typeof part === 'string' ? part
      : make('span', { class: 'live', 'data-channel': part.channel, 'data-digits': part.digits }, '–'))));
  }
}

/**
 * @param {Element[]} elements captions and formulas as the server rendered them
 * @returns {{draw: (frame: Frame) => void}}
 */
export function mountLive(elements) {
  elements.forEach(replaceBraces);
  const places = elements.flatMap((element) => [...element.querySelectorAll('.live[data-channel]')]);
  // A formula that holds only for some settings stands there while the frame's word "formula" names it.
  const cases = elements.flatMap((element) => [...element.querySelectorAll('[data-when]')]);
  return {
    draw(frame) {
      for (const each of cases) {
        const holds = each.getAttribute('data-when')?.split(' ').includes(frame.words.formula ?? '');
        each.toggleAttribute('hidden', !holds);
      }
      for (const place of places) {
        const name = place.getAttribute('data-channel') ?? '';
        const digits = place.getAttribute('data-digits') ?? undefined;
        const word = frame.words[name];
        place.classList.toggle('num', word === undefined); // numbers are not broken over lines, words may be
        if (word !== undefined) write(place, word);
        // A channel that is not there yet has no value: leave the dash.
        else if (known(frame, name)) write(place, spoken(number(frame, name), digits));
      }
    },
  };
}

/** @param {Frame} frame @param {string} name */
const known = (frame, name) => frame.channels.has(name) || (frame.series.get(name)?.rows ?? 0) > 0;
