// @ts-check
/** A short session for a small picture: opened from defaults, drawn while wanted, then closed. */

import { decode } from '../session/frame.js';
import { next } from '../session/past.js';
import { Pull } from '../session/pull.js';
import { Connection } from '../session/socket.js';
import { CLOCK, socketAddress } from './line.js';

/** @typedef {import('../session/frame.js').Frame} Frame */
/** @typedef {{WebSocket?: new (address: string) => any, address?: string}} Options for tests: another server */

/**
 * @param {string} experiment
 * @param {object} plan
 * @param {number} [plan.steps] paused, and so many steps done before the first picture; else it plays
 * @param {(frame: Frame) => void} plan.picture
 * @param {Options} [options]
 * @returns {{close: () => void}}
 */
export function mountTrial(experiment, { steps = 0, picture }, options = {}) {
  /** @type {Frame | null} */
  let frame = null;
  let painting = 0;
  let asked = false;
  const pull = new Pull(() => connection.send({ type: 'draw' }));
  const connection = new Connection({
    address: options.address ?? socketAddress(),
    WebSocket: options.WebSocket ?? /** @type {any} */ (WebSocket),
    clock: CLOCK,
    hello: () => ({ type: 'open', experiment, link: steps ? { paused: 'on' } : {}, session: '' }),
    answer({ type }) {
      if (type !== 'changed') return;
      if (steps && !asked) connection.send({ type: 'step', steps });
      asked = true;
      pull.start();
    },
    frame(buffer) {
      pull.arrived();
      frame = next(frame, decode(buffer));
      painting ||= requestAnimationFrame(paint);
    },
    condition({ phase }) {
      if (phase !== 'connecting') return;
      pull.reset();
      asked = false;
    },
  });
  function paint() {
    painting = 0;
    if (frame && frame.step >= steps) picture(frame);
    pull.fill();
  }
  return {
    close() {
      cancelAnimationFrame(painting);
      pull.stop();
      connection.close();
    },
  };
}
