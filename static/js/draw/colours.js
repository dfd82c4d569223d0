// @ts-check
/** The design's tokens as the canvases need them: read once from the style sheet, and again when the look changes. */

const NAMES = /** @type {const} */ ([
  'paper', 'ground', 'rule', 'ink', 'ink-2', 'ink-3', 'now', 'on-now', 'plus', 'minus', 'down', 'bar', 'wrong-on-dark',
  'wrong-on-light',
]);
const SIZES = /** @type {const} */ (['tick', 'small', 'body', 'title']);

/** @typedef {[number, number, number]} Rgb */
/** @typedef {'sequential' | 'diverging' | 'spins'} MapName */
/**
 * @typedef {object} Look
 * @property {Record<typeof NAMES[number], string>} colour
 * @property {Record<typeof SIZES[number], number>} size type sizes in CSS pixels
 * @property {string[]} tints tint 0 (no memory) to 6
 * @property {boolean} dark @property {number} unit root font size / 16: grows on the projector
 * @property {Record<MapName, Uint32Array>} maps 256 entries each, as ImageData wants them; 255 is "not finite"
 */

/** @param {string} text a computed colour: "rgb(1, 2, 3)" or "color(srgb 0.1 0.2 0.3)" @returns {Rgb} */
export function rgb(text) {
  const [red = 0, green = 0, blue = 0] = (text.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  const whole = text.startsWith('color') ? 255 : 1;
  return [Math.round(red * whole), Math.round(green * whole), Math.round(blue * whole)];
}

/** The tint of a memory or class; six go round, and a digit or picture always tells two of one tint apart. All stand in a
 * ring: a last one that would have the first one's tint takes another than its neighbours'.
 * @param {Look} look @param {number} number from 0 @param {number} count of all @returns {string} */
export const tintOf = ({ tints, colour }, number, count) =>
  tints[1 + (number > 0 && number === count - 1 && number % 6 === 0 ? 2 : number % 6)] ?? colour.ground;

/** One pixel as ImageData's little-endian Uint32. @param {Rgb} colour */
export const pixel = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/**
 * A lookup table through evenly spaced stops: entries 0…254 span the range, 255 is `missing`.
 * @param {Rgb[]} stops @param {Rgb} missing @returns {Uint32Array}
 */
export function table(stops, missing) {
  const entries = new Uint32Array(256);
  for (let entry = 0; entry < 255; entry += 1) {
    const place = (entry / 254) * (stops.length - 1);
    const below = Math.min(Math.floor(place), stops.length - 2);
    const [low, high] = [stops[below] ?? missing, stops[below + 1] ?? missing];
    const part = place - below;
    /** @param {0 | 1 | 2} band */
    const mix = (band) => Math.round(low[band] + (high[band] - low[band]) * part);
    entries[entry] = pixel([mix(0), mix(1), mix(2)]);
  }
  entries[255] = pixel(missing);
  return entries;
}

/** Reads every token through one hidden element, so that light-dark() and calc() arrive resolved. @returns {Look} */
function read() {
  const probe = document.createElement('i');
  probe.hidden = true;
  document.body.append(probe);
  const style = getComputedStyle(probe);
  /** @param {string} name */
  const colour = (name) => ((probe.style.color = `var(--${name})`), style.color);
  /** @param {string} name */
  const size = (name) => ((probe.style.fontSize = `var(--t-${name})`), parseFloat(style.fontSize));
  /** @param {string} name */
  const stops = (name) => Array.from({ length: 9 }, (_, stop) => rgb(colour(`${name}-${stop}`)));
  const colours = /** @type {Look['colour']} */ (Object.fromEntries(NAMES.map((name) => [name, colour(name)])));
  const missing = rgb(colours.minus);
  const look = {
    colour: colours,
    size: /** @type {Look['size']} */ (Object.fromEntries(SIZES.map((name) => [name, size(name)]))),
    tints: Array.from({ length: 7 }, (_, tint) => colour(`tint-${tint}`)),
    dark: rgb(colours.paper)[0] < 128,
    unit: parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,
    maps: {
      sequential: table(stops('seq'), missing),
      diverging: table(stops('div'), missing),
      spins: table([rgb(colours.down), rgb(colours.ink)], missing),
    },
  };
  probe.remove();
  return look;
}

/** @type {Look | null} */
let current = null;
/** @type {Set<() => void>} */
const listeners = new Set();
let watching = false;

function changed() {
  current = null;
  for (const listener of listeners) listener();
}

/** One set of observers for the whole page, which it lives as long as. */
function watch() {
  watching = true;
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  addEventListener('resize', () => (current = null));
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ['data-theme', 'data-mode'] });
  document.fonts.addEventListener('loadingdone', changed);
  for (const face of ['400 16px', '650 16px']) void document.fonts.load(`${face} "Source Sans 3"`, 'Aα⁻');
}

/** The look as it is now. @returns {Look} */
export function look() {
  if (!watching) watch();
  return (current ??= read());
}

/**
 * Calls back when theme, mode or fonts have changed.
 * @param {() => void} listener @returns {() => void} stops it
 */
export function onLook(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
