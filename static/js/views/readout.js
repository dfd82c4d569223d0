// @ts-check
/** Readout: a few numbers in a ruled list, as text. */

import { fixed } from '../draw/numbers.js';
import { number } from '../session/frame.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').NumberRow} NumberRow */

/** @param {string} tag @param {string} [text] @param {string} [name] */
function make(tag, text = '', name = '') {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = name;
  return element;
}

/** @param {NumberRow} spec @param {HTMLElement} list */
function row({ channel, label, symbol, digits, unit, waiting }, list) {
  const line = make('div');
  const name = make('dt', label);
  if (symbol) name.append(' ', make('span', symbol.replace(/^\\/, ''), 'sym'));
  const [value, numeral] = [make('dd'), document.createTextNode('')];
  value.append(numeral);
  if (unit) value.append(make('small', unit));
  line.append(name, value);
  list.append(line);
  return (/** @type {Frame} */ frame) => {
    const measured = number(frame, channel);
    const waits = waiting && Number.isNaN(measured);
    const lost = !waits && !Number.isFinite(measured);
    const text = waits ? '–' : lost ? 'not finite' : fixed(measured, digits);
    if (numeral.data !== text) numeral.data = text;
    value.classList.toggle('lost', lost);
    return `${label} ${text}${unit ? ` ${unit}` : ''}`;
  };
}

/**
 * @param {HTMLElement} element @param {import('./types.js').ReadoutSpec} spec @param {import('./types.js').Context} _context
 * @returns {import('./types.js').Mounted}
 */
export function mountReadout(element, spec, _context) {
  const list = make('dl', '', 'readout');
  const rows = spec.numbers.map((entry) => row(entry, list));
  list.setAttribute('aria-label', spec.title);
  element.append(list);
  let said = '';
  return {
    draw(frame) {
      said = rows.map((show) => show(frame)).join(', ');
    },
    /** Whoever has no mouse scrolls by keyboard what has no room. */
    resize() {
      list.tabIndex = list.scrollHeight > list.clientHeight ? 0 : -1;
    },
    destroy() {
      list.remove();
    },
    summary: () => `${spec.title}: ${said}.`,
  };
}
