// @ts-check
/** The shapes of what views are given; mirrors server/grammar/views.py. Types only. */

/** @typedef {import('../session/frame.js').Frame} Frame */
/** @typedef {import('../draw/marks.js').Mark} Mark */
/** @typedef {'linear' | 'log'} AxisScale */
/** @typedef {{channel: string, label: string, mark: Mark, smooth: number}} Line */
/** @typedef {{label: string, channel: string, value: number | null}} Theory */
/** @typedef {{channel: string, label: string, symbol: string, digits: number, unit: string, waiting?: boolean}} NumberRow */
/** @typedef {{title: string, caption: string, detail: string, weight: 1|2|3, index: string}} Common */
/** @typedef {Common & {kind: 'readout', numbers: NumberRow[]}} ReadoutSpec */
/**
 * @typedef {Common & {kind: 'curves', lines: Line[], theory: Theory[], scale: AxisScale, low: number | null,
 *   high: number | null}} CurvesSpec
 */
/**
 * @typedef {Common & {kind: 'profile', lines: Line[], style: 'bars' | 'columns' | 'marks', scale: AxisScale,
 *   tiles: string, reference: string, now: string, theory: Theory[], axis: string, ends: [string, string],
 *   percent: boolean}} ProfileSpec
 */
/** @typedef {import('../draw/colours.js').MapName} MapName */
/** @typedef {Common & {kind: 'matrix', channel: string, colours: MapName, rows: string, columns: string,
 *   span?: [number, number] | null}} MatrixSpec */
/**
 * @typedef {Common & {kind: 'tiles', channel: string, colours: MapName, target: string, now: string, paint: string,
 *   drop?: string, names?: string[]}} TilesSpec
 */
/**
 * @typedef {Common & {kind: 'relation', x: string, lines: Line[], errors: string, style: 'marks' | 'bars' | 'line',
 *   theory: Theory[], now: string, axis: string, span: [number, number] | null, x_scale: AxisScale, y_scale: AxisScale}} RelationSpec
 */
/**
 * @typedef {Common & {kind: 'basins', channel: string, purity: string, tiles: string, labels: string, path: string,
 *   press: string}} BasinsSpec
 */
/** @typedef {Common & {kind: 'surface', channel: string, path: string, axes: [string, string]}} SurfaceSpec */
/**
 * @typedef {Common & {kind: 'graph', weights: string, states: string, layout: 'ring' | 'layers', layers: string,
 *   now: string, held: string, press: string, widths?: string}} GraphSpec
 */
/**
 * @typedef {Common & {kind: 'points', channel: string, classes: string, field: string, certainty: string, held_out: string,
 *   wrong: string, names: string[], axes: [string, string], press: string}} PointsSpec
 */
/**
 * @typedef {Common & {kind: 'plane', heights: string, paths: string, names: string[], marks: Mark[], arrows: string,
 *   arrow_names: string[], minimum: string, span: string, axes: [string, string], scale: AxisScale, press: string}} PlaneSpec
 */
/** @typedef {Common & {kind: 'tree', nodes: string, tiles: string, now: string, press: string}} TreeSpec */
/**
 * @typedef {ReadoutSpec | CurvesSpec | ProfileSpec | RelationSpec | MatrixSpec | TilesSpec | BasinsSpec | SurfaceSpec
 *   | TreeSpec | GraphSpec | PointsSpec | PlaneSpec} ViewSpec
 */
/**
 * @typedef {{lines: Line[], title: string, caption: string, symbol: string, theory: Theory[], events: string,
 *   digits: number, scale: AxisScale}} HillSpec
 */
/**
 * @typedef {object} Context
 * @property {(message: {type: string, [key: string]: unknown}) => void} send
 * @property {[string, string] | null} arms
 * @property {string} stepName
 * @property {(sentence: string) => void} [say] tells whoever sits at the page
 * @property {{kind: string, name: string}[]} [controls] as the schema declares them
 * @property {import('./hover.js').Hover} [hover] shared by the views that name the same index
 */
/** @typedef {{draw(frame: Frame): void, resize(): void, destroy(): void, summary(): string}} Mounted */

export {};
