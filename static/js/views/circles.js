// @ts-check
/** How a graph is drawn: links under units, weakest first; circles filled by state, named inside or beside. */

import { font } from '../draw/canvas.js';
import { words } from '../draw/marks.js';
import { inkOn, shade } from '../draw/shades.js';
import { DRAWN, lacking } from './links.js';
import { seats } from './seats.js';

/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('./links.js').Net} Net */
/** @typedef {import('./seats.js').Point} Point */
/** @typedef {{at: Point[], spacing: number, radius: number, inside: boolean[]}} Drawn `inside`: whose names stand in their circles */

const RADIUS = 13;
/** How wide a weight of 1 is drawn, unless the strongest would be too wide for the circles. */
const WIDTH = 4.2;

/** @param {Sheet} sheet @param {'ring' | 'layers'} layout @param {Net} net @param {number} chosen the unit being read, −1: none
 * @returns {Drawn} where the units are */
export function graphed(sheet, layout, net, chosen) {
  const drawn = placed(sheet, layout, net);
  lines(sheet, net, drawn, chosen);
  for (let unit = 0; unit < net.count; unit += 1) circle(sheet, layout, net, drawn, unit, chosen);
  beside(sheet, layout, net, drawn);
  const foot = lacking(net);
  if (foot) words(sheet, foot, 0, sheet.height, { colour: sheet.look.colour['ink-2'], baseline: 'bottom' });
  return drawn;
}

/** A hidden unit has a second outline, so much further in. */
const DOUBLE = 3;
/** @param {'ring' | 'layers'} layout @param {Net} net @param {number} index */
const isHidden = (layout, { layers }, index) => layout === 'ring' && (layers[index] ?? 0) > 0;

/** A circle where units have room on it, else an oval. */
const STRETCHES = [1, 1.4, 2];
/** Units so many radii apart leave their links to be seen. */
const ROOMY = 4;

/** Names that do not fit into circles of full size stand beside them; where circles are smaller than names, all do.
 * @param {Sheet} sheet @param {'ring' | 'layers'} layout @param {Net} net @returns {Drawn} */
function placed({ width, height, unit, look, context: pen }, layout, net) {
  const size = look.size.tick;
  pen.font = font(size, 650);
  const wide = net.names.map((name) => pen.measureText(name).width);
  const most = RADIUS * unit;
  const foot = lacking(net) ? size * 1.4 : 0;
  /** @param {boolean[]} inside @param {number} stretch @param {number} above free for names @returns {Drawn} */
  const tried = (inside, stretch, above = 0) => {
    const edge = (RADIUS + 9) * unit;
    const margin = { x: edge + Math.max(0, ...wide.filter((_, index) => !inside[index])), y: edge + above };
    const { at, spacing } = seats(layout, net.layers, { width, height: height - foot, margin }, stretch);
    const [across, up] = [width / 2, (height - foot) / 2];
    const upright = layout === 'ring' && at.some(([x, y], index) => !inside[index] && Math.abs(x - across) < Math.abs(y - up));
    return upright && !above ? tried(inside, stretch, size) : { at, inside, spacing, radius: Math.min(most, spacing * 0.38) };
  };
  const fitting = (/** @type {number} */ radius) => wide.map((each, index) =>
    Math.hypot(each / 2, size * 0.36) <= radius - (isHidden(layout, net, index) ? DOUBLE * unit : 1));
  const roomy = (/** @type {boolean[]} */ inside) => STRETCHES.map((stretch) => tried(inside, stretch))
    .reduce((best, other) => (best.spacing < ROOMY * most && other.spacing > best.spacing ? other : best));
  const drawn = roomy(fitting(most));
  // Names that do not fit into smaller circles after all ask for room beside them, which makes circles no larger.
  return fitting(drawn.radius).every((fits, index) => fits || !drawn.inside[index]) ? drawn : roomy(wide.map(() => false));
}

/** @param {Sheet} sheet @param {Net} net @param {Drawn} drawn @param {number} chosen */
function lines({ context: pen, look, unit }, { links }, { at, radius }, chosen) {
  const strongest = Math.abs(links.at(-1)?.weight ?? 0);
  const factor = Math.min(WIDTH * unit, (radius * 0.58) / strongest);
  const own = (/** @type {import('./links.js').Link} */ { from, to }) => from === chosen || to === chosen;
  const seen = links.slice(-DRAWN);
  // All links of the unit being read, over the others, which step back.
  const order = chosen < 0 ? seen : [...seen.filter((link) => !own(link)), ...links.filter(own)];
  pen.save();
  for (const link of order) {
    const [from, to] = [at[link.from], at[link.to]];
    if (!from || !to) continue;
    pen.globalAlpha = chosen < 0 || own(link) ? 1 : 0.15;
    pen.strokeStyle = look.colour[link.weight > 0 ? 'plus' : 'minus'];
    pen.lineWidth = Math.max(0.7 * unit, Math.abs(link.weight) * factor);
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  }
  pen.restore();
}

