// @ts-check
/** Graph: units and their links. A unit is read under the pointer or the arrow keys, and may be pressed. */

import { picture } from '../draw/canvas.js';
import { number } from '../session/frame.js';
import { graphed } from './circles.js';
import { mountCursor } from './cursor.js';
import { mountLayering } from './layering.js';
import { netOf, netSummed, unitRead, unitTold } from './links.js';
import { mountReading } from './reading.js';
import { groups, nearestUnit } from './seats.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').GraphSpec} GraphSpec */

/** A finger meets a unit from so far away, in pixels. */
const REACH = 22;

/**
 * @param {HTMLElement} element @param {GraphSpec} spec @param {import('./types.js').Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountGraph(element, spec, context) {
  /** @type {Frame | null} */
  let frame = null;
  /** @type {import('./links.js').Net | null} */
  let net = null;
  /** @type {import('./circles.js').Drawn} */
  let drawn = { at: [], spacing: 0, radius: 0, inside: [] };
  let chosen = -1;
  const summary = () => (net?.count ? netSummed(spec, net) : `${spec.title}: waiting for the first picture.`);
  const shown = picture(element, (sheet) => {
    if (!net?.count) return;
    drawn = graphed(sheet, spec.layout, net, chosen);
    layering?.place(groups(net.layers).map(([first]) => drawn.at[first ?? -1]?.[0] ?? 0));
  }, summary);
  const forget = context.hover?.on(spec.index, () => choose(context.hover?.entry(spec.index) ?? -1));

  function read() {
    const [x, y] = drawn.at[chosen] ?? [0, 0];
    // At the foot for units above the middle, which have too little room over them.
    const height = shown.canvas.clientHeight;
    reading?.say(net && net.count > chosen && chosen >= 0 ? unitRead(net, chosen) : '', x, y < height / 2 ? height + 8 : y - drawn.radius);
  }
  /** @param {number} next */
  function choose(next) {
    if (next === chosen) return;
    chosen = next;
    shown.refresh();
    read();
    context.hover?.point(spec.index, next);
  }
  // A miniature has no hover, and nothing in it can be reached.
  const reading = context.hover ? mountReading(element) : null;
  const cursor = context.hover ? mountCursor(element, {
    name: `${spec.title}: read the units with the arrow keys${spec.press ? '; Enter presses one' : ''}`,
    locate: (x, y) => nearestUnit(drawn.at, x, y, Math.max(REACH, drawn.radius + 4)),
    size: () => ({ columns: 1, count: net?.count ?? 0 }),
    moved: choose,
    describe: (unit) => (net && unit >= 0 ? `${unitTold(net, unit)}.` : ''),
    first: () => Math.max(0, net?.now ?? 0),
    ...(spec.press ? { press: (unit) => context.send({ type: 'act', action: spec.press, arguments: { unit } }) } : {}),
  }) : null;
  element.classList.add('units');
  const parameter = () => frame?.words[spec.widths ?? ''];
  const layering = spec.widths && context.hover ? mountLayering(element, {
    bounds: () => /** @type {any} */ (context.controls?.find(({ name }) => name === parameter())),
    change: (value) => context.send({ type: 'set', parameter: parameter(), value }),
  }) : null;
  element.classList.toggle('layered', Boolean(layering));
  return {
    draw(next) {
      const old = frame;
      frame = next;
      if (old && unchanged(spec, old, next)) return;
      net = netOf(spec, next);
      layering?.show(net.layers);
      shown.refresh(next.state !== 'playing');
      if (chosen >= 0) read();
    },
    resize: () => shown.refresh(),
    destroy() {
      forget?.();
      cursor?.destroy();
      reading?.destroy();
      layering?.destroy();
      element.classList.remove('units', 'layered');
      shown.destroy();
    },
    summary,
  };
}

/** Whether nothing drawn here differs. @param {GraphSpec} spec @param {Frame} old @param {Frame} next */
function unchanged(spec, old, next) {
  const prefix = `${spec.index || 'unit'}_`;
  const names = (/** @type {Frame} */ { words }) => Object.entries(words).filter(([key]) => key.startsWith(prefix)).join();
  const arrays = [spec.weights, spec.states, spec.layers, spec.held];
  return arrays.every((name) => old.channels.get(name)?.data === next.channels.get(name)?.data) && names(old) === names(next)
    && old.state === next.state && (!spec.now || number(old, spec.now) === number(next, spec.now));
}
