// @ts-check
/** The address bar as the page's link: it always restores what is on screen. */
import { read, write } from '../session/link.js';

/** Browsers refuse more than a hundred changes of the address in half a minute; a dragged slider makes more. */
const APART = 400;

/** @returns {ReturnType<typeof make>} */
export const mountAddress = () => make(read(location.search));

/** @param {{link: Record<string, string>, own: Record<string, string>}} found */
function make({ link, own }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
  const put = () => {
    timer = undefined;
    const address = location.pathname + write(link, own) + location.hash;
    const shown = location.pathname + location.search + location.hash;
    if (address !== shown) history.replaceState(history.state, '', address);
  };
  const soon = () => void (timer ??= setTimeout(put, APART));
  return {
    get link() {
      return link;
    },
    own,
    /** What the server says differs from the defaults. @param {Record<string, string>} next */
    set(next) {
      link = next;
      soon();
    },
    /** One of the page's own words; empty takes it out. @param {'theme' | 'mode'} name @param {string} word */
    say(name, word) {
      if (word) own[name] = word;
      else delete own[name];
      soon();
    },
    /** The whole address as it will stand. */
    whole: () => location.origin + location.pathname + write(link, own),
    destroy() {
      if (timer !== undefined) clearTimeout(timer);
    },
  };
}
