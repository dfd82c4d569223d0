// @ts-check
/** What a viewer knows: each packet is merged into the one frame that the views draw. */

/** @typedef {import('./frame.js').Frame} Frame */
/** @typedef {import('./frame.js').Packet} Packet */
/** @typedef {import('./frame.js').Channel} Channel */
/** @typedef {import('./frame.js').Series} Series */

/**
 * A series cut to `start` rows and continued by `rows` new ones. The memory grows by doubling and is reused.
 * @param {Series | undefined} old @param {number} start @param {Channel} added @param {number} rows @returns {Series}
 */
export function appended(old, start, { data, shape }, rows) {
  const width = shape[1] ?? 1;
  const kept = old && old.width === width ? old : { width, values: new Float32Array(0), rows: 0 };
  const size = (start + rows) * width;
  let store = new Float32Array(kept.values.buffer);
  if (store.length < size) {
    store = new Float32Array(Math.max(size, 2 * store.length));
    store.set(kept.values);
  }
  // Rows that never arrived are unknown, not zero.
  if (start > kept.rows) store.fill(NaN, kept.rows * width, start * width);
  store.set(data, start * width);
  return { width, values: store.subarray(0, size), rows: start + rows };
}

/**
 * Channels as they are now: those that arrived, and the old ones that the packet says are unchanged.
 * @param {Map<string, Channel>} old @param {Packet} packet @returns {Map<string, Channel>}
 */
export function merged(old, { arrived, unchanged }) {
  const channels = new Map(arrived);
  for (const name of unchanged) {
    const channel = old.get(name);
    if (channel) channels.set(name, { ...channel, changed: false });
  }
  return channels;
}

/** @param {Frame | null} old @returns {import('./frame.js').Former | null} */
const furthest = (old) => old && (old.former && old.former.step >= old.step ? old.former
  : { stride: old.stride, step: old.step, series: old.series });

/**
 * The frame after a packet. A new run starts empty; `rewound` keeps the curves of the run it left as `former`, or those
 * that it had itself kept where they reach further: the way forward stays to be seen, however often one goes back.
 * @param {Frame | null} old @param {Packet} packet @param {boolean} [rewound] @returns {Frame}
 */
export function next(old, packet, rewound = false) {
  const same = old && old.run === packet.run ? old : null;
  const { arrived: _arrived, added, ...header } = packet;
  const series = new Map(same?.series);
  for (const [name, rows] of added) {
    series.set(name, appended(same?.series.get(name), packet.start, rows, packet.rows));
  }
  const left = !same && rewound ? furthest(old) : null;
  const channels = merged(same?.channels ?? new Map(), packet);
  return { ...header, channels, series, former: same ? same.former : left };
}
