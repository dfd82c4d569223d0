// @ts-check
/** Which run a saved picture or table shows: its settings in the page's words, seed, step, address. */

/** @typedef {import('./schema.js').ControlSpec} ControlSpec */

/** @param {ControlSpec} spec @param {number | string | boolean} value */
function worded(spec, value) {
  if (spec.kind === 'toggle') return value ? 'on' : 'off';
  if (spec.kind === 'choice') return spec.options.find((option) => option.value === value)?.label ?? String(value);
  return spec.kind === 'slider' && spec.unit ? `${value} ${spec.unit}` : String(value);
}

/**
 * @param {ControlSpec[]} controls @param {Record<string, number | string | boolean>} parameters
 * @param {{seed: number | undefined, step: number | undefined, address: string}} run
 */
export function footOf(controls, parameters, { seed, step, address }) {
  const settings = controls.filter(({ name }) => name in parameters)
    .map((spec) => `${spec.label}: ${worded(spec, parameters[spec.name] ?? '')}`);
  return [...settings, `seed ${seed}`, `step ${step}`, address].join(' · ');
}
