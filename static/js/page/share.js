// @ts-check
/** The page's link, on the clipboard; where there is none (plain http), to be copied by hand. */
import { make } from '../controls/dom.js';

const NOT_IN_IT = 'What was done by hand during the run is not in the link.';
/** Milliseconds that a success stands there unless closed before. */
const SEEN = 6000;

/** @param {string} link @param {ReturnType<typeof import('./notices.js').mountNotices>} notices */
export async function share(link, notices) {
  try {
    await navigator.clipboard.writeText(link);
    notices.pass('link', [`Copied: settings, seed and speed. ${NOT_IN_IT}`], SEEN);
  } catch {
    const box = make('input', { class: 'value link', readonly: true, value: link, 'aria-label': 'Link to this page' });
    box.size = Math.min(60, link.length);
    notices.say('link', [`Copy this link: settings, seed and speed. ${NOT_IN_IT}`], box);
    box.focus();
    box.select();
  }
}