/** @param {CanvasRenderingContext2D} pen @param {Point} at @param {number} radius */
function disc(pen, [x, y], radius) {
  pen.beginPath();
  pen.arc(x, y, Math.max(0, radius), 0, 2 * Math.PI);
}

/** @param {Sheet} sheet @param {'ring' | 'layers'} layout @param {Net} net @param {Drawn} drawn @param {number} index @param {number} chosen */
function circle({ context: pen, look, unit }, layout, net, { at, radius, inside }, index, chosen) {
  const { states, held, names, now } = net;
  const place = at[index] ?? [0, 0];
  const state = states[index] ?? NaN;
  const part = Math.min(unit, radius / 8);
  // The rim of paper parts the circle from its links.
  disc(pen, place, radius + (index === now ? 6 : 3) * part);
  pen.fillStyle = look.colour.paper;
  pen.fill();
  for (const inner of isHidden(layout, net, index) ? [0, DOUBLE * part] : [0]) {
    disc(pen, place, radius - inner);
    pen.fillStyle = inner || !isHidden(layout, net, index) ? shade(look, state) : look.colour.paper;
    pen.fill();
    [pen.strokeStyle, pen.lineWidth] = [look.colour.ink, (inner ? 1 : 1.5) * part];
    pen.stroke();
  }
  /** @type {[number, 'ink' | 'now'][]} */
  const rings = index === now ? [[6, 'ink'], [3.5, 'now']] : index === chosen ? [[2.2, 'ink']] : [];
  for (const [line, colour] of rings) {
    disc(pen, place, radius + 3 * part);
    [pen.strokeStyle, pen.lineWidth] = [look.colour[colour], line * part];
    pen.stroke();
  }
  if (held[index]) brackets(pen, place, radius + (index === now ? 8 : 5) * part, part, look.colour);
  if (!inside[index]) return;
  pen.font = font(look.size.tick, 650);
  [pen.textAlign, pen.textBaseline, pen.fillStyle] = ['center', 'middle', inkOn(look, state)];
  pen.fillText(names[index] ?? '', place[0], place[1] + 0.06 * look.size.tick);
}

/** A unit that is held stands between brackets. @param {CanvasRenderingContext2D} pen @param {Point} at @param {number} away
 * @param {number} part @param {import('../draw/colours.js').Look['colour']} colour */
function brackets(pen, [x, y], away, part, colour) {
  const [tall, deep] = [away * 0.72, 4 * part];
  for (const [line, name] of /** @type {const} */ ([[5.5, 'paper'], [2.4, 'ink']])) {
    [pen.strokeStyle, pen.lineWidth, pen.lineJoin] = [colour[name], line * part, 'miter'];
    for (const side of [-1, 1]) {
      pen.beginPath();
      pen.moveTo(x + side * (away - deep), y - tall);
      pen.lineTo(x + side * away, y - tall);
      pen.lineTo(x + side * away, y + tall);
      pen.lineTo(x + side * (away - deep), y + tall);
      pen.stroke();
    }
  }
}

/** Names outside the circles, as many as have room. @param {Sheet} sheet @param {'ring' | 'layers'} layout @param {Net} net @param {Drawn} drawn */
function beside(sheet, layout, { names, layers, held }, { at, radius, inside }) {
  const { width, height, unit, look } = sheet;
  const [first, last] = [Math.min(...layers), Math.max(...layers)];
  const near = 1.3 * look.size.tick;
  /** @type {Point[]} */
  const told = [];
  names.forEach((name, index) => {
    const [x, y] = at[index] ?? [0, 0];
    if (inside[index] || told.some(([left, top]) => Math.hypot(left - x, top - y) < near)) return;
    const side = layers[index] === first ? -1 : layers[index] === last ? 1 : 0;
    if (layout === 'layers' && side === 0) return;
    const [dx, dy] = layout === 'ring' ? outward(x - width / 2, y - height / 2) : [side, 0];
    told.push([x, y]);
    const away = radius + (held[index] ? 14 : 8) * unit;
    words(sheet, name, x + dx * away, y + dy * (away + 2 * unit), {
      colour: look.colour['ink-2'], align: dx > 0.4 ? 'left' : dx < -0.4 ? 'right' : 'center',
    });
  });
}

/** @param {number} x @param {number} y @returns {Point} */
function outward(x, y) {
  const length = Math.hypot(x, y) || 1;
  return [x / length, y / length];
}
