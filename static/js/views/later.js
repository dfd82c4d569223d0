// @ts-check
/** A view whose code comes later: it keeps the last frame, and draws it as soon as there is something to draw with. */

/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').Mounted} Mounted */
/** @typedef {(act: () => void) => () => void} Moment calls `act` once when it has come; the answer calls it off */

/** @type {Moment} */
const atOnce = (act) => (act(), () => {});

/**
 * @param {HTMLElement} element @param {string} title
 * @param {() => Promise<() => Mounted>} fetch brings the code, which then mounts
 * @param {Moment} [when] to begin fetching
 * @returns {Mounted}
 */
export function deferred(element, title, fetch, when = atOnce) {
  /** @type {Mounted | null} */
  let mounted = null;
  /** @type {Frame | null} */
  let frame = null;
  /** @type {HTMLElement | null} */
  let failure = null;
  let gone = false;

  /** @param {() => Mounted} mount */
  function begin(mount) {
    if (gone) return;
    mounted = mount();
    if (frame) mounted.draw(frame);
  }
  function failed() {
    if (gone) return;
    failure = document.createElement('p');
    failure.className = 'wait';
    failure.setAttribute('role', 'status');
    failure.textContent = 'The code that draws this could not be fetched. Reload the page to try again.';
    element.append(failure);
  }
  const forget = when(() => void fetch().then(begin, failed));
  return {
    draw(next) {
      frame = next;
      mounted?.draw(next);
    },
    resize: () => mounted?.resize(),
    destroy() {
      gone = true;
      forget();
      failure?.remove();
      mounted?.destroy();
    },
    summary: () => mounted?.summary() ?? `${title}: waiting for the first picture.`,
  };
}
