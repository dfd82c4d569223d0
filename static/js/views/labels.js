// @ts-check
/** The words on the hill: at the ends of its curves, at its theory lines, and above it. */

import { font } from '../draw/canvas.js';
import { ball, colourOf, cross, hairline, sizeOf, worded, words } from '../draw/marks.js';
import { fixed } from '../draw/numbers.js';
import { along, around, boxAt, square } from '../draw/places.js';
import { number } from '../session/frame.js';
import { apart, crowds } from './apart.js';
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
  const labels = ended.map((ending) => {
    const style = { size: look.size.body, weight: 650, colour: colourOf(look, ending.line.mark) };
    const text = endText(spec, ending);
    return { text, style, size: sizeOf(sheet, text, style), left: x(ending.step), top: y(ending.value) };
  });
  const tall = labels[0]?.size.height ?? 0;
  const crowded = new Set(crowds(labels.map(({ left, top }) => ({ x: left, y: top })), 2 * radius, tall).flatMap((crowd) => {
    stacked(sheet, crowd.flatMap((index) => labels[index] ?? []), radius, within, places);
    return crowd;
  }));
  for (const [index, { text, style, size, left, top }] of labels.entries()) {
    if (crowded.has(index)) continue;
    const offered = around(left, top, size, radius + 8 * unit);
    const corner = boxAt(box.right - size.width, box.top + size.height / 2, size);
    const others = labels.filter((_, other) => other !== index).map((other) => other.top);
    const sided = [...offered, corner].map((box) => (nearer(box, top, others) ? box : NOWHERE));
    worded(sheet, text, places.put(`end ${ended[index]?.line.channel}`, sided.some((box) => box !== NOWHERE) ? sided : offered, within), style);
  }
}

/**
 * One under the other to the right of their marks, each led to its own.
 * @param {Sheet} sheet @param {{text: string, style: {colour: string}, size: import('../draw/places.js').Size, left: number, top: number}[]} labels
 * @param {number} radius of a mark @param {import('../draw/axes.js').Box} within @param {Places} places
 */
function stacked(sheet, labels, radius, within, places) {
  const { unit, context: pen } = sheet;
  const half = (labels[0]?.size.height ?? 0) / 2;
  const heights = apart(labels.map(({ top }) => top), 2 * half, within.top + half, within.bottom - half);
  labels.forEach(({ text, style, size, left, top }, index) => {
    const box = boxAt(Math.min(left + radius + 8 * unit, within.right - size.width), heights[index] ?? top, size);
    const middle = (box.top + box.bottom) / 2;
    pen.fillStyle = sheet.look.colour.paper;
    pen.fillRect(box.left - 2, box.top, size.width + 4, size.height);
    if (Math.abs(middle - top) > 2) {
      [pen.strokeStyle, pen.lineWidth] = [style.colour, 1];
      pen.beginPath();
      pen.moveTo(left + radius, top);
      pen.lineTo(box.left - 2, middle);
      pen.stroke();
    }
    places.take(box);
    worded(sheet, text, box, style);
  });
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
