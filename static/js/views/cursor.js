// @ts-check
/** A cell under the pointer or under the arrow keys, for views whose entries can be read or painted one by one. */

/**
 * @typedef {object} Cells
 * @property {string} name what the keyboard does here
 * @property {(x: number, y: number) => number} locate the cell at a place inside the element, −1 if none
 * @property {() => {columns: number, count: number}} size
 * @property {(cell: number, byKey: boolean) => void} moved −1: the pointer has left
 * @property {(cell: number) => string} describe said aloud while the arrow keys move
 * @property {() => number} [first] where the arrow keys begin; else at the first cell
 * @property {() => number} [stride] how many cells an arrow key passes, where there are too many for one at a time
 * @property {(cell: number) => void} [press] a click, space or Enter; pointer down where cells can be dragged over
 * @property {(cell: number) => void} [drag] pointer moved on to another cell while down
 * @property {() => void} [release]
 */

/** @param {HTMLElement} element @param {Cells} cells
 * @returns {{tell: () => void, destroy: () => void}} `tell`: what the cells are made of has changed */
export function mountCursor(element, cells) {
  const plane = document.createElement('div');
  plane.className = `cursor ${cells.drag ? 'brush' : cells.press ? 'aim' : ''}`;
  plane.tabIndex = 0;
  plane.setAttribute('role', 'application');
  plane.setAttribute('aria-label', cells.name);
  const said = document.createElement('span');
  said.className = 'hide';
  said.setAttribute('role', 'status');
  element.append(plane, said);
  let cell = -1;
  let down = false;
  /** What the cell was when a key pressed it; its answer comes with a later frame. @type {string | null} */
  let before = null;

  /** @param {number} next @param {boolean} byKey */
  function move(next, byKey) {
    if (next === cell) return;
    cell = next;
    before = null;
    cells.moved(cell, byKey);
    if (byKey) said.textContent = cells.describe(cell);
  }
  /** @param {MouseEvent} event */
  function at(event) {
    const { left, top } = plane.getBoundingClientRect();
    return cells.locate(event.clientX - left, event.clientY - top);
  }
  function finish() {
    if (down) cells.release?.();
    down = false;
  }
  const here = new AbortController();
  /** @template {keyof HTMLElementEventMap} K @param {K} name @param {(event: HTMLElementEventMap[K]) => void} listener */
  const on = (name, listener) => plane.addEventListener(name, listener, { signal: here.signal });
  on('pointermove', (event) => {
    const next = at(event);
    const entered = next !== cell && next >= 0;
    move(next, false);
    if (down && entered) cells.drag?.(next);
  });
  on('pointerleave', () => move(-1, false));
  on('pointerdown', (event) => {
    const next = at(event);
    if (event.button !== 0 || next < 0 || !cells.press) return;
    move(next, false);
    if (!cells.drag) return;
    plane.setPointerCapture(event.pointerId);
    down = true;
    cells.press(next);
  });
  // Where nothing is dragged a finger may begin to scroll here: only a whole click counts.
  on('click', (event) => {
    const next = cells.drag ? -1 : at(event);
    if (next >= 0) cells.press?.(next);
  });
  on('pointerup', finish);
  on('pointercancel', finish);
  on('blur', () => move(-1, true));
  on('keydown', (event) => {
    const { columns, count } = cells.size();
    /** @type {Record<string, number>} */
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const paints = (event.key === ' ' || event.key === 'Enter') && cells.press && cell >= 0;
    if (!(event.key in steps) && !paints) return;
    event.preventDefault();
    event.stopPropagation();
    if (paints) {
      before = cells.describe(cell);
      cells.press?.(cell);
      cells.release?.();
      return;
    }
    const next = cell < 0 ? cells.first?.() ?? 0 : cell + (steps[event.key] ?? 0) * (cells.stride?.() ?? 1);
    if (next >= 0 && next < count) move(next, true);
  });
  return {
    tell() {
      const now = before === null ? before : cells.describe(cell);
      if (now === before) return;
      before = null;
      said.textContent = now;
    },
    destroy() {
      here.abort();
      plane.remove();
      said.remove();
    },
  };
}
