// @ts-check
/**
 * The text of a file for an action, chosen or dropped anywhere on the page. What is too large, or no text, is said
 * here and never sent; what is wrong in the text, the server says.
 */
import { mountTarget } from '../draw/files.js';
import { make, refusal } from './dom.js';

/** @typedef {{argument: string, sets: Record<string, unknown>, noun: string, accept: string[], most: number}} FileSpec */
/**
 * @typedef {object} Upload
 * @property {() => void} choose opens the browser's own dialogue @property {(sentence: string) => void} refuse
 * @property {(parameters: Record<string, unknown>) => void} renew the server has lost what it had: the file, if still in use, is sent again
 */

const MEBIBYTE = 1 << 20;
/** In no text; and as JSON each would take six bytes. */
const NO_TEXT = /[\0-\x08\x0b\x0c\x0e-\x1f]/;

/** What is wrong with a file of so many bytes; empty when nothing is. @param {FileSpec} spec @param {number} size */
export function tooLarge({ noun, most }, size) {
  if (size <= most) return '';
  const [has, may] = [Math.ceil((10 * size) / MEBIBYTE) / 10, most / MEBIBYTE];
  return `A ${noun} has at most ${may} MiB; this one has ${has.toFixed(1)}.`;
}

/** @param {FileSpec} spec @param {ArrayBuffer} bytes @returns {{text: string} | {wrong: string}} */
export function textOf({ noun }, bytes) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!NO_TEXT.test(text)) return { text };
  } catch { /* said below */ }
  return { wrong: `This file is no UTF-8 text; save the ${noun} as CSV in UTF-8.` };
}

/**
 * @param {HTMLElement} row where the button is @param {{name: string, file: FileSpec}} action
 * @param {import('./slider.js').Send} send @param {AbortSignal} signal gives it up
 * @returns {Upload}
 */
export function mountUpload(row, { name, file: spec }, send, signal) {
  const chooser = row.appendChild(make('input', { type: 'file', accept: spec.accept.join(), hidden: true }));
  const error = refusal(row);
  // What was sent last; and before it, in case that is refused.
  /** @type {object | null} */ let last = null;
  /** @type {object | null} */ let kept = null;

  /** @param {File} file */
  async function take(file) {
    if (row.closest('[inert]')) return;
    const wrong = tooLarge(spec, file.size);
    if (wrong) return error.sentence(wrong);
    const bytes = await file.arrayBuffer().catch(() => null);
    if (signal.aborted) return;
    const found = bytes ? textOf(spec, bytes) : { wrong: 'This file could not be read; choose it again.' };
    error.sentence('wrong' in found ? found.wrong : '');
    if (!('text' in found)) return;
    kept = last;
    last = { type: 'act', action: name, arguments: { [spec.argument]: found.text } };
    send(last);
  }
  chooser.addEventListener('change', () => {
    const file = chooser.files?.[0];
    if (file) void take(file);
    chooser.value = '';
  });
  mountTarget(document.body, (file) => void take(file), signal);
  return {
    choose: () => chooser.click(),
    refuse(sentence) {
      error.sentence(sentence);
      last = kept;
    },
    renew(parameters) {
      const used = Object.entries(spec.sets).every(([parameter, value]) => parameters[parameter] === value);
      if (last && used) send(last);
    },
  };
}
