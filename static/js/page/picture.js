// @ts-check
/** A panel as a picture that explains itself: title, caption, the canvases as they stand, parameters, seed, address. */
import { look } from '../draw/colours.js';

const MARGIN = 24;
const LINE = 22;

/** @param {string} text @param {number} width @param {CanvasRenderingContext2D} context @returns {string[]} lines */
function wrapped(text, width, context) {
  /** @type {string[]} */ const lines = [];
  // An address has no spaces: it may break after its punctuation.
  for (const word of text.split(/\s+|(?<=[/?&=])/)) {
    const last = lines.at(-1);
    const joined = last === undefined ? word : `${last}${/[/?&=]$/.test(last) ? '' : ' '}${word}`;
    if (last !== undefined && context.measureText(joined).width <= width) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

/**
 * @param {HTMLElement} panel @param {{title: string, caption: string, foot: string}} words
 * @returns {HTMLCanvasElement | null} null when the panel holds no canvas
 */
export function pictureOf(panel, { title, caption, foot }) {
  const canvases = [...panel.querySelectorAll('canvas')].filter((canvas) => canvas.width > 0 && canvas.height > 0);
  const places = canvases.map((canvas) => canvas.getBoundingClientRect());
  if (!places.length) return null;
  const [left, top] = [Math.min(...places.map((place) => place.left)), Math.min(...places.map((place) => place.top))];
  const width = Math.max(...places.map((place) => place.right)) - left;
  const height = Math.max(...places.map((place) => place.bottom)) - top;
  const ratio = Math.max(1, devicePixelRatio);

  const sheet = document.createElement('canvas');
  const context = sheet.getContext('2d');
  if (!context) return null;
  const { colour } = look();
  context.font = '14px "Source Sans 3", sans-serif';
  const captions = wrapped(caption, width, context);
  const feet = wrapped(foot, width, context);
  const head = MARGIN + LINE * (1 + captions.length) + 8;
  sheet.width = (width + 2 * MARGIN) * ratio;
  sheet.height = (head + height + 12 + LINE * feet.length + MARGIN) * ratio;
  context.scale(ratio, ratio);
  context.fillStyle = colour.paper;
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.textBaseline = 'top';
  context.fillStyle = colour.ink;
  context.font = '650 16px "Source Sans 3", sans-serif';
  context.fillText(title, MARGIN, MARGIN);
  context.fillStyle = colour['ink-2'];
  context.font = '14px "Source Sans 3", sans-serif';
  captions.forEach((line, index) => context.fillText(line, MARGIN, MARGIN + LINE * (index + 1)));
  canvases.forEach((canvas, index) => {
    const place = /** @type {DOMRect} */ (places[index]);
    context.drawImage(canvas, MARGIN + place.left - left, head + place.top - top, place.width, place.height);
  });
  feet.forEach((line, index) => context.fillText(line, MARGIN, head + height + 12 + LINE * index));
  return sheet;
}

/** @param {string} name @param {Blob} blob */
export function save(name, blob) {
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name;
  anchor.click();
  // The download has its own hold on the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
}
