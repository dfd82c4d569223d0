// @ts-check
/** Everything a frame is drawn on: the views, the hill, live numbers, the verdict. */
import { mountFormula } from '../controls/formula.js';
import { mountLive } from '../controls/live.js';
import { mountVerdict } from '../controls/verdict.js';
import { Hover, mountHill, mountView } from '../views/index.js';
import { mountTools } from './tools.js';

/** @typedef {import('../session/frame.js').Frame} Frame */
/** @typedef {import('./schema.js').Schema} Schema */

/** The server-rendered panel of each view, in the schema's order. @param {ParentNode} root @param {Schema} schema */
export function panelsOf(root, { views }) {
  return views.map((view, index) => {
    const panel = root.querySelector(`[data-view="${index}"]`);
    if (!(panel instanceof HTMLElement)) throw new Error(`The page has no panel for view ${index}, “${view.title}”.`);
    return panel;
  });
}

/** @param {Element} parent @param {string} selector @returns {HTMLElement} */
export function part(parent, selector) {
  const found = parent.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`The page has no ${selector}.`);
  return found;
}

/**
 * @param {HTMLElement} root @param {Schema} schema @param {(message: object) => void} send
 * @param {import('./tools.js').Page} page
 */
export function mountStage(root, schema, send, page) {
  const panels = panelsOf(root, schema);
  const hill = part(root, '.hill');
  const context = { send, say: page.say, arms: schema.arms, stepName: schema.step_name, controls: schema.controls, hover: new Hover() };
  const views = schema.views.map((spec, index) => {
    const panel = /** @type {HTMLElement} */ (panels[index]);
    return mountView(part(panel, '.body'), spec, context);
  });
  views.push(mountHill(hill, schema.hill, context));
  const tools = panels.map((panel, index) =>
    mountTools(panel, /** @type {any} */ (schema.views[index]), String(index + 1), page));
  const sentences = [...root.querySelectorAll('.diff, .formula, .panel > header p, .hillwrap p')];
  const live = mountLive(sentences);
  const verdict = mountVerdict(part(root, '.verdict'));
  const formula = mountFormula(root);
  // Words stand where the pictures will be until the first one comes.
  const waiting = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('.body > .wait')]);
  const pictures = [...panels.map((panel) => part(panel, '.body')), hill];

  return {
    panels,
    /** @param {Frame} frame */
    draw(frame) {
      for (const words of waiting) words.hidden = true;
      for (const view of views) view.draw(frame);
      live.draw(frame);
      verdict.set(frame.verdict, frame.sentence);
    },
    resize: () => views.forEach((view) => view.resize()),
    /** @param {boolean} old */
    stale: (old) => pictures.forEach((picture) => picture.classList.toggle('stale', old)),
    destroy() {
      for (const words of waiting) words.hidden = false;
      for (const item of [...views, ...tools, verdict, formula]) item.destroy();
      pictures.forEach((picture) => picture.classList.remove('stale'));
    },
  };
}
