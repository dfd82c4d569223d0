// @ts-check
/** Which entry of which index is under the pointer: views that name the same index light the same entry. */

export class Hover {
  /** @type {Map<string, number>} */
  #entries = new Map();
  /** @type {Set<(index: string) => void>} */
  #listeners = new Set();

  /** @param {string} index @returns {number} −1: none */
  entry(index) {
    return this.#entries.get(index) ?? -1;
  }

  /** @param {string} index @param {number} entry −1: none */
  point(index, entry) {
    if (!index || this.entry(index) === entry) return;
    this.#entries.set(index, entry);
    for (const listener of this.#listeners) listener(index);
  }

  /** @param {string} index @param {() => void} listener @returns {() => void} stops it */
  on(index, listener) {
    const heard = (/** @type {string} */ changed) => changed === index && listener();
    this.#listeners.add(heard);
    return () => void this.#listeners.delete(heard);
  }
}
