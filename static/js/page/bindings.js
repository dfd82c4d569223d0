// @ts-check
/** Which key does what on an experiment's page. */
import { enlarge } from './tools.js';

/**
 * @typedef {object} Does
 * @property {(message: object) => void} send @property {() => number} at the step the run is at
 * @property {HTMLElement[]} panels @property {() => void} play @property {() => void} step one step on
 * @property {(count: number) => void} hasten
 * @property {() => void} formula @property {() => void} projector @property {() => void} theme
 * @property {() => void} sheet @property {() => void} escape
 */

/** A key that hastens moves the speed by half a decade. */
const HASTE = 3;

/** @param {Does} does @returns {import('./keys.js').Binding[]} */
export const bindings = ({ send, at, panels, play, step, hasten, formula, projector, theme, sheet, escape }) => [
  { keys: [' '], label: 'play, pause', act: play },
  {
    keys: ['arrowright', '.', 'arrowleft'], caps: ['→', '←'], label: 'step, back',
    act: (key) => {
      if (key !== 'arrowleft') step();
      else if (at() > 0) send({ type: 'rewind', step: at() - 1 });
    },
  },
  { keys: ['r'], label: 'rewind', act: () => send({ type: 'rewind', step: 0 }) },
  { keys: ['n'], label: 'new draw', act: () => send({ type: 'new_draw', seed: null }) },
  { keys: ['[', ']'], label: 'slower, faster', act: (key) => hasten(key === ']' ? HASTE : -HASTE) },
  {
    keys: [...'123456789'], caps: ['1 … 9'], label: 'enlarge a view',
    act: (key) => {
      const panel = panels[Number(key) - 1];
      if (panel) enlarge(panel);
    },
  },
  { keys: ['g'], label: 'formula', act: formula },
  { keys: ['p'], label: 'projector', act: projector },
  { keys: ['t'], label: 'light, dark', act: theme },
  { keys: ['f'], label: 'full screen', act: () => enlarge(document.documentElement) },
  { keys: ['?'], label: 'this list', act: sheet },
  { keys: ['escape'], label: 'close, back', act: escape },
];
