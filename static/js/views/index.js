// @ts-check
/** The closed set of views, keyed to the rank of array that each draws. Whatever is mounted can be destroyed. */

import { mountCurves } from './curves.js';
import { mountHill } from './hill.js';
import { deferred } from './later.js';
import { mountProfile } from './profile.js';
import { mountReadout } from './readout.js';

export { Hover } from './hover.js';
export { mountHill };

/** @typedef {import('./types.js').ViewSpec} ViewSpec */
/** @typedef {import('./types.js').Context} Context */
/** @typedef {import('./types.js').Mounted} Mounted */

/**
 * Views that few pages have are fetched by those pages; what draws in three dimensions only once its place is seen.
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
    case 'profile': return spec.style !== 'columns' ? mountProfile(element, spec, context) : deferred(element, spec.title, async () => {
      const { mountColumns } = await import('./histogram.js');
      return () => mountColumns(element, spec, context);
    });
    case 'matrix': return deferred(element, spec.title, async () => {
      const { mountMatrix } = await import('./matrix.js');
      return () => mountMatrix(element, spec, context);
    });
    case 'tiles': return deferred(element, spec.title, async () => {
      const { mountTiles } = await import('./tiles.js');
      return () => mountTiles(element, spec, context);
    });
    case 'relation': return deferred(element, spec.title, async () => {
      const { mountRelation } = await import('./relation.js');
      return () => mountRelation(element, spec, context);
    });
    case 'basins': return deferred(element, spec.title, async () => {
      const { mountBasins } = await import('./basins.js');
      return () => mountBasins(element, spec, context);
    });
    case 'points': return deferred(element, spec.title, async () => {
      const { mountPoints } = await import('./examples.js');
      return () => mountPoints(element, spec, context);
    });
    case 'plane': return deferred(element, spec.title, async () => {
      const { mountPlane } = await import('./plane.js');
      return () => mountPlane(element, spec, context);
    });
    case 'tree': return deferred(element, spec.title, async () => {
      const { mountTree } = await import('./tree.js');
      return () => mountTree(element, spec, context);
    });
    case 'graph': return deferred(element, spec.title, async () => {
      const { mountGraph } = await import('./graph.js');
      return () => mountGraph(element, spec, context);
    });
    case 'surface': return deferred(element, spec.title, async () => {
      const { mountSurface } = await import('./surface.js');
      return () => mountSurface(element, spec, context);
    }, seen(element));
    default: throw new TypeError(`There is no view “${/** @type {{kind: string}} */ (spec).kind}”.`);
  }
}

/** When an element first comes into view. @param {Element} element @returns {import('./later.js').Moment} */
function seen(element) {
  return (act) => {
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      sight.disconnect();
      act();
    });
    sight.observe(element);
    return () => sight.disconnect();
  };
}
