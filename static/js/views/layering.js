// @ts-check
/** Buttons at the layers of a graph: a unit more or less in each, and at both ends a layer more or less. */

import { groups } from './seats.js';

/** @typedef {{low: number, high: number, most: number}} Bounds of one layer's units, and of the layers */
/** @typedef {{name: string, sign: '+' | '−', change: (units: number[]) => number[]}} Deed */

/** The units of every layer between the first and the last. @param {number[]} layers @returns {number[]} */
export const hiddenOf = (layers) => groups(layers).slice(1, -1).map((units) => units.length);

/** Whether a net may have so many units in its layers. @param {number[]} units @param {Bounds | undefined} bounds */
export const allowed = (units, { low, high, most } = { low: 1, high: 0, most: 0 }) =>
  units.length > 0 && units.length <= most && units.every((count) => count >= low && count <= high);

/** @param {number} layer @param {number} more @returns {Deed['change']} */
const grown = (layer, more) => (units) => units.map((count, index) => (index === layer ? count + more : count));

/**
 * What can be done at each column of the graph: layers at its ends, units between. A new layer is as wide as the one
 * it stands beside.
 * @param {number} count of the layers between first and last @returns {Deed[][]} one pair for each column
 */
export function deeds(count) {
  const between = Array.from({ length: count }, (_, layer) => /** @type {Deed[]} */ ([
    { name: `one unit more in layer ${layer + 1}`, sign: '+', change: grown(layer, 1) },
    { name: `one unit less in layer ${layer + 1}`, sign: '−', change: grown(layer, -1) },
  ]));
  return [
    [
      { name: 'one layer more at the inputs', sign: '+', change: (units) => [units[0] ?? 1, ...units] },
      { name: 'one layer less at the inputs', sign: '−', change: (units) => units.slice(1) },
    ],
    ...between,
    [
      { name: 'one layer more at the outputs', sign: '+', change: (units) => [...units, units.at(-1) ?? 1] },
      { name: 'one layer less at the outputs', sign: '−', change: (units) => units.slice(0, -1) },
    ],
  ];
}

/** What a change comes to, for those who do not see it. @param {number[]} units */
const told = (units) => `${units.length} hidden layer${units.length === 1 ? '' : 's'}: ${units.join(', ')} units`;

/**
 * @param {HTMLElement} element below the graph
 * @param {{bounds: () => Bounds | undefined, change: (widths: string) => void}} net
 * @returns {{show: (layers: number[]) => void, place: (places: number[]) => void, destroy: () => void}} `place`: of the columns, from the left
 */
export function mountLayering(element, { bounds, change }) {
  const strip = document.createElement('div');
  strip.className = 'layering';
  strip.setAttribute('role', 'group');
  strip.setAttribute('aria-label', 'Layers and units');
  const said = document.createElement('span');
  said.className = 'hide';
  said.setAttribute('role', 'status');
  strip.append(said);
  element.append(strip);
  /** @type {HTMLElement[]} */
  let columns = [];
  let shown = '';
  /** @type {number[]} */
  let units = [];

  /** @param {Deed} deed */
  function made({ name, sign, change: changed }) {
    const button = document.createElement('button');
    [button.type, button.textContent] = ['button', sign];
    button.setAttribute('aria-label', name);
    button.title = name;
    button.addEventListener('click', () => {
      const next = changed(units);
      if (!allowed(next, bounds())) return;
      // Until the next picture tells: who presses twice means two.
      lock(next);
      said.textContent = told(next);
      change(next.join('-'));
    });
    return button;
  }
  /** A button that can do nothing now stays where it is, and in focus. @param {number[]} next */
  function lock(next) {
    units = next;
    const all = deeds(units.length).flat();
    strip.querySelectorAll('button').forEach((button, index) =>
      button.setAttribute('aria-disabled', String(!all[index] || !allowed(all[index].change(units), bounds()))));
  }
  /** The ends keep their buttons, whatever comes between them. @param {number} count */
  function arrange(count) {
    if (columns.length === count + 2) return;
    const held = columns.indexOf(/** @type {HTMLElement} */ (document.activeElement?.parentElement));
    const sign = [...document.activeElement?.parentElement?.children ?? []].indexOf(/** @type {Element} */ (document.activeElement));
    const last = held > 0 && held === columns.length - 1;
    for (const column of columns) column.remove();
    columns = deeds(count).map((pair) => {
      const column = document.createElement('span');
      column.append(...pair.map(made));
      return column;
    });
    strip.append(...columns);
    const again = columns[last ? columns.length - 1 : Math.min(held, columns.length - 1)]?.children[sign];
    if (again instanceof HTMLElement) again.focus();
  }
  return {
    show(layers) {
      const next = hiddenOf(layers);
      if (next.join() === shown) return;
      shown = next.join();
      arrange(next.length);
      lock(next);
    },
    place(places) {
      columns.forEach((column, index) => (column.style.left = `${places[index] ?? 0}px`));
    },
    destroy: () => strip.remove(),
  };
}
