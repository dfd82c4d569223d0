// @ts-check
/** Points: examples on the plane, each class with its mark, over what the net says there. A press places one more. */

import { picture } from '../draw/canvas.js';
import { barHeight, colourBar, entries } from '../draw/map.js';
import { marked, shapeOf } from '../draw/shapes.js';
import { mountAim } from './aiming.js';
import { called, decided, decisionsOf, exampled, examplesOf, exemplified } from './classes.js';
import { Ground, colourOf } from './decisions.js';
import { key, keyHeight } from './key.js';
import { placed } from './shares.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').PointsSpec} PointsSpec */
/** @typedef {import('./classes.js').Examples} Examples */
/** @typedef {import('./classes.js').Decisions} Decisions */
/** @typedef {import('./shares.js').Point} Point */

/** Around the map, for marks at its very edge. */
const MARGIN = 8;
/** Below this size nothing is said: a miniature. */
const SMALLEST = 170;
/** An example is met from so far away, in pixels. */
const NEAR = 12;

/** How large marks may be, so that many can be told apart. @param {number} side in units @param {number} count */
export const sizeFor = (side, count) => Math.max(2.4, Math.min(4.6, (0.17 * side) / Math.sqrt(Math.max(1, count))));

/** On the map, at its edge if need be. @param {Point} point @param {number} side @returns {Point} */
const seated = ([x, y], side) => placed([Math.max(-1, Math.min(1, x)), Math.max(-1, Math.min(1, y))], side);

/** @param {Sheet} sheet @param {Examples} examples @param {Point[]} places @param {number} size */
function marks(sheet, { labels, held, wrong, valued, count, range }, places, size) {
  const { look: { colour, maps } } = sheet;
  const chosen = (/** @type {boolean[]} */ flags) => places.filter((_, each) => flags[each]);
  // Values are compared with the map around them: no rims, and thin lines.
  const bare = valued ? { rim: 'transparent', line: 0.9 } : {};
  // First what may not cover another example.
  marked(sheet, 'frame', chosen(wrong), { size: size + 4, fill: 'transparent', colour: colour.minus });
  marked(sheet, 'circle', chosen(held), { size: size + 3.4, fill: 'transparent', ...bare });
  if (!valued) for (let number = 0; number < count; number += 1) marked(sheet, shapeOf(number), places.filter((_, each) => labels[each] === number), { size });
  else entries({ shape: [labels.length], data: Float32Array.from(labels), changed: true }, range).forEach((entry, each) => {
    const whole = maps.diverging[entry] ?? 0;
    const fill = entry === 255 ? colour.paper : `rgb(${whole & 255} ${(whole >> 8) & 255} ${(whole >> 16) & 255})`;
    marked(sheet, 'disc', places.slice(each, each + 1), { size, fill, ...bare });
  });
}

/** @param {Sheet} sheet @param {PointsSpec} spec @param {Examples} examples @param {(number: number) => string} name
 * @param {Record<string, string>} words @returns {import('./key.js').Item[]} */
function keyed(sheet, { axes }, { valued, count, held, wrong, labels }, name, words) {
  const { look, unit, context: pen } = sheet;
  const called = axes.map((text, index) => words[`axis_${index}`] ?? text);
  const named = called.flatMap((text, index) => (text ? [`${'→↑'[index]} ${text}`] : [])).join('   ');
  const classes = Array.from({ length: valued ? 0 : count }, (_, number) => ({
    text: name(number),
    mark(/** @type {number} */ x, /** @type {number} */ y) {
      pen.fillStyle = colourOf(look, number, count);
      pen.fillRect(x - 8 * unit, y - 7 * unit, 16 * unit, 14 * unit);
      marked(sheet, shapeOf(number), [[x, y]], { size: 4, rim: 'transparent' });
    },
  }));
  const flagged = /** @type {const} */ ([['to test with', 'circle', held, look.colour.ink], [valued ? 'missed' : 'named wrongly', 'frame', wrong, look.colour.minus]])
    .flatMap(([text, shape, flags, colour]) => (flags.some(Boolean) && labels.length
      ? [{ text, mark: (/** @type {number} */ x, /** @type {number} */ y) => marked(sheet, shape, [[x, y]], { size: 5.4, fill: 'transparent', colour }) }] : []));
  return [...classes, ...flagged, ...(named ? [{ text: named }] : [])];
}

