// @ts-check
/** The page's link, on the clipboard; where there is none (plain http), to be copied by hand. */
import { make } from '../controls/dom.js';

/** @param {string} link @param {ReturnType<typeof import('./notices.js').mountNotices>} notices */
export async function share(link, notices) {
  try {
    await navigator.clipboard.writeText(link);
    notices.say('link', ['The link to this page as it stands is on the clipboard.']);
  } catch {
    const box = make('input', { class: 'value link', readonly: true, value: link, 'aria-label': 'Link to this page' });
    box.size = Math.min(60, link.length);
    notices.say('link', ['Copy this link:'], box);
    box.focus();
    box.select();
  }
}
