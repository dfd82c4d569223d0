// @ts-check
/**
 * Light or dark: what the address says, else what was chosen before; it stands as `data-theme` on the root element.
 * Without either the style sheet follows the system (and the projector is light). Canvases watch the attribute.
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
export function theme() {
  const { theme: set, mode } = document.documentElement.dataset;
  return known(set) ?? (dark.matches && mode !== 'projector' ? 'dark' : 'light');
}

/** The other theme, from now on. @returns {Theme} */
export function toggleTheme() {
  const next = theme() === 'dark' ? 'light' : 'dark';
  remember(next);
  document.documentElement.dataset.theme = next;
  return next;
}

/** Sets what the address or an earlier choice says; called before anything is drawn. */
export function applyTheme() {
  const chosen = known(new URLSearchParams(location.search).get('theme')) ?? remembered();
  if (chosen) document.documentElement.dataset.theme = chosen;
}
