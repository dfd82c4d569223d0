// @ts-check
/**
 * Strips under the bar, which stay in sight. What is wrong takes its own room, and no more than a few lines of it; a note
 * that passes lies over the head of the page, so that no picture moves for it.
 */
import { button, make, write } from '../controls/dom.js';
import { icon } from '../controls/icons.js';

/** @typedef {import('../session/socket.js').Condition} Condition */

const PATIENCE = 2000;
/** More lines than this scroll. */
const FEW = 3;

/** @param {number} milliseconds */
const seconds = (milliseconds) => `${Math.max(0, Math.round(milliseconds / 1000))}\u2009s`;

/**
 * What to say about the connection; null while all is well, or not yet wrong for two seconds.
 * @param {Condition} condition @param {number} now clock time @param {number} since when it last was well
 * @returns {{bold: string, rest: string} | null}
 */
export function connectionWords({ phase, retryAt, frameAt, stale, reason }, now, since) {
  if (phase === 'open' && !stale) return null;
  if (!stale && !reason && now - since < PATIENCE) return null;
  const lost = reason || (Number.isNaN(frameAt) ? 'No connection yet.' : 'Connection lost.');
  const bold = stale ? 'The server is not answering.' : lost;
  const age = Number.isNaN(frameAt) ? '' : ` This picture is ${seconds(now - frameAt)} old.`;
  if (stale) return { bold, rest: age };
  if (phase === 'connecting') return { bold, rest: `${age} Trying now.` };
  return { bold, rest: retryAt < Infinity ? `${age} Trying again in ${seconds(retryAt - now)}.` : age };
}

/**
 * @param {HTMLElement} element where strips stand @param {HTMLElement} below the page under them
 * @param {{retry: () => void, stale: (stale: boolean) => void}} page
 */
export function mountNotices(element, below, page) {
  const before = [...element.childNodes];
  const sentence = make('b');
  const rest = make('span', { class: 'num' });
  const again = button({ class: 'btn sm' }, page.retry, 'Try now');
  const connection = make('div', { class: 'strip warn', role: 'status' },
    icon('warn'), make('span', {}, sentence, rest), make('span', { class: 'end' }, again));
  let since = performance.now();
  let stale = false;
  /** @type {Map<string, HTMLElement>} */ const strips = new Map();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */ const timers = new Map();
  const over = element.appendChild(make('div', { class: 'over' }));

  // The first screen fills what the bar and the strips leave.
  const size = new ResizeObserver(() => {
    const height = element.offsetHeight;
    const bar = element.previousElementSibling instanceof HTMLElement ? element.previousElementSibling.offsetHeight : 0;
    if (height) below.style.setProperty('--bar-height', `${bar + height}px`);
    else below.style.removeProperty('--bar-height');
  });
  size.observe(element);

  return {
    /** @param {Condition} condition */
    connection(condition) {
      const now = performance.now();
      if (condition.phase === 'open' && !condition.stale) since = now;
      const words = connectionWords(condition, now, since);
      if (words) {
        write(sentence, words.bold);
        write(rest, words.rest);
        if (!connection.isConnected) element.prepend(connection);
      } else connection.remove();
      if (stale !== Boolean(words)) page.stale((stale = Boolean(words)));
    },
    /**
     * A sentence that stays until closed or `clear`ed; a later one of the same kind replaces it.
     * @param {string} kind @param {string[]} sentences @param {...HTMLElement} ways
     */
    say(kind, sentences, ...ways) {
      this.clear(kind);
      const close = button({ class: 'btn sm' }, () => this.clear(kind), 'Close');
      const wrong = kind === 'failed';
      const strip = make('div', { class: wrong ? 'strip warn' : 'strip', role: 'status' },
        make('div', { class: 'said', tabindex: sentences.length > FEW && 0 }, ...sentences.map((each) => make('p', {}, each))),
        make('span', { class: 'end' }, ...ways, close));
      strips.set(kind, strip);
      (kind === 'link' ? over : element).append(strip);
    },
    /** Says it, and takes it back by itself. @param {string} kind @param {string[]} sentences @param {number} milliseconds */
    pass(kind, sentences, milliseconds) {
      this.say(kind, sentences);
      timers.set(kind, setTimeout(() => this.clear(kind), milliseconds));
    },
    /** @param {string} kind */
    clear(kind) {
      clearTimeout(timers.get(kind));
      timers.delete(kind);
      strips.get(kind)?.remove();
      strips.delete(kind);
    },
    destroy() {
      size.disconnect();
      timers.forEach((timer) => clearTimeout(timer));
      below.style.removeProperty('--bar-height');
      element.replaceChildren(...before);
    },
  };
}
