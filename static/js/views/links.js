// @ts-check
/** Units and the links between them: which are drawn, what they add to a unit, what is said of both. No canvas here. */

import { typeset } from '../draw/numbers.js';
import { number, valueAt } from '../session/frame.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').GraphSpec} GraphSpec */
/** @typedef {{from: number, to: number, weight: number}} Link */
/**
 * @typedef {object} Net
 * @property {number} count of units @property {string[]} names
 * @property {number[]} states from 0 to 1, NaN where not known @property {number[]} layers @property {boolean[]} held
 * @property {number} now −1: none
 * @property {Link[]} links all of them, weakest first
 */

/** More lines than this cannot be told apart. */
export const DRAWN = 200;

/** Every pair that is linked, weakest first; of two directions the stronger counts.
 * @param {ArrayLike<number>} weights row by row @param {number} count @returns {Link[]} */
export function linked(weights, count) {
  /** @type {Link[]} */
  const found = [];
  for (let from = 0; from < count; from += 1) {
    for (let to = from + 1; to < count; to += 1) {
      const [forth, back] = [weights[from * count + to] ?? 0, weights[to * count + from] ?? 0];
      const weight = Math.abs(back) > Math.abs(forth) ? back : forth;
      if (weight !== 0 && Number.isFinite(weight)) found.push({ from, to, weight });
    }
  }
  return found.sort((one, other) => Math.abs(one.weight) - Math.abs(other.weight));
}

/** @param {Frame} frame @param {string} name @returns {number[]} */
function values(frame, name) {
  const channel = frame.channels.get(name);
  return channel ? Array.from(channel.data, (_, index) => valueAt(channel, index)) : [];
}

/** @param {GraphSpec} spec @param {Frame} frame @returns {Net} */
export function netOf(spec, frame) {
  const count = frame.channels.get(spec.weights)?.shape[0] ?? 0;
  const [states, layers, held] = [spec.states, spec.layers, spec.held].map((name) => values(frame, name));
  const each = Array.from({ length: count }, (_, unit) => unit);
  const now = spec.now ? number(frame, spec.now) : -1;
  return {
    count,
    now: now >= 0 && now < count ? now : -1,
    names: each.map((unit) => frame.words[`${spec.index || 'unit'}_${unit}`] ?? String(unit + 1)),
    states: each.map((unit) => states?.[unit] ?? NaN),
    layers: each.map((unit) => layers?.[unit] ?? 0),
    held: each.map((unit) => (held?.[unit] ?? 0) > 0.5),
    links: linked(values(frame, spec.weights), count),
  };
}

/** A unit's links, strongest first. @param {Net} net @param {number} unit @returns {{other: number, weight: number}[]} */
export const linksOf = ({ links }, unit) => links
  .filter(({ from, to }) => from === unit || to === unit)
  .map(({ from, to, weight }) => ({ other: from === unit ? to : from, weight }))
  .reverse();

/** What a unit's links add to its field: Σⱼ wᵢⱼ sⱼ. @param {Net} net @param {number} unit @returns {number} NaN where states are not known */
export const pull = (net, unit) => linksOf(net, unit)
  .reduce((sum, { other, weight }) => sum + weight * (net.states[other] ?? NaN), 0);

/** With its sign and two decimals. @param {number} value */
const signed = (value) => (value > 0 ? '+' : '') + typeset((Number(value.toFixed(2)) || 0).toFixed(2));

/** @param {number} state */
const stateTold = (state) => (Number.isNaN(state) ? 'state not known'
  : state > 0.98 ? 'on' : state < 0.02 ? 'off' : `state ${state.toFixed(2)}`);

/** @param {Net} net @param {number} unit @returns {string[]} */
function about(net, unit) {
  const added = pull(net, unit);
  return [stateTold(net.states[unit] ?? NaN), ...(net.held[unit] ? ['held'] : []),
    ...(Number.isFinite(added) && linksOf(net, unit).length ? [`links add ${signed(added)}`] : [])];
}

/** @param {Net} net @param {number} unit @param {number} most @returns {string[]} */
const strongest = (net, unit, most) => linksOf(net, unit).slice(0, most)
  .map(({ other, weight }) => `${signed(weight)} to ${net.names[other]}`);

/** One unit, beside its circle, in few words: its links are lit. @param {Net} net @param {number} unit @returns {string} */
export const unitRead = (net, unit) => `${net.names[unit]}: ${about(net, unit).join(', ')}`;

/** One unit in words. @param {Net} net @param {number} unit @returns {string} */
export function unitTold(net, unit) {
  const links = strongest(net, unit, 3);
  const deciding = net.now === unit ? ', deciding now' : '';
  const among = links.length ? `strongest ${links.join(', ')}` : 'no links';
  return `Unit ${net.names[unit]}: ${about(net, unit).join(', ')}${deciding}; ${among}`;
}

/** How many links are not drawn, in words; empty where all are. @param {Net} net */
export const lacking = ({ links }) => (links.length > DRAWN ? `the ${DRAWN} strongest of ${typeset(String(links.length))} links` : '');

/** @param {number} count @param {string} noun */
const counted = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The whole picture in a sentence. @param {GraphSpec} spec @param {Net} net @returns {string} */
export function netSummed(spec, net) {
  const { links, names, states, layers, held, now } = net;
  const list = (/** @type {boolean[]} */ chosen) => names.filter((_, unit) => chosen[unit]).join(', ');
  const hidden = spec.layout === 'ring' ? layers.filter((layer) => layer > 0).length : 0;
  const depth = new Set(layers).size;
  const arranged = spec.layout === 'layers' ? `in ${counted(depth, 'layer')}` : `in a ring${hidden ? `, ${hidden} of them hidden` : ''}`;
  const positive = links.filter(({ weight }) => weight > 0).length;
  const extreme = links.at(-1);
  const on = list(states.map((state) => state > 0.5));
  const known = states.some((state) => !Number.isNaN(state));
  const fixed = list(held);
  return [`${spec.title}: ${counted(net.count, 'unit')} ${arranged}, ${counted(links.length, 'link')}, ${positive} positive`,
    ...(extreme ? [`strongest ${names[extreme.from]} to ${names[extreme.to]}, ${signed(extreme.weight)}`] : []),
    ...(known ? [on ? `on: ${on}` : 'all off'] : []),
    ...(fixed ? [`held: ${fixed}`] : []),
    ...(now >= 0 ? [`unit ${names[now]} decides now`] : []),
    ...(lacking(net) ? [`only ${lacking(net)} are drawn`] : [])].join('; ') + '.';
}
