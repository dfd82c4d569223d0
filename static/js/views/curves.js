// @ts-check
/** Curves: scalars against step (uPlot). Labels stand at the lines' ends; theory is dashed; the ball is now. */

import uPlot from 'uplot';
import { Extent, drawable, label, room, ticks } from '../draw/axes.js';
import { font } from '../draw/canvas.js';
import { look } from '../draw/colours.js';
import { colourOf } from '../draw/marks.js';
import { fixed, typeset } from '../draw/numbers.js';
import { Places } from '../draw/places.js';
import { watched } from '../draw/watched.js';
import { number } from '../session/frame.js';
import { guises } from './guise.js';
import { overlay } from './overlay.js';
import { above, axisWidth, labelRoom, textWidth } from './room.js';
import { counted, meanName } from './series.js';
import { gapped, held, pattern, steps, strands } from './strands.js';

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').CurvesSpec} CurvesSpec */
/** @typedef {import('./strands.js').Strand} Strand */

/** @type {Record<import('./strands.js').Role, number>} */
const WIDTH = { line: 2.2, chief: 2.4, strand: 1.2, faint: 0.8 };

/**
 * @param {HTMLElement} element @param {CurvesSpec} spec @param {import('./types.js').Context} context
 * @returns {import('./types.js').Mounted}
 */
