// @ts-check
/** Building elements. Text always goes in as text, never as markup. */

/** @typedef {Record<string, string | number | boolean>} Attributes */

/**
 * `make('button', {class: 'btn', type: 'button'}, 'Step')`. An attribute that is `false` is left out, `true` is empty.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Attributes} [attributes] @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * A button that does something.
 * @param {Attributes} attributes @param {() => void} act @param {...(Node | string)} children
 * @returns {HTMLButtonElement}
 */
export function button(attributes, act, ...children) {
  const element = make('button', { type: 'button', ...attributes }, ...children);
  element.addEventListener('click', act);
  return element;
}

let count = 0;
/** An id that no other element has. */
export const unique = () => `d${(count += 1)}`;

/** Writes only what changed, so that idle pictures cost no layout. @param {Node} node @param {string} text */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @typedef {{sentence: (text: string) => void}} Refusal */
/** The sentence below a control, saying why a value was not taken. @param {HTMLElement} element @returns {Refusal} */
export function refusal(element) {
  const line = make('p', { class: 'err', role: 'alert' });
  return {
    sentence(text) {
      write(line, text);
      if (text && !line.isConnected) element.append(line);
      if (!text) line.remove();
    },
  };
}
