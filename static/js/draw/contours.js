// @ts-check
/** Lines of equal height on a grid, by marching squares (Lorensen and Cline 1987 in two dimensions). No canvas here. */

/** @typedef {[number, number]} Point column and row, the first entry of the grid at (0, 0) */

/**
 * Where the level crosses the four edges of the square whose upper left corner is (column, row): none, two or four points,
 * clockwise from the upper edge. Along an edge heights are linear.
 * @param {number[]} corners clockwise from the upper left @param {number} level @param {number} column @param {number} row
 */
function crossings(corners, level, column, row) {
  /** @type {Point[]} */
  const found = [];
  for (let edge = 0; edge < 4; edge += 1) {
    const [from = 0, to = 0] = [corners[edge], corners[(edge + 1) % 4]];
    if (from >= level === to >= level) continue;
    const part = (level - from) / (to - from);
    const along = edge < 2 ? part : 1 - part;
    found.push(edge % 2 ? [column + (edge === 1 ? 1 : 0), row + along] : [column + along, row + (edge === 2 ? 1 : 0)]);
  }
  return found;
}

/**
 * The line at one level, as separate stretches [column, row, column, row, …], two points each. A square with a corner that
 * is not finite holds no line. In a saddle the mean of the corners says which two of them hang together.
 * @param {ArrayLike<number>} heights row by row @param {number} columns @param {number} level @returns {number[]}
 */
export function contour(heights, columns, level) {
  /** @type {number[]} */
  const line = [];
  for (let corner = 0; corner + columns + 1 < heights.length; corner += 1) {
    const column = corner % columns;
    if (column === columns - 1) continue;
    const [a, b] = [heights[corner] ?? NaN, heights[corner + 1] ?? NaN];
    const [d, c] = [heights[corner + columns] ?? NaN, heights[corner + columns + 1] ?? NaN];
    const above = Number(a >= level) + Number(b >= level) + Number(c >= level) + Number(d >= level);
    if (above === 0 || above === 4 || !Number.isFinite(a + b + c + d)) continue;
    const points = crossings([a, b, c, d], level, column, Math.floor(corner / columns));
    // Four points: the upper left corner is cut off with its own two edges unless it hangs together with the middle.
    const apart = points.length === 4 && (a + b + c + d) / 4 >= level !== a >= level;
    if (apart) points.unshift(.../** @type {Point[]} */ ([points.pop()]));
    for (const [x, y] of points) line.push(x, y);
  }
  return line;
}
