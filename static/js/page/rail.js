// @ts-check
/** The controls beside the stage: presets, actions, what changes at once, what starts a new run. */
import { mountActions } from '../controls/actions.js';
import { mountChoice } from '../controls/choice.js';
import { button, make } from '../controls/dom.js';
import { mountSlider } from '../controls/slider.js';
import { mountToggle } from '../controls/toggle.js';
import { mountWidths } from '../controls/widths.js';

/** @typedef {import('./schema.js').Schema} Schema */
/** @typedef {import('./schema.js').ControlSpec} ControlSpec */
/** @typedef {import('../controls/slider.js').Control} Control */
/** @typedef {(message: object) => void} Send */

const GROUPS = /** @type {const} */ ([['live', 'changes at once'], ['restart', 'starts a new run']]);
/** Whose controls are. */
const OWNERS = /** @type {const} */ ([['difference', 'What differs'], ['A', 'A alone'], ['B', 'B alone'], ['both', 'Same in both']]);
/** Where one may choose what differs, that may be any of them. */
const OTHERWISE = 'Otherwise the same';
/** Presets with more letters than this stand in a list. */
const A_ROW = 28;

/** @param {HTMLElement} element @param {ControlSpec} spec @param {Send} send @returns {Control} */
export function mountControl(element, spec, send) {
  switch (spec.kind) {
    case 'slider': return mountSlider(element, spec, send);
    case 'choice': return mountChoice(element, spec, send);
    case 'widths': return mountWidths(element, spec, send);
    default: return mountToggle(element, spec, send);
  }
}

/**
 * @param {HTMLElement} element @param {Schema} schema @param {Send} send
 * @returns {{set: (parameters: Record<string, any>, speed: number | null) => void, refuse: (parameter: string, sentence: string) => boolean,
 *   renew: (parameters: Record<string, unknown>) => void, destroy: () => void}}
 */
export function mountRail(element, schema, send) {
  const before = [...element.childNodes];
  element.replaceChildren();
  /** @type {Map<string, Control>} */ const controls = new Map();
  const deeds = make('section');
  const showPreset = schema.presets.length ? mountPresets(titled(deeds, 'Presets'), schema, send) : () => {};
  const actions = schema.actions.some(({ label }) => label) ? mountActions(titled(deeds, 'Actions'), schema.actions, send) : null;
  if (deeds.hasChildNodes()) element.append(deeds);
  const difference = schema.controls.find(({ kind, of }) => kind === 'choice' && of === 'difference');
  const chosen = schema.controls.some(({ when }) => when);
  for (const [of, owner] of OWNERS) {
    for (const [applies, words] of GROUPS) {
      const specs = schema.controls.filter((spec) => spec.of === of && spec.applies === applies);
      if (!specs.length) continue;
      const box = element.appendChild(make('section'));
      const home = schema.arms ? titled(box, chosen && of === 'both' ? OTHERWISE : owner, words) : titled(box, capital(words));
      for (const spec of specs) controls.set(spec.name, mountControl(home, spec, send));
    }
  }
  /** Shows what has a say in what differs now. @param {string} now */
  function reveal(now) {
    for (const { name, when } of schema.controls) {
      const row = element.querySelector(`[data-parameter="${name}"]`);
      if (row instanceof HTMLElement && when) row.hidden = !when.split(' ').includes(now);
    }
    for (const box of element.querySelectorAll('section')) {
      const rows = [...box.querySelectorAll('[data-parameter]')];
      box.hidden = rows.length > 0 && rows.every((row) => /** @type {HTMLElement} */ (row).hidden);
    }
  }
  if (difference) reveal(String(difference.default));
  return {
    set(parameters, speed) {
      showPreset(parameters, speed);
      reveal(String(parameters[difference?.name ?? '']));
      for (const [name, value] of Object.entries(parameters)) controls.get(name)?.set(value);
    },
    refuse(parameter, sentence) {
      controls.get(parameter)?.refuse(sentence);
      return controls.has(parameter) || Boolean(actions?.refuse(parameter, sentence));
    },
    renew: (parameters) => actions?.renew(parameters),
    destroy() {
      for (const control of controls.values()) control.destroy();
      actions?.destroy();
      element.replaceChildren(...before);
    },
  };
}

/** @param {string} words */
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** @param {HTMLElement} box @param {string} title @param {string} [small] */
function titled(box, title, small) {
  const heading = make('h2', {}, title);
  if (small) heading.append(' ', make('small', {}, small));
  box.append(heading);
  return box;
}

/**
 * Presets as buttons, or as a list that says which of them the page stands at.
 * @param {HTMLElement} element @param {Schema} schema @param {Send} send
 * @returns {(parameters: Record<string, unknown>, speed: number | null) => void} shows which preset these are
 */
function mountPresets(element, { presets, controls }, send) {
  /** @param {string} name */
  const choose = (name) => send({ type: 'preset', name });
  if (presets.map(({ name }) => name).join('').length <= A_ROW) {
    const row = presets.map(({ name }) => button({ class: 'btn' }, () => choose(name), name));
    element.append(make('div', { class: 'actions' }, ...row));
    return () => {};
  }
  const list = make('select', { 'aria-label': 'Preset' }, make('option', { value: '' }, 'your own setting'),
    ...presets.map(({ name }) => make('option', { value: name }, name)));
  list.addEventListener('change', () => list.value && choose(list.value));
  element.append(make('div', { class: 'choice' }, list));
  return (now, speed) => {
    const same = presets.filter(({ parameters }) =>
      controls.every(({ name, default: usual }) => now[name] === (parameters[name] ?? usual)));
    // Two may differ by their speed alone; any other speed is still the preset, hastened or slowed by hand.
    const at = same.find((preset) => speed === preset.speed) ?? same[0];
    list.value = at?.name ?? '';
  };
}
