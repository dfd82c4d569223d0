// @ts-check
/** The few icons, 16 × 16, in the text's colour. */

const SVG = 'http://www.w3.org/2000/svg';
/** @type {Record<string, {path: string, solid?: boolean}>} */
const PATHS = {
  play: { path: 'M3 1.5v13l11-6.5z', solid: true },
  pause: { path: 'M3 2h3.6v12H3zM9.4 2H13v12H9.4z', solid: true },
  step: { path: 'M2 2v12l8-6zM11 2h2.6v12H11z', solid: true },
  rewind: { path: 'M2.4 2H5v12H2.4zM14 2v12L6 8z', solid: true },
  draw: {
    path: 'M1.5 4.5h3l7 7h3M1.5 11.5h3l2-2M9.5 6.5l2-2h3M12.4 2.4l2.1 2.1-2.1 2.1M12.4 9.4l2.1 2.1-2.1 2.1',
  },
  full: { path: 'M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4' },
  more: { path: 'M1.6 6.6h2.8v2.8H1.6zM6.6 6.6h2.8v2.8H6.6zM11.6 6.6h2.8v2.8h-2.8z', solid: true },
  holds: { path: 'M2.5 8.5l4 4 7-9' },
  broken: { path: 'M3.5 3.5l9 9M12.5 3.5l-9 9' },
  untested: { path: 'M13.5 8A5.5 5.5 0 1 1 2.5 8A5.5 5.5 0 1 1 13.5 8z' },
  close: { path: 'M2 6.2c2-2 4-2 6-.6s4 1.4 6-.6M2 11.2c2-2 4-2 6-.6s4 1.4 6-.6' },
  warn: { path: 'M8 2v7M8 12.2v1.6' },
};

const HEAVY = ['holds', 'broken', 'close'];

/** @param {string} name @returns {SVGSVGElement} the verdict's are heavy */
export function icon(name) {
  const { path = '', solid = false } = PATHS[name] ?? {};
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', solid ? 'ico solid' : HEAVY.includes(name) ? 'ico heavy' : 'ico');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}
