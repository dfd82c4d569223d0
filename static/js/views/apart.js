// @ts-check
/** Words for marks that end close together: one under the other, in the order of their marks. No canvas here. */

/** @typedef {import('../draw/axes.js').Box} Box */

/**
 * Heights at least a gap apart, in the same order, as close to those wanted as can be (least squares, by pooling
 * neighbours that are too close), and within the room there is; closer where there is too little of it.
 * @param {number[]} wanted @param {number} gap @param {number} least @param {number} most @returns {number[]}
 */
export function apart(wanted, gap, least, most) {
  const step = Math.min(gap, (most - least) / Math.max(1, wanted.length - 1));
  const order = wanted.map((_, index) => index).sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0) || one - other);
  /** @type {{sum: number, count: number}[]} */
  const pools = [];
  order.forEach((index, rank) => {
    let pool = { sum: (wanted[index] ?? 0) - rank * step, count: 1 };
    for (let below = pools.at(-1); below && below.sum / below.count > pool.sum / pool.count; below = pools.at(-1)) {
      pool = { sum: pool.sum + below.sum, count: pool.count + below.count };
      pools.pop();
    }
    pools.push(pool);
  });
  const free = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  /** @type {number[]} */
  const found = [];
  order.forEach((index, rank) => {
    found[index] = Math.max(least, Math.min(most - (order.length - 1) * step, free[rank] ?? 0)) + rank * step;
  });
  return found;
}

/**
 * Marks above each other, where words beside two of them would meet.
 * @param {{x: number, y: number}[]} marks @param {number} across nearer than that are above each other
 * @param {number} up nearer than that meet @returns {number[][]} groups of two and more, by number
 */
export function crowds(marks, across, up) {
  /** @type {number[][]} */
  const columns = [];
  marks.forEach(({ x }, index) => {
    const column = columns.find(([first]) => Math.abs((marks[first ?? -1]?.x ?? NaN) - x) < across);
    if (column) column.push(index);
    else columns.push([index]);
  });
  return columns.filter((column) => {
    const heights = column.map((index) => marks[index]?.y ?? 0).sort((one, other) => one - other);
    return heights.some((height, index) => height - (heights[index - 1] ?? -Infinity) < up);
  });
}
