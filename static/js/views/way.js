// @ts-check
/** A further way for one panel, as a word beside its tools: "Use a picture…", "Flat map". */

/**
 * @param {HTMLElement} element the view's place @param {string} title the panel's, for those who hear it
 * @param {() => void} act
 * @returns {{say: (words: string, more?: string) => void, destroy: () => void} | null} null outside a panel: a miniature offers nothing
 */
export function mountWay(element, title, act) {
  const tools = element.closest('.panel')?.querySelector('header .tools');
  if (!tools) return null;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'way';
  button.addEventListener('click', act);
  tools.before(button);
  return {
    say(words, more = '') {
      button.textContent = words;
      button.title = more;
      button.setAttribute('aria-label', `${words} (${title})`);
    },
    destroy: () => button.remove(),
  };
}
