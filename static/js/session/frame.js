// @ts-check
/**
 * One binary picture of a session, read without copying (static counterpart of `server/runtime/wire.py`):
 * `uint32 header length | JSON header | zero padding to 8 | arrays, each starting at a multiple of 8`, little-endian.
 */

/** @typedef {Float32Array | Uint8Array | Int32Array} Numbers */
/** @typedef {{shape: number[], data: Numbers, low?: number, high?: number, changed: boolean}} Channel */
/** @typedef {{width: number, values: Float32Array, rows: number}} Series `values` holds rows × width numbers */
/** @typedef {{number: string, line: string, word: 'holds'|'broken'|'close'|'untested', note: string}} Verdict */
/** @typedef {'connecting'|'playing'|'paused'|'failed'|'closed'} State */
/** @typedef {{stride: number, step: number, series: Map<string, Series>}} Former the curves that a rewind left, to their end */
/**
 * @typedef {object} Header
 * @property {number} run @property {number} step @property {State} state
 * @property {number} speed_measured steps per second @property {number} time server seconds
 * @property {Verdict} verdict @property {string} sentence @property {Record<string, string>} position
 * @property {Record<string, string>} words for captions, beside the numbers
 * @property {number} stride @property {number} start @property {number} rows
 * @property {string[]} unchanged
 */
/** @typedef {{dtype: string, shape: number[], offset: number, low?: number, high?: number}} Reference */
/** @typedef {Header & {arrived: Map<string, Channel>, added: Map<string, Channel>}} Packet as it came over the wire */
/**
 * A picture as the views see it: everything known now, old and new.
 * @typedef {Header & {channels: Map<string, Channel>, series: Map<string, Series>, former: Former | null}} Frame
 */

const KINDS = { float32: Float32Array, uint8: Uint8Array, int32: Int32Array };

/** @param {ArrayBuffer} buffer @param {number} base @param {Reference} reference @returns {Channel} */
function view(buffer, base, { dtype, shape, offset, low, high }) {
  const Kind = KINDS[/** @type {keyof typeof KINDS} */ (dtype)];
  if (!Kind) throw new TypeError(`A frame holds float32, uint8 or int32, not ${dtype}.`);
  const length = shape.reduce((product, size) => product * size, 1);
  /** @type {Channel} */
  const channel = { shape, data: new Kind(buffer, base + offset, length), changed: true };
  return low === undefined || high === undefined ? channel : { ...channel, low, high };
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {Packet}
 * @throws {RangeError} when the buffer ends before its arrays do
 */
export function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const base = Math.ceil((4 + length) / 8) * 8;
  const { channels, series, ...rest } = header;
  /** @param {Record<string, Reference>} references */
  const views = (references) =>
    new Map(Object.entries(references).map(([name, reference]) => [name, view(buffer, base, reference)]));
  return { ...rest, arrived: views(channels), added: views(series) };
}

/**
 * The current value of a channel: the rank-0 channel of that name, else the last row of that scalar series.
 * @param {Frame} frame @param {string} name @returns {number} NaN when there is none
 */
export function number(frame, name) {
  const channel = frame.channels.get(name);
  if (channel && channel.shape.length === 0) return valueAt(channel, 0);
  const series = frame.series.get(name);
  return series && series.rows > 0 ? series.values[(series.rows - 1) * series.width] ?? NaN : NaN;
}

/**
 * One entry of a channel as a number: colour-mapped bytes are mapped back, 255 is "not finite".
 * @param {Channel} channel @param {number} index @returns {number}
 */
export function valueAt({ data, low, high }, index) {
  const raw = data[index] ?? NaN;
  if (low === undefined || high === undefined) return raw;
  return raw === 255 ? NaN : low + (raw / 254) * (high - low);
}

/**
 * The step at which a row of a series stands. With a stride the two rows of a pair share 2·stride steps; their order
 * is kept, their exact steps are not.
 * @param {{stride: number}} frame @param {number} row @returns {number}
 */
export function stepOf({ stride }, row) {
  return (row + 1) * stride;
}
