// @ts-check
/** What a session's connection needs of the browser: its clock, and the address of the socket. */

export const CLOCK = {
  now: () => performance.now(),
  /** @param {number} milliseconds @param {() => void} task */
  after: (milliseconds, task) => setTimeout(task, milliseconds),
  cancel: (/** @type {any} */ timer) => clearTimeout(timer),
};

export const socketAddress = () => `${location.protocol.replace('http', 'ws')}//${location.host}/socket`;
