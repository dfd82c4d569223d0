// @ts-check
/** Draws what can be seen, when it can be seen; keeps its description fresh without chattering. */

import { onLook } from './colours.js';

const TOLD_EVERY = 5000;

/**
 * @param {Element} target redrawn when it is resized, comes into view or the look changes
 * @param {() => void} draw
 * @param {() => void} tell renews the description: at the first picture, whenever paused, else at most every five seconds
 * @returns {{refresh: (paused?: boolean) => void, destroy: () => void}}
 */
export function watched(target, draw, tell) {
  let visible = true;
  let waiting = false;
  let told = -Infinity;

  /** @param {boolean} [paused] the state of a new picture; without it the old picture is drawn again */
  function refresh(paused) {
    const now = performance.now();
    if (paused !== false || now - told > TOLD_EVERY) {
      tell();
      if (paused !== undefined) told = now;
    }
    waiting = !visible;
    if (visible) draw();
  }
  const sight = new IntersectionObserver((entries) => {
    visible = entries.at(-1)?.isIntersecting ?? true;
    if (visible && waiting) refresh();
  });
  sight.observe(target);
  const size = new ResizeObserver(() => refresh());
  size.observe(target);
  // Paper shows all of the page at once.
  addEventListener('beforeprint', draw);
  const forget = onLook(() => refresh());
  return {
    refresh,
    destroy() {
      sight.disconnect();
      size.disconnect();
      removeEventListener('beforeprint', draw);
      forget();
    },
  };
}
