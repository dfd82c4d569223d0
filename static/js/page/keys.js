// @ts-check
/** Keys that work anywhere on the page, except while something is being typed. */
import { button, make } from '../controls/dom.js';
import { icon } from '../controls/icons.js';

/**
 * @typedef {object} Binding
 * @property {string[]} keys as `KeyboardEvent.key` says them, lower case @property {string} label what the sheet says
 * @property {(key: string) => void} act @property {string[]} [caps] what the sheet shows on the key caps
 */

const OFF = 'keys-off';
const CAPS = /** @type {Record<string, string>} */ ({ ' ': 'Space', arrowright: '→', arrowleft: '←', escape: 'Esc' });
const TYPING = 'input:not([type=checkbox]), textarea, select, [contenteditable]';
/** These act by Space themselves. */
const PRESSABLE = 'button, a[href], summary, [role=radio], input, select';

/** A button that is no part of a menu nor a checkbox. */
const PLAIN = 'button:not([role])';

const off = {
  read() {
    try {
      return localStorage.getItem(OFF) === 'yes';
    } catch {
      return false;
    }
  },
  /** @param {boolean} value */
  write(value) {
    try {
      localStorage.setItem(OFF, value ? 'yes' : 'no');
    } catch {
      // Storage is off: the choice holds for this page only.
    }
  },
};

/**
 * Whether a key press is meant for the page: nothing is being typed, and the control in focus does not want it.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, target: EventTarget | null}} event
 */
function meant({ key, ctrlKey, metaKey, altKey, target }) {
  if (ctrlKey || metaKey || altKey) return false;
  if (!(target instanceof Element)) return true;
  if (target.closest(TYPING) || target.closest('dialog[open]')) return false;
  return !((key === ' ' || key === 'Enter') && target.closest(PRESSABLE));
}

/**
 * @param {Binding[]} bindings @param {...HTMLElement} more what else the sheet offers
 * @returns {{sheet: () => void, destroy: () => void}}
 */
export function mountKeys(bindings, ...more) {
  let active = !off.read();
  const stop = new AbortController();
  /** @type {HTMLDialogElement | null} */ let dialog = null;

  const sheet = () => {
    if (dialog) return dialog.close();
    const opened = makeSheet(bindings, active, (value) => {
      active = value;
      off.write(!value);
    });
    opened.append(...more);
    dialog = opened;
    document.body.append(opened);
    opened.addEventListener('close', () => {
      opened.remove();
      dialog = null;
    });
    opened.showModal();
  };
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || !active || !meant(event)) return;
    const key = event.key.toLowerCase();
    const binding = bindings.find(({ keys }) => keys.includes(key));
    if (!binding || (event.repeat && !key.startsWith('arrow'))) return;
    event.preventDefault();
    binding.act(key);
  }, { signal: stop.signal });
  // A pointer leaves no button in focus, so that Space plays; the keyboard's focus stays for Space to press.
  document.addEventListener('click', ({ detail }) => {
    const at = document.activeElement;
    if (active && detail > 0 && at instanceof HTMLElement && at.matches(PLAIN) && !at.closest('dialog')) at.blur();
  }, { signal: stop.signal });
  return {
    sheet,
    destroy() {
      stop.abort();
      dialog?.close();
      dialog?.remove();
    },
  };
}

/** @param {Binding[]} bindings @param {boolean} active @param {(active: boolean) => void} activate */
function makeSheet(bindings, active, activate) {
  const list = make('dl', { class: 'kbds' });
  for (const { keys, caps, label } of bindings) {
    const names = caps ?? keys.map((key) => CAPS[key] ?? key.toUpperCase());
    list.append(make('dt', { class: 'k' }, ...names.map((name) => make('kbd', {}, name))), make('dd', {}, label));
  }
  const box = button({ class: 'toggle', role: 'checkbox', 'aria-checked': String(active) }, () => {
    const on = box.getAttribute('aria-checked') !== 'true';
    box.setAttribute('aria-checked', String(on));
    activate(on);
  }, make('i', {}, icon('holds')), 'keys are on');
  const dialog = make('dialog', { class: 'sheet', 'aria-label': 'Keys' });
  const close = button({}, () => dialog.close(), 'close, Esc');
  dialog.append(make('h2', {}, 'Keys ', close), list, box);
  return dialog;
}
