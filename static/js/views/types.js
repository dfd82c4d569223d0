// @ts-check
/** The shapes of what views are given; mirrors server/grammar/views.py. Types only. */

/** @typedef {import('../session/frame.js').Frame} Frame */
/** @typedef {import('../draw/marks.js').Mark} Mark */
/** @typedef {'linear' | 'log'} AxisScale */
/** @typedef {{channel: string, label: string, mark: Mark, smooth: number}} Line */
/** @typedef {{label: string, channel: string, value: number | null}} Theory */
/** @typedef {{channel: string, label: string, symbol: string, digits: number, unit: string}} NumberRow */
/** @typedef {{title: string, caption: string, detail: string, weight: 1|2|3, index: string}} Common */
/** @typedef {Common & {kind: 'readout', numbers: NumberRow[]}} ReadoutSpec */
/**
 * @typedef {Common & {kind: 'curves', lines: Line[], theory: Theory[], scale: AxisScale, low: number | null,
 *   high: number | null}} CurvesSpec
 */
/**
 * @typedef {Common & {kind: 'profile', lines: Line[], style: 'bars' | 'marks', scale: AxisScale, tiles: string,
 *   reference: string, theory: Theory[], axis: string}} ProfileSpec
 */
/** @typedef {import('../draw/colours.js').MapName} MapName */
/** @typedef {Common & {kind: 'matrix', channel: string, colours: MapName, rows: string, columns: string}} MatrixSpec */
/**
 * @typedef {Common & {kind: 'tiles', channel: string, colours: MapName, target: string, now: string, paint: string}} TilesSpec
 */
/** @typedef {ReadoutSpec | CurvesSpec | ProfileSpec | MatrixSpec | TilesSpec} ViewSpec */
/**
 * @typedef {{lines: Line[], title: string, caption: string, symbol: string, theory: Theory[], events: string,
 *   digits: number, scale: AxisScale}} HillSpec
 */
/**
 * @typedef {object} Context
 * @property {(message: {type: string, [key: string]: unknown}) => void} send
 * @property {[string, string] | null} arms
 * @property {string} stepName
 * @property {import('./hover.js').Hover} [hover] shared by the views that name the same index
 */
/** @typedef {{draw(frame: Frame): void, resize(): void, destroy(): void, summary(): string}} Mounted */

export {};
