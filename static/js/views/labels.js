// @ts-check
/** The words on the hill: at the ends of its curves, at its theory lines, and above it. */

import { font } from '../draw/canvas.js';
import { ball, colourOf, cross, hairline, sizeOf, worded, words } from '../draw/marks.js';
import { fixed } from '../draw/numbers.js';
import { along, around, boxAt, square } from '../draw/places.js';
import { number } from '../session/frame.js';
import { meanName } from './series.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').HillSpec} HillSpec */
/** @typedef {import('./types.js').Context} Context */
/** @typedef {import('../draw/canvas.js').Sheet} Sheet */
/** @typedef {import('../draw/places.js').Places} Places */
/** @typedef {import('./ending.js').Ending} Ending */
/** @typedef {import('./slope.js').Plot} Plot */

/** What stands beside the ball. @param {HillSpec} spec @param {Ending} ending */
export function endText({ digits, symbol }, { line, value, broken }) {
  const told = `${fixed(value, digits)}${broken ? ', then not finite' : ''}`;
  return line.label ? `${line.label}  ${told}` : `${symbol ? `${symbol} = ` : ''}${told}`;
}

/** The ball, or the ✕ of a run that is no number any more, and its value. @param {Sheet} sheet @param {Plot} plot
 * @param {HillSpec} spec @param {Ending[]} ended @param {Places} places */
export function ends(sheet, { box, x, y }, spec, ended, places) {
  const { look, unit, width } = sheet;
  const radius = (ended.length > 1 ? 6 : 7) * unit;
  for (const { line, step, value, lost, drawn } of ended) {
    const [left, top] = [x(step), y(value)];
    if (Number.isFinite(drawn)) hairline(sheet, left, y(drawn), top);
    if (lost) cross(sheet, left, top, colourOf(look, line.mark));
    else ball(sheet, left, top, radius / unit);
    places.take(square(left, top, radius + 2));
  }
  const within = { left: box.left, right: width, top: box.top - 10 * unit, bottom: box.bottom - 6 * unit };
  for (const ending of ended) {
    const style = { size: look.size.body, weight: 650, colour: colourOf(look, ending.line.mark) };
    const text = endText(spec, ending);
    const size = sizeOf(sheet, text, style);
    const offered = around(x(ending.step), y(ending.value), size, radius + 8 * unit);
    const corner = boxAt(box.right - size.width, box.top + size.height / 2, size);
    const others = ended.filter((other) => other !== ending).map((other) => y(other.value));
    const sided = [...offered, corner].map((box) => (nearer(box, y(ending.value), others) ? box : NOWHERE));
    worded(sheet, text, places.put(`end ${ending.line.channel}`, sided.some((box) => box !== NOWHERE) ? sided : offered, within), style);
  }
}

/** A place that is never chosen, so that the others keep their numbers. */
const NOWHERE = boxAt(-1e5, -1e5, { width: 0, height: 0 });

/** Whether words there are read as this height's: nothing else lies on their side of it. @param {import('../draw/axes.js').Box} box
 * @param {number} own @param {number[]} others */
export function nearer({ top, bottom }, own, others) {
  const middle = (top + bottom) / 2;
  return others.every((other) => other === own || (other < own ? middle > (other + own) / 2 : middle < (other + own) / 2));
}

/** Theory is labelled where no curve runs. @param {Sheet} sheet @param {Plot} plot @param {HillSpec} spec
 * @param {{label: string, value: number}[]} levels @param {Places} places */
export function named(sheet, { box, y }, spec, levels, places) {
  const within = { ...box, bottom: box.bottom - 6 * sheet.unit };
  for (const { label, value } of levels) {
    const text = `${label}, ${fixed(value, Math.min(2, spec.digits))}`;
    const [size, gap] = [sizeOf(sheet, text), 5 * sheet.unit];
    const offered = [...along(box, y(value), size, gap), ...afar(box, y(value), size, gap)];
    worded(sheet, text, places.put(`theory ${label}`, offered, within));
  }
}

/** Rather some way off its line than across a curve. @param {Plot['box']} box @param {number} y
 * @param {import('../draw/places.js').Size} size @param {number} gap */
function afar(box, y, size, gap) {
  const space = box.right - box.left - size.width - 2 * gap;
  return [2.5, 3.5, 4.5].flatMap((far) => [1, 0.75, 0.5, 0.25, 0].flatMap((part) => [-far, far].map((rise) =>
    boxAt(box.left + gap + part * space, y + rise * size.height, size))));
}

/** Title and caption, top right where a descending curve leaves room; only whole sentences are shown. */
export function heading(/** @type {Sheet} */ sheet, /** @type {Plot} */ { box, y }, /** @type {HillSpec} */ spec,
  /** @type {Frame} */ frame, /** @type {Context} */ context) {
  const { context: pen, look, unit } = sheet;
  pen.font = font(look.size.title, 650);
  const space = box.right - box.left - pen.measureText(spec.title).width - 12 * unit;
  pen.font = font(look.size.small);
  const stated = meanName(Math.max(...spec.lines.map((line) => line.smooth)), frame.stride, context.stepName);
  const said = spec.caption.replaceAll('**', '').replace(/\{(\w+)\}/g, (_, name) => frame.words[name] ?? fixed(number(frame, name), spec.digits));
  // How to read it is stated first, so that it stays when there is room for one sentence only.
  const first = [
    ...(y.kind === 'log' && !/log axis/i.test(said) ? ['Log axis.'] : []),
    ...(stated && !said.includes('mean of') ? [`Bold: ${stated}.`] : []),
  ];
  const sentences = [...first, ...said.split(/(?<=\.) /), 'Drag to rewind.'].filter(Boolean);
  while (sentences.length && pen.measureText(sentences.join(' ')).width > space) sentences.pop();
  const caption = sentences.join(' ');
  const width = caption ? pen.measureText(caption).width + 10 * unit : 0;
  words(sheet, caption, box.right, 9 * unit, { size: look.size.small, colour: look.colour['ink-2'], align: 'right', baseline: 'top' });
  words(sheet, spec.title, box.right - width, 8 * unit, { size: look.size.title, weight: 650, align: 'right', baseline: 'top' });
}
