// @ts-check
/** The divergence card, docked to the panel whose curve ended: what became infinite first, why, and ways on. */
import { button, make } from '../controls/dom.js';
import { short } from '../draw/numbers.js';

/** @typedef {{label: string, parameters: Record<string, number | string | boolean>, action?: string}} Way */
/**
 * @typedef {object} Message
 * @property {string} where @property {number} step @property {(number | null)[]} last @property {string} cause
 * @property {string} arm @property {Way[]} ways
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
  for (const way of ways) {
    const { label, messages } = answerTo(way, Math.max(0, step - 1));
    row.append(button({ class: 'btn sm' }, () => messages.forEach(send), label));
  }
  const card = make('div', { class: 'diverged', role: 'alert' }, title, list, row);
  panel.append(card);
  return { destroy: () => card.remove() };
}

/**
 * What a way's button says and sends. An action is done before the step that broke, and the run goes on; a change begins a new run; a way without one rewinds to the last step that was
 * finite, and waits there, for the same run would only diverge again.
 * @param {Way} way @param {number} finite @returns {{label: string, messages: object[]}}
 */
export function answerTo({ label, parameters, action }, finite) {
  if (action) return { label, messages: [{ type: 'act', action, arguments: {} }] };
  const changes = Object.entries(parameters).map(([parameter, value]) => ({ type: 'set', parameter, value }));
  if (changes.length) return { label, messages: changes };
  const back = { type: 'rewind', step: finite };
  return { label: `${label} to step ${finite}`, messages: finite ? [back] : [back, { type: 'pause' }] };
}