export function mountCurves(element, spec, context) {
  const reading = element.appendChild(document.createElement('output'));
  reading.className = 'reading';
  reading.hidden = true;
  /** @type {Frame | null} */
  let frame = null;
  /** @type {Strand[]} */
  let found = [];
  /** @type {uPlot | null} */
  let chart = null;
  let built = '';
  const places = new Places();
  const told = guises(spec.lines);
  const watch = watched(element, paint, () => chart?.ctx.canvas.setAttribute('aria-label', summary()));

  function paint() {
    const [width, height] = [element.clientWidth, element.clientHeight];
    if (!frame || !width || !height) return; // before the first step: the axes and what theory says
    const wanted = `${pattern(found)} ${look().dark} ${look().unit} ${look().size.tick} ${look().colour.ink}`;
    if (!chart || wanted !== built) {
      chart?.destroy();
      chart = new uPlot(options(width, height), data(), element);
      chart.ctx.canvas.setAttribute('role', 'img');
      chart.ctx.canvas.setAttribute('aria-label', summary());
      built = wanted;
    } else {
      if (chart.width !== width || chart.height !== height) chart.setSize({ width, height });
      chart.setData(data());
    }
  }
  /** @returns {uPlot.AlignedData} */
  function data() {
    const at = frame ? steps(frame, found) : [];
    return [at, ...found.map(({ values }) => gapped(values, spec.scale))];
  }
  /** @returns {[number, number]} */
  function range() {
    const extent = new Extent(spec.scale);
    for (const { values, present } of found) {
      extent.addAll(values);
      extent.add(present);
    }
    for (const { value } of frame ? levels(frame) : []) extent.add(value);
    const [low, high] = extent.padded(0.08);
    return held([low, high], spec, extent);
  }
  /** @param {number} width @param {number} height @returns {uPlot.Options} */
  function options(width, height) {
    const { colour, size, unit } = look();
    const axis = { font: font(size.tick), stroke: colour['ink-2'], gap: 6 * unit };
    const grid = { stroke: colour.rule, width: 1 };
    const kind = spec.scale;
    return {
      width,
      height,
      legend: { show: false },
      padding: [headRoom, () => Math.max(labelRoom(found, width), lastTick()), 0, 0],
      cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
      scales: {
        x: { time: false, range: (_chart, _low, high) => [0, Math.max(10, high)] },
        y: { distr: kind === 'log' ? 3 : 1, range },
      },
      axes: [
        {
          ...axis, size: size.tick + 14 * unit, grid: { show: false },
          ticks: { stroke: colour['ink-3'], width: 1, size: 4 * unit },
          border: { show: true, stroke: colour['ink-3'], width: 1 },
          splits: (_chart, _axis, low, high) => ticks('linear', low, high, Math.min(5, width / (90 * unit))),
          values: (_chart, splits) => splits.map((split) => label('linear', split)),
        },
        {
          ...axis, grid, ticks: { show: false }, size: (drawn, values) => axisWidth(drawn, values, size.tick, unit),
          splits: (drawn, _axis, low, high) => ticks(kind, low, high, Math.min(5, room({ unit }, drawn.bbox.height / devicePixelRatio))),
          filter: (_chart, splits) => splits,
          values: (_chart, splits) => splits.map((split) => label(kind, split)),
        },
      ],
      series: [{}, ...found.map(({ line, role }) => ({
        stroke: strokeOf(line, role), width: WIDTH[role] * unit, alpha: role === 'faint' ? 0.45 : 1,
        points: { show: false }, spanGaps: false,
      }))],
      hooks: { draw: [over], setCursor: [readAt] },
    };
  }
  /** A line of words for what is smoothed, and one for each label that finds no room beside. */
  const headRoom = () => {
    const rows = above(found, element.clientWidth).length + Number(stated() !== '');
    return rows ? rows * look().size.tick * 1.2 + 8 * look().unit : 8 * look().unit;
  };
  /** Half of the longest label under the axis, which may stand at its very end. */
  const lastTick = () => textWidth(label('linear', frame?.step ?? 0)) / 2;
  /** What is smoothed, in words. */
  const stated = () => meanName(Math.max(...spec.lines.map((line) => line.smooth)), frame?.stride ?? 1, context.stepName);
  /** @param {import('./types.js').Line} line @param {import('./strands.js').Role} role */
  function strokeOf(line, role) {
    if (role === 'strand') return look().colour['ink-3'];
    const guise = told.get(line);
    if (guise) return look().colour[guise.tint];
    return role === 'chief' ? look().colour.ink : colourOf(look(), line.mark);
  }
  /** Theory, ends and what is smoothed, drawn over uPlot's own picture. @param {uPlot} drawn */
  function over(drawn) {
    if (!frame) return;
    const ratio = devicePixelRatio || 1;
    const pen = drawn.ctx;
    pen.save();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const [left, top] = [drawn.bbox.left / ratio, drawn.bbox.top / ratio];
    const box = { left, top, right: left + drawn.bbox.width / ratio, bottom: top + drawn.bbox.height / ratio };
    const sheet = { context: pen, width: drawn.width, height: drawn.height, ratio, unit: look().unit, look: look() };
    const x = (/** @type {number} */ step) => drawn.valToPos(step, 'x', true) / ratio;
    const y = (/** @type {number} */ value) => drawn.valToPos(value, 'y', true) / ratio;
    const scales = { x, y: Object.assign(y, { kind: spec.scale }) };
    overlay(sheet, { box, ...scales }, { frame, found, levels: levels(frame), colour: strokeOf, stated: stated() }, places);
    pen.restore();
  }
  /** The theory lines that have a place on the axis. @param {Frame} now */
  const levels = (now) => spec.theory
    .map((theory) => ({ label: theory.label, value: theory.value ?? number(now, theory.channel) }))
    .filter(({ value }) => drawable(spec.scale, value));
  /** @param {uPlot} drawn */
  function readAt(drawn) {
    const row = drawn.cursor.idx ?? null;
    const read = row === null ? [] : found.filter(({ role }) => role === 'line' || role === 'chief');
    reading.hidden = !read.length || (drawn.cursor.left ?? -1) < 0;
    if (reading.hidden || row === null) return;
    const step = typeset(String(drawn.data[0][row]));
    const values = read.map(({ label: name, values: numbers }) => `${name} ${fixed(numbers[row] ?? NaN, 3)}`.trim());
    reading.textContent = `${context.stepName} ${step}: ${values.join(', ')}`;
    const space = element.clientWidth - reading.offsetWidth;
    reading.style.left = `${Math.max(0, Math.min(space, (drawn.cursor.left ?? 0) + drawn.bbox.left / devicePixelRatio + 8))}px`;
    reading.style.top = '0px';
  }
  function summary() {
    if (!frame || !found.length) return `${spec.title}: waiting for the first numbers.`;
    const values = found.filter(({ role }) => role === 'line' || role === 'chief').map(({ label: name, present }) => {
      const value = Number.isFinite(present) ? fixed(present, 3) : 'not finite';
      return `${name || spec.title} is ${value}`;
    });
    return `${spec.title} after ${frame.step} ${counted(context.stepName, frame.step)}: ${values.join('; ')}.`;
  }
  return {
    draw(next) {
      const old = found;
      found = strands(spec.lines, next, spec.index);
      const same = frame && frame.run === next.run && frame.step === next.step && frame.state === next.state
        && found.every(({ present }, index) => Object.is(present, old[index]?.present));
      frame = next;
      if (!same) watch.refresh(next.state !== 'playing');
    },
    resize: () => watch.refresh(),
    destroy() {
      watch.destroy();
      chart?.destroy();
      reading.remove();
    },
    summary,
  };
}
