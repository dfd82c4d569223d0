// @ts-check
/** The shape of an experiment's schema, as `server/runtime/catalogue.py` makes it. Types only, and reading it. */

/** @typedef {import('../controls/scale.js').SliderSpec & {kind: 'slider'}} SliderSpec */
/** @typedef {import('../controls/choice.js').ChoiceSpec & {kind: 'choice', applies: 'live' | 'restart'}} ChoiceSpec */
/** @typedef {import('../controls/toggle.js').ToggleSpec & {kind: 'toggle', applies: 'live' | 'restart'}} ToggleSpec */
/** @typedef {import('../controls/widths.js').WidthsSpec & {kind: 'widths', applies: 'live' | 'restart'}} WidthsSpec */
/** @typedef {(SliderSpec | ChoiceSpec | ToggleSpec | WidthsSpec) & {of: 'both' | 'A' | 'B' | 'difference', when: string}} ControlSpec */
/** @typedef {import('../views/types.js').ViewSpec} ViewSpec */
/** @typedef {import('../views/types.js').HillSpec} HillSpec */
/**
 * @typedef {object} Schema
 * @property {string} name @property {string} title @property {string} section @property {string} claim
 * @property {string} step_name @property {number | null} speed @property {[string, string] | null} arms
 * @property {string} pinned @property {{name: string, parameters: Record<string, unknown>, speed: number}[]} presets
 * @property {ControlSpec[]} controls @property {import('../controls/actions.js').ActionSpec[]} actions
 * @property {ViewSpec[]} views @property {HillSpec} hill
 */

/** The schema embedded in a page. @param {ParentNode} root @returns {Schema} */
export function readSchema(root) {
  const script = root.querySelector('#schema');
  if (!script) throw new Error('This page holds no experiment: <script id="schema"> is missing.');
  return JSON.parse(script.textContent ?? '');
}
