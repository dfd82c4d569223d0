// @ts-check
/** What can be done to the running experiment: a button for each action that has a label. */
import { button, make } from './dom.js';

/** @typedef {{name: string, label: string, help: string, arguments: string[], file?: import('./upload.js').FileSpec}} ActionSpec */

/**
 * @param {HTMLElement} element @param {ActionSpec[]} specs @param {import('./slider.js').Send} send
 * @returns {{refuse: (name: string, sentence: string) => boolean, renew: (parameters: Record<string, unknown>) => void,
 *   destroy: () => void}} `refuse`: false where that has no place; `renew`: in a new session
 */
export function mountActions(element, specs, send) {
  const row = make('div', { class: 'actions' });
  const gone = new AbortController();
  /** @type {Map<string, import('./upload.js').Upload>} */
  const uploads = new Map();

  /** Its code is fetched once a hand, or a file, comes near. @param {ActionSpec} spec @param {import('./upload.js').FileSpec} file */
  function mountFile({ name, label, help }, file) {
    /** @type {Promise<import('./upload.js').Upload | null> | null} */ let coming = null;
    const fetched = () => (coming ??= import('./upload.js').then(({ mountUpload }) => {
      const upload = mountUpload(place, { name, file }, send, gone.signal);
      uploads.set(name, upload);
      return upload;
    }, () => (coming = null)));
    const choose = button({ class: 'btn', title: help }, () => void fetched().then((upload) => upload?.choose()), label);
    const place = make('div', { class: 'upload' }, choose, ' ', make('small', {}, 'or drop it on the page'));
    for (const near of ['pointerover', 'focusin']) place.addEventListener(near, fetched);
    document.addEventListener('dragenter', fetched, { signal: gone.signal });
    row.append(place);
  }
  for (const spec of specs.filter(({ label }) => label)) {
    const { name, label, help, file } = spec;
    if (file) mountFile(spec, file);
    else row.append(button({ class: 'btn', title: help }, () => send({ type: 'act', action: name, arguments: {} }), label));
  }
  element.append(row);
  return {
    refuse(name, sentence) {
      uploads.get(name)?.refuse(sentence);
      return uploads.has(name);
    },
    renew: (parameters) => uploads.forEach((upload) => upload.renew(parameters)),
    destroy() {
      gone.abort();
      row.remove();
    },
  };
}
