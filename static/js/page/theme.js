// @ts-check
/**
 * Light or dark: it stands as `data-theme` on the root element, where `first.js` has put what was chosen before. Without
 * it the style sheet follows the system (and the projector is light). Canvases watch the attribute.
 */

/** @typedef {'light' | 'dark'} Theme */
const dark = matchMedia('(prefers-color-scheme: dark)');

/** A choice that cannot be remembered (storage is off) still holds for this page. @param {Theme} theme */
function remember(theme) {
  try {
    localStorage.setItem('theme', theme);
  } catch {
    // Nothing can be done, and nothing is lost but the memory.
  }
}

/** @returns {Theme} */
export function theme() {
  const { theme: set, mode } = document.documentElement.dataset;
  if (set === 'light' || set === 'dark') return set;
  return dark.matches && mode !== 'projector' ? 'dark' : 'light';
}

/** The other theme, from now on. @returns {Theme} */
export function toggleTheme() {
  const next = theme() === 'dark' ? 'light' : 'dark';
  remember(next);
  document.documentElement.dataset.theme = next;
  return next;
}
