// @ts-check
/** The value under the pointer or under the arrow keys, beside the place that it is read from. */

/** @param {HTMLElement} element the view's place */
export function mountReading(element) {
  const box = element.appendChild(document.createElement('output'));
  box.className = 'reading';
  box.hidden = true;
  return {
    /** @param {string} text empty: nothing is read @param {number} x @param {number} y inside the element */
    say(text, x, y) {
      box.hidden = text === '';
      if (box.hidden) return;
      box.textContent = text;
      const space = element.clientWidth - box.offsetWidth;
      const above = y - box.offsetHeight - 8;
      box.style.left = `${Math.max(0, Math.min(space, x + 12))}px`;
      box.style.top = `${above < 0 ? Math.min(y + 16, element.clientHeight - box.offsetHeight) : above}px`;
    },
    destroy: () => box.remove(),
  };
}
