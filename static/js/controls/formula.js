// @ts-check
/**
 * A formula's terms and the slider that moves them light up together: whichever is hovered, focused or dragged lights
 * the other. Terms carry `data-p="<parameter>"`; a control carries `data-parameter` and its symbol `data-p`.
 */

const SOURCES = '[data-p], [data-parameter]';

/** @param {EventTarget | null} target @returns {string} the parameter it belongs to, or none */
function parameterOf(target) {
  const source = target instanceof Element ? target.closest(SOURCES) : null;
  return source?.closest('[data-parameter]')?.getAttribute('data-parameter') ?? source?.getAttribute('data-p') ?? '';
}

/** @param {HTMLElement} root @returns {{destroy: () => void}} */
export function mountFormula(root) {
  let hovered = '';
  let focused = '';
  const stop = new AbortController();

  const light = () => {
    for (const term of root.querySelectorAll('[data-p]')) {
      const name = term.getAttribute('data-p');
      term.classList.toggle('lit', name === (hovered || focused));
    }
  };
  /** @param {'hovered' | 'focused'} which @param {string} name */
  const become = (which, name) => {
    if ((which === 'hovered' ? hovered : focused) === name) return;
    if (which === 'hovered') hovered = name;
    else focused = name;
    light();
  };
  const { signal } = stop;
  root.addEventListener('pointerover', (event) => become('hovered', parameterOf(event.target)), { signal });
  root.addEventListener('pointerleave', () => become('hovered', ''), { signal });
  root.addEventListener('focusin', (event) => become('focused', parameterOf(event.target)), { signal });
  root.addEventListener('focusout', () => become('focused', ''), { signal });
  return {
    destroy() {
      stop.abort();
      hovered = focused = '';
      light();
    },
  };
}
