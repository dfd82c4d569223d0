// @ts-check
/** The numbers of views of a plane, as rows. */

import { called, examplesOf } from '../views/classes.js';
import { measured, waysOf } from '../views/descents.js';
import { reading } from './exact.js';

/** @typedef {import('../session/frame.js').Frame} Frame */
/** @typedef {import('./table.js').Table} Table */

/** One row an example. @param {import('../views/types.js').PointsSpec} view @param {Frame} frame @returns {Table} */
export function points(view, frame) {
  const { labels, held, wrong, valued } = examplesOf(view, frame);
  const [place, label, name] = [reading(frame.channels.get(view.channel)), reading(frame.channels.get(view.classes)), called(frame.words, view)];
  const flags = /** @type {const} */ ([['to test with', held], ['named wrongly', wrong]]).filter(([, told]) => told.length);
  return {
    head: [...view.axes.map((axis, index) => axis || 'xy'.charAt(index)), valued ? 'value' : 'class', ...flags.map(([text]) => text)],
    rows: labels.map((one, each) => [
      place.at(2 * each), place.at(2 * each + 1), valued ? label.at(each) : name(one), ...flags.map(([, told]) => Number(told[each] ?? false)),
    ]),
    note: '',
    late: false,
  };
}

/** One row a point of a way. @param {import('../views/types.js').PlaneSpec} view @param {Frame} frame @returns {Table} */
export function plane(view, frame) {
  const span = Array.from(frame.channels.get(view.span)?.data ?? []);
  const rows = waysOf(frame.channels.get(view.paths), view, frame.words).flatMap(({ name, points: way }, each) => way.map((point, index) =>
    [name || each + 1, index + 1, ...measured(point, span).map((value) => Number(value.toPrecision(6)))]));
  return { head: ['way', 'point', ...view.axes.map((axis, index) => axis || 'xy'.charAt(index))], rows, note: '', late: true };
}
