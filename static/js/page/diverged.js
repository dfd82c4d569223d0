// @ts-check
/** The divergence card, docked to the panel whose curve ended: what became infinite first, why, and ways on. */
import { button, make } from '../controls/dom.js';
import { short } from '../draw/numbers.js';

/**
 * @typedef {object} Message
 * @property {string} where @property {number} step @property {(number | null)[]} last @property {string} cause
 * @property {string} arm @property {{label: string, parameters: Record<string, number | string | boolean>}[]} ways
 */

/** @param {(number | null)[]} last */
const losses = (last) => last.map((value) => (value === null ? 'not a number' : short(value, 3))).join(', ');

/**
 * @param {HTMLElement} panel @param {Message} message @param {string} quantity what `last` lists, the hill's title
 * @param {(message: object) => void} send @returns {{destroy: () => void}}
 */
export function mountDiverged(panel, message, quantity, send) {
  const { where, step, last, cause, arm, ways } = message;
  const title = make('h4', {});
  if (arm) title.append(make('i', { class: `mk ${arm.toLowerCase()}` }), ' ');
  title.append(`${arm ? `${arm} diverged` : 'Diverged'} at step ${step}`);
  const list = make('dl', {}, make('dt', {}, 'first'), make('dd', {}, where));
  if (last.length) list.append(make('dt', {}, quantity.toLowerCase()), make('dd', { class: 'num' }, losses(last)));
  if (cause) list.append(make('dt', {}, 'cause'), make('dd', {}, cause));
  const row = make('div', { class: 'actions' });
  for (const way of ways) row.append(button({ class: 'btn sm' }, () => go(way.parameters, send), way.label));
  const card = make('div', { class: 'diverged', role: 'alert' }, title, list, row);
  // Beside the curve where there is room for both, below it on a phone.
  panel.style.display = 'grid';
  panel.style.gridTemplateColumns = 'repeat(auto-fit, minmax(min(100%, 22rem), 1fr))';
  panel.append(card);
  return {
    destroy() {
      card.remove();
      panel.style.display = panel.style.gridTemplateColumns = '';
    },
  };
}

/** @param {Record<string, number | string | boolean>} parameters @param {(message: object) => void} send */
function go(parameters, send) {
  for (const [parameter, value] of Object.entries(parameters)) send({ type: 'set', parameter, value });
  send({ type: 'rewind', step: 0 });
  // The same run would only diverge again: it waits for a change.
  if (!Object.keys(parameters).length) send({ type: 'pause' });
}
