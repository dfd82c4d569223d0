// @ts-check
/** A value to click and type into: Enter accepts, Esc restores, leaving accepts what was changed. */
import { make } from './dom.js';

/** @typedef {{element: HTMLInputElement, show: (text: string) => void, refuse: () => void}} Field */

/**
 * @param {{class: string, label: string, shown: () => string}} look `shown`: the value as it now stands
 * @param {(text: string) => void} accept @returns {Field}
 */
export function field({ class: kind, label, shown }, accept) {
  const element = make('input', {
    class: kind, type: 'text', inputmode: 'decimal', autocomplete: 'off', spellcheck: 'false', 'aria-label': label,
  });
  let typing = false;

  // As wide as its text: the figures are tabular, so one ch is one digit.
  const fit = () => void (element.style.width = `${Math.max(2, element.value.length) + 0.6}ch`);
  /** @param {string} text */
  const put = (text) => {
    element.value = text;
    fit();
    element.removeAttribute('aria-invalid');
  };
  const stop = () => {
    typing = false;
    put(shown());
  };
  const finish = () => {
    const text = element.value;
    const changed = typing && text.trim() !== '' && text !== shown();
    typing = false;
    if (changed) accept(text);
    else put(shown());
  };
  element.addEventListener('focus', () => element.select());
  element.addEventListener('input', () => {
    typing = true;
    fit();
  });
  element.addEventListener('blur', finish);
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') finish();
    else if (event.key === 'Escape') stop();
    else return;
    event.stopPropagation();
    element.select();
  });
  return {
    element,
    show(text) {
      if (!typing) put(text);
    },
    refuse: () => element.setAttribute('aria-invalid', 'true'),
  };
}