/**
 * @param {HTMLElement} element @param {PointsSpec} spec @param {import('./types.js').Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountPoints(element, spec, context) {
  const ground = new Ground();
  const names = [spec.channel, spec.classes, spec.field, spec.certainty, spec.held_out, spec.wrong];
  /** @type {Frame | null} */
  let frame = null;
  /** @type {Examples | null} */
  let examples = null;
  /** @type {Decisions | null} */
  let decisions = null;
  let [free, side] = [0, 1];
  const name = () => called(frame?.words ?? {}, spec);
  const shown = picture(element, paint, summary);

  /** @param {Sheet} sheet */
  function paint(sheet) {
    if (!examples) return;
    const { unit, look, context: pen } = sheet;
    free = Math.ceil(MARGIN * unit * sheet.ratio) / sheet.ratio;
    const inner = { ...sheet, width: sheet.width - 2 * free, height: sheet.height - 2 * free };
    const small = Math.min(inner.width, inner.height) < SMALLEST * unit;
    const items = small ? [] : keyed(sheet, spec, examples, name(), frame?.words ?? {});
    const bar = examples.valued && !small ? barHeight(sheet) : 0;
    side = Math.max(1, Math.min(inner.width, inner.height - bar - keyHeight(inner, items)));
    pen.translate(free, free);
    if (decisions) ground.draw(sheet, decisions, examples, side);
    [pen.strokeStyle, pen.lineWidth] = [look.colour.rule, 1];
    if (!decisions) pen.strokeRect(0.5, 0.5, side - 1, side - 1);
    const { points } = examples;
    marks(sheet, examples, points.map((point) => seated(point, side)), sizeFor(side / unit, points.length));
    if (bar) colourBar(sheet, 'diverging', examples.range, 0, side, side);
    key(inner, items, side + bar);
    aim?.draw(sheet);
  }
  /** @param {Point} point */
  function describe(point) {
    if (!examples) return '';
    const [x, y] = placed(point, side);
    const far = examples.points.map((other) => Math.hypot(...seated(other, side).map((place, axis) => place - ([x, y][axis] ?? 0))));
    const nearest = far.reduce((best, one, each) => (one < (far[best] ?? NEAR) ? each : best), -1);
    const said = [...(nearest >= 0 ? [exampled(examples, nearest, name())] : []), ...(decisions ? [decided(decisions, point, name())] : [])];
    return said.join('; ') || 'no example here';
  }
  // A miniature has no hover, and nothing in it can be reached.
  const aim = context.hover ? mountAim(element, {
    name: `${spec.title}: read the plane with the arrow keys${spec.press ? '; Enter places an example there' : ''}`,
    map: () => ({ free, side }),
    describe,
    first: () => [0, 0],
    refresh: () => shown.refresh(),
    press: spec.press ? ([x, y]) => context.send({ type: 'act', action: spec.press, arguments: { x, y } }) : undefined,
  }) : null;
  function summary() {
    return examples ? `${spec.title}: ${exemplified(examples, decisions, name())}.` : `${spec.title}: waiting for the first picture.`;
  }
  return {
    draw(next) {
      const old = frame;
      frame = next;
      const same = old && names.every((channel) => old.channels.get(channel)?.data === next.channels.get(channel)?.data);
      if (same && old.state === next.state) return;
      if (!same) [examples, decisions] = [examplesOf(spec, next), decisionsOf(spec, next)];
      shown.refresh(next.state !== 'playing');
      aim?.tell();
    },
    resize: () => shown.refresh(),
    destroy() {
      aim?.destroy();
      shown.destroy();
    },
    summary,
  };
}
