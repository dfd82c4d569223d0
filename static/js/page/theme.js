// @ts-check
/**
 * Light or dark: what the address says, else what was chosen before, else what the system prefers. The choice stands as
 * `data-theme` on the root element; whoever draws on a canvas listens for `theme` on the document.
 */

/** @typedef {'light' | 'dark'} Theme */
const KEY = 'theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

/** @param {string | null | undefined} word @returns {Theme | null} */
const known = (word) => (word === 'light' || word === 'dark' ? word : null);

/** A choice that cannot be remembered (storage is off) still holds for this page. @returns {Theme | null} */
function remembered() {
  try {
    return known(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** @param {Theme} theme */
function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // See `remembered`.
  }
}

/** @returns {Theme} */
export const theme = () => known(document.documentElement.dataset.theme) ?? (dark.matches ? 'dark' : 'light');

/** @param {Theme} next */
function show(next) {
  if (document.documentElement.dataset.theme === next) return;
  document.documentElement.dataset.theme = next;
  document.dispatchEvent(new CustomEvent('theme', { detail: next }));
}

/** The other theme, from now on. @returns {Theme} */
export function toggleTheme() {
  const next = theme() === 'dark' ? 'light' : 'dark';
  remember(next);
  show(next);
  return next;
}

/** Follows the address, the choice and the system, in this order. @returns {{destroy: () => void}} */
export function mountTheme() {
  const follow = () => {
    const asked = known(new URLSearchParams(location.search).get('theme'));
    show(asked ?? remembered() ?? (dark.matches ? 'dark' : 'light'));
  };
  follow();
  dark.addEventListener('change', follow);
  return { destroy: () => dark.removeEventListener('change', follow) };
}
