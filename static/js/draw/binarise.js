// @ts-check
/** A picture becomes ink and paper: fitted into a grid, grey, cut in two by Otsu's threshold. No canvas here. */

/** @typedef {{data: ArrayLike<number>, width: number, height: number}} Pixels red, green, blue, opacity, row by row */
/** @typedef {{left: number, top: number, width: number, height: number}} Place whole cells of the grid */

const PAPER = 255;
/** Shares smaller than this are rounding. */
const LEAST = 1e-9;

/**
 * Brightness 0…255 of one pixel, as ITU-R BT.601 weighs the colours; where the picture is transparent, paper shows.
 * @param {ArrayLike<number>} data @param {number} pixel
 */
export function brightness(data, pixel) {
  const at = 4 * pixel;
  const opacity = (data[at + 3] ?? 0) / 255;
  const grey = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  return PAPER + opacity * (grey - PAPER);
}

/** Where a picture stands in a grid: as large as it fits without changing its shape, in the middle.
 * @param {{width: number, height: number}} size @param {number} columns @param {number} rows @returns {Place} */
export function fitted(size, columns, rows) {
  const scale = Math.min(columns / size.width, rows / size.height);
  const width = Math.max(1, Math.min(columns, Math.round(size.width * scale)));
  const height = Math.max(1, Math.min(rows, Math.round(size.height * scale)));
  return { width, height, left: Math.floor((columns - width) / 2), top: Math.floor((rows - height) / 2) };
}

/**
 * The mean brightness under each cell of a grid of width × height that covers the picture; a pixel on the line between
 * cells counts for each by its share.
 * @param {Pixels} pixels @param {number} width @param {number} height @returns {Float32Array}
 */
export function averaged(pixels, width, height) {
  const [wide, tall] = [pixels.width / width, pixels.height / height];
  const cells = new Float32Array(width * height);
  for (let cell = 0; cell < cells.length; cell += 1) {
    const [left, top] = [(cell % width) * wide, Math.floor(cell / width) * tall];
    let [sum, area] = [0, 0];
    for (let y = Math.floor(top); y < top + tall; y += 1) {
      const high = Math.min(top + tall, y + 1) - Math.max(top, y);
      for (let x = Math.floor(left); x < left + wide; x += 1) {
        const share = high * (Math.min(left + wide, x + 1) - Math.max(left, x));
        if (share < LEAST || y >= pixels.height || x >= pixels.width) continue;
        sum += share * brightness(pixels.data, y * pixels.width + x);
        area += share;
      }
    }
    cells[cell] = sum / area;
  }
  return cells;
}

/**
 * The grey up to which all is ink: it leaves the two classes as far apart as their sizes allow (Otsu, IEEE Transactions on
 * Systems, Man, and Cybernetics 9, 1979: the greatest variance between the classes, over 256 greys).
 * @param {ArrayLike<number>} grey 0…255 @returns {number} NaN when all are equally bright
 */
export function otsu(grey) {
  const counts = new Float64Array(256);
  let total = 0;
  for (const value of Array.from(grey, Math.round)) {
    counts[value] = (counts[value] ?? 0) + 1;
    total += value;
  }
  let [dark, darkSum, best, threshold] = [0, 0, 0, NaN];
  for (let level = 0; level < 255; level += 1) {
    dark += counts[level] ?? 0;
    darkSum += level * (counts[level] ?? 0);
    const light = grey.length - dark;
    if (dark === 0 || light === 0) continue;
    const between = dark * light * (darkSum / dark - (total - darkSum) / light) ** 2;
    if (between > best) [best, threshold] = [between, level];
  }
  return threshold;
}

/**
 * The cells of a rows × columns grid that the ink of a picture covers. Dark is ink; around the picture there is paper.
 * @param {Pixels} pixels @param {number} columns @param {number} rows
 * @returns {number[] | null} indices, row by row; null when the picture is equally bright everywhere
 */
export function inked(pixels, columns, rows) {
  const { left, top, width, height } = fitted(pixels, columns, rows);
  const cells = averaged(pixels, width, height);
  const threshold = otsu(cells);
  if (Number.isNaN(threshold)) return null;
  const on = Array.from(cells.keys()).filter((cell) => Math.round(cells[cell] ?? PAPER) <= threshold);
  return on.map((cell) => (top + Math.floor(cell / width)) * columns + left + (cell % width));
}
