// @ts-check
/** What can be done with one panel: full screen; a menu with picture, numbers, table, link. */
import { button, make } from '../controls/dom.js';
import { icon } from '../controls/icons.js';

/** @typedef {import('./schema.js').ViewSpec} ViewSpec */
/**
 * @typedef {object} Page what a panel's tools need of the page
 * @property {() => import('../session/frame.js').Frame | null} frame
 * @property {(footOf: typeof import('./foot.js').footOf) => string} foot parameters, seed and address, for what is saved
 * @property {() => void} share
 * @property {(sentence: string) => void} say to whoever sits here
 */

/** Fills the screen with an element, or leaves. @param {Element} element */
export function enlarge(element) {
  const done = document.fullscreenElement === element ? document.exitFullscreen() : element.requestFullscreen();
  // The browser may refuse (no user gesture, an iframe): then all stays as it is.
  done.catch(() => {});
}

/**
 * @param {HTMLElement} panel @param {ViewSpec} view @param {string} key the key that enlarges it
 * @param {Page} page @returns {{destroy: () => void}}
 */
export function mountTools(panel, view, key, page) {
  const tools = panel.querySelector('.tools') ?? panel.appendChild(make('div', { class: 'tools' }));
  const before = [...tools.childNodes];
  const full = button({}, () => enlarge(panel), icon('full'));
  const say = () => {
    const [words, cap] = document.fullscreenElement === panel ? ['Leave full screen', 'Esc'] : ['Full screen', key];
    full.title = `${words} (${cap})`;
    full.setAttribute('aria-label', `${words}: ${view.title}`);
  };
  say();
  panel.addEventListener('fullscreenchange', say);
  const more = button({
    title: 'Save and more', 'aria-label': `Save and more: ${view.title}`, 'aria-haspopup': 'menu', 'aria-expanded': 'false',
  }, () => (menu ? close() : open()), icon('more'));
  tools.replaceChildren(full, more);
  /** @type {HTMLElement | null} */ let menu = null;
  let stop = new AbortController();

  const file = view.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const caption = () => panel.querySelector('header p')?.textContent?.trim() ?? '';
  async function savePicture() {
    const [{ pictureOf, save }, { footOf }] = await Promise.all([import('./picture.js'), import('./foot.js')]);
    const picture = pictureOf(panel, { title: view.title, caption: caption(), foot: page.foot(footOf) });
    picture?.toBlob((blob) => blob && save(`${file}.png`, blob));
  }
  /** @param {import('../session/frame.js').Frame} frame */
  async function saveNumbers(frame) {
    const [{ csv, tableOf }, { save }, { footOf }] =
      await Promise.all([import('./table.js'), import('./picture.js'), import('./foot.js')]);
    save(`${file}.csv`, new Blob([csv(tableOf(view, frame), page.foot(footOf))], { type: 'text/csv' }));
  }
  const entries = [
    { label: 'Full screen', cap: key, act: () => enlarge(panel) },
    { label: 'Save picture', cap: 'PNG', act: () => fetching(savePicture()) },
    { label: 'Save numbers', cap: 'CSV', act: () => withFrame(saveNumbers) },
    { label: 'Show as table', cap: '', act: () => withFrame(async (frame) => (await import('./listing.js')).showTable(view, frame)) },
    { label: 'Copy link', cap: '', act: page.share },
  ];
  /** Few take anything away: what does it is fetched when somebody does. @param {Promise<void>} deed */
  const fetching = (deed) => void deed.catch(() => page.say('The code that does this could not be fetched. Try again.'));
  /** @param {(frame: import('../session/frame.js').Frame) => Promise<void>} act */
  function withFrame(act) {
    const frame = page.frame();
    if (frame) fetching(act(frame));
  }
  function open() {
    const canvas = panel.querySelector('canvas');
    menu = make('div', { class: 'menu', role: 'menu', 'aria-label': view.title }, ...entries
      .filter(({ cap }) => cap !== 'PNG' || canvas)
      .map(({ label, cap, act }) => {
        const choose = () => (close(), act());
        return button({ role: 'menuitem' }, choose, label, cap ? make('kbd', {}, cap) : '');
      }));
    tools.append(menu);
    more.setAttribute('aria-expanded', 'true');
    stop = new AbortController();
    menu.addEventListener('keydown', walk);
    document.addEventListener('pointerdown', (event) => {
      if (event.target instanceof Node && !menu?.contains(event.target) && !more.contains(event.target)) close();
    }, { signal: stop.signal });
    menu.querySelector('button')?.focus();
  }
  function close() {
    stop.abort();
    menu?.remove();
    menu = null;
    more.setAttribute('aria-expanded', 'false');
    more.focus({ preventScroll: true });
  }
  /** @param {KeyboardEvent} event */
  function walk(event) {
    const items = [...(menu?.querySelectorAll('button') ?? [])];
    const at = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (to !== undefined) items.at(to % items.length)?.focus();
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  }
  return {
    destroy() {
      stop.abort();
      panel.removeEventListener('fullscreenchange', say);
      menu?.remove();
      tools.replaceChildren(...before);
    },
  };
}
