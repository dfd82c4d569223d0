// @ts-check
/** The closed set of views, keyed to the rank of array that each draws. Whatever is mounted can be destroyed. */

import { mountCurves } from './curves.js';
import { mountHill } from './hill.js';
import { mountMatrix } from './matrix.js';
import { mountProfile } from './profile.js';
import { mountReadout } from './readout.js';
import { mountTiles } from './tiles.js';

export { Hover } from './hover.js';
export { mountHill };

/** @typedef {import('./types.js').ViewSpec} ViewSpec */
/** @typedef {import('./types.js').Context} Context */
/** @typedef {import('./types.js').Mounted} Mounted */

/**
 * @param {HTMLElement} element its place, empty
 * @param {ViewSpec} spec as the schema declares it
 * @param {Context} context
 * @returns {Mounted}
 * @throws {TypeError} for a kind outside the closed set
 */
export function mountView(element, spec, context) {
  switch (spec.kind) {
    case 'readout': return mountReadout(element, spec, context);
    case 'curves': return mountCurves(element, spec, context);
    case 'profile': return mountProfile(element, spec, context);
    case 'matrix': return mountMatrix(element, spec, context);
    case 'tiles': return mountTiles(element, spec, context);
    default: throw new TypeError(`There is no view “${/** @type {{kind: string}} */ (spec).kind}”.`);
  }
}
