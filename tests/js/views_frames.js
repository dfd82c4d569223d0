// @ts-check
/** Frames, series and lines as small as a test of the views needs them. */

/** @typedef {import('../../static/js/session/frame.js').Frame} Frame */

/** @param {Partial<Frame>} parts @returns {Frame} */
export const frame = (parts) => ({
  run: 1, step: 0, state: 'playing', speed_measured: 0, time: 0, sentence: '', position: {}, words: {}, stride: 1, start: 0, rows: 0,
  verdict: { number: '', line: '', word: 'untested', note: '' }, unchanged: [], channels: new Map(), series: new Map(),
  former: null, ...parts,
});
/** @param {number[]} data @param {number} [width] */
export const series = (data, width = 1) => ({ width, values: Float32Array.from(data), rows: data.length / width });
/** @param {string} channel */
export const line = (channel) => ({ channel, label: '', mark: /** @type {const} */ ('ink'), smooth: 1 });
