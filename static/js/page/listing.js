// @ts-check
/** The numbers of a view as a table on screen. */
import { button, make } from '../controls/dom.js';
import { short } from '../draw/numbers.js';
import { tableOf } from './table.js';

/** A page of the table on screen; the file holds all of it. */
const ROWS = 200;
const COLUMNS = 40;
/** More digits than these no number of a table has. */
const DIGITS = 9;

/** @param {string | number} cell */
const shown = (cell) => (typeof cell === 'number' ? short(cell, DIGITS) : cell);

/** What of a table is not on screen, in words. @param {import('./table.js').Table} table */
function missing({ head, rows, late }) {
  const cut = [];
  if (rows.length > ROWS) cut.push(`the ${late ? 'last' : 'first'} ${ROWS} of ${rows.length} rows`);
  if (head.length > COLUMNS) cut.push(`the first ${COLUMNS} of ${head.length} columns`);
  return cut.length ? `Here are ${cut.join(' and ')}; the CSV file has everything.` : '';
}

/** @param {import('./schema.js').ViewSpec} view @param {import('../session/frame.js').Frame} frame */
export function showTable(view, frame) {
  const found = tableOf(view, frame);
  const rows = found.late ? found.rows.slice(-ROWS) : found.rows.slice(0, ROWS);
  const body = make('tbody', {}, ...rows.map((row) =>
    make('tr', {}, ...row.slice(0, COLUMNS).map((cell) => make('td', { class: 'num' }, shown(cell))))));
  const header = make('tr', {}, ...found.head.slice(0, COLUMNS).map((name) => make('th', { scope: 'col' }, name)));
  const note = found.note && `${found.note.charAt(0).toUpperCase()}${found.note.slice(1)}.`;
  const words = [note, missing(found)].filter(Boolean).join(' ');
  const table = make('table', {}, make('thead', {}, header), body);
  if (words) table.prepend(make('caption', {}, words));
  const dialog = make('dialog', { class: 'sheet table', 'aria-label': view.title });
  const scroll = make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Table: ${view.title}` }, table);
  dialog.append(make('h2', {}, `${view.title} `, button({}, () => dialog.close(), 'close, Esc')), scroll);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
