// @ts-check
/** A sheet whose pen writes down what it is told to draw, for tests of pictures without a browser. */

/** @typedef {import('../../static/js/draw/canvas.js').Sheet} Sheet */
/** @typedef {{x: number, y: number}} Place */
/** @typedef {{does: 'fill' | 'stroke' | 'rect' | 'box' | 'text', colour: string, line: number, alpha: number, path: Place[], text: string}} Deed */

/** The tokens in both themes, as far as pictures of units need them. */
const TOKENS = {
  light: { paper: '#ffffff', ground: '#f3f5f6', rule: '#d9dee2', ink: '#14181c', 'ink-2': '#545e68', 'ink-3': '#7f8993', now: '#ffd21f',
    'on-now': '#14181c', plus: '#105fa6', minus: '#ba5000', down: '#e9edf0', bar: '#848e98', 'wrong-on-dark': '#ff9c45', 'wrong-on-light': '#c04f00' },
  dark: { paper: '#12161a', ground: '#1a2026', rule: '#313941', ink: '#e9ecef', 'ink-2': '#a3adb7', 'ink-3': '#74808b', now: '#ffd21f',
    'on-now': '#0b0e11', plus: '#65afeb', minus: '#ee9142', down: '#262d34', bar: '#66717c', 'wrong-on-dark': '#ff9c45', 'wrong-on-light': '#c04f00' },
};

/** @param {string} hex */
const triple = (hex) => `rgb(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(', ')})`;

/** @param {'light' | 'dark'} theme @returns {import('../../static/js/draw/colours.js').Look} */
export function lookOf(theme) {
  const colour = /** @type {any} */ (Object.fromEntries(Object.entries(TOKENS[theme]).map(([name, hex]) => [name, triple(hex)])));
  const none = new Uint32Array(256);
  return { colour, size: { tick: 13, small: 14, body: 15, title: 16 }, tints: [], dark: theme === 'dark', unit: 1,
    maps: { sequential: none, diverging: none, spins: none } };
}

/** @param {number} width @param {number} height @param {'light' | 'dark'} [theme] @returns {{sheet: Sheet, deeds: Deed[]}} */
export function recorded(width, height, theme = 'light') {
  /** @type {Deed[]} */
  const deeds = [];
  /** @type {Place[]} */
  let path = [];
  const pen = {
    fillStyle: '', strokeStyle: '', lineWidth: 1, globalAlpha: 1, font: '', textAlign: 'left', textBaseline: 'middle', lineJoin: 'miter',
    beginPath: () => void (path = []),
    moveTo: (/** @type {number} */ x, /** @type {number} */ y) => void path.push({ x, y }),
    lineTo: (/** @type {number} */ x, /** @type {number} */ y) => void path.push({ x, y }),
    arc: (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ radius) =>
      void path.push({ x: x - radius, y: y - radius }, { x: x + radius, y: y + radius }),
    fill: () => note('fill', pen.fillStyle, path),
    stroke: () => note('stroke', pen.strokeStyle, path),
    fillRect: (/** @type {number[]} */ ...box) => note('rect', pen.fillStyle, corners(box)),
    strokeRect: (/** @type {number[]} */ ...box) => note('box', pen.strokeStyle, corners(box)),
    fillText: (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y) => note('text', pen.fillStyle, [{ x, y }], text),
    strokeText() {},
    measureText: (/** @type {string} */ text) => ({ width: text.length * 6.2 }),
    save: () => kept.push(pen.globalAlpha),
    restore: () => void (pen.globalAlpha = kept.pop() ?? 1),
    setLineDash() {},
    rect() {},
    clip() {},
  };
  /** @type {number[]} */
  const kept = [];
  /** @param {Deed['does']} does @param {string} colour @param {Place[]} where @param {string} [text] */
  function note(does, colour, where, text = '') {
    deeds.push({ does, colour, line: pen.lineWidth, alpha: pen.globalAlpha, path: [...where], text });
  }
  const sheet = /** @type {any} */ ({ context: pen, width, height, ratio: 1, unit: 1, look: lookOf(theme) });
  return { sheet, deeds };
}

/** @param {number[]} box left, top, width, height @returns {Place[]} */
const corners = ([x = 0, y = 0, width = 0, height = 0]) => [{ x, y }, { x: x + width, y: y + height }];
