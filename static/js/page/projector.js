// @ts-check
/** For a lecture hall: the lead panel at full height, the hill beside it, and at the foot the keys and one slider. */
import { make } from '../controls/dom.js';
import { mountControl } from './rail.js';

/** @typedef {import('./schema.js').Schema} Schema */

const HINTS = [['Space', 'pause'], ['→', 'step'], ['R', 'rewind'], ['N', 'new draw'], ['G', 'formula']];
const page = document.documentElement;
const PHONE = matchMedia('(max-width: 40rem)');

/**
 * @param {HTMLElement} root @param {Schema} schema @param {(message: object) => void} send
 * @param {(mode: '' | 'projector') => void} told
 */
export function mountProjector(root, schema, send, told) {
  const hill = root.querySelector('.hillwrap');
  const lead = root.querySelector('.lead');
  const line = root.querySelector('.keys');
  const before = [...(line?.childNodes ?? [])];
  const home = document.createComment('hill');
  const pin = make('span', { class: 'pin' });
  const spec = schema.controls.find(({ name }) => name === schema.pinned);
  const pinned = spec && mountControl(pin, spec, send);
  line?.replaceChildren(...HINTS.map(([key, label]) => make('span', {}, make('kbd', {}, key ?? ''), ` ${label}`)), pin);
  hill?.before(home);

  /** @param {boolean} on */
  function show(on) {
    if (on && PHONE.matches) return; // no room for it, and nobody projects from there
    if (on) page.dataset.mode = 'projector';
    else delete page.dataset.mode;
    if (hill && lead) on ? lead.append(hill) : home.after(hill);
    told(on ? 'projector' : '');
  }
  return {
    show,
    toggle: () => show(page.dataset.mode !== 'projector'),
    formula: () => page.toggleAttribute('data-formula'),
    /** @param {Record<string, any>} parameters */
    set: (parameters) => pinned?.set(parameters[schema.pinned]),
    destroy() {
      if (page.dataset.mode) show(false);
      page.removeAttribute('data-formula');
      pinned?.destroy();
      home.remove();
      line?.replaceChildren(...before);
    },
  };
}
