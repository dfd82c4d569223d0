// @ts-check
/**
 * The connection to the server: connecting → open → lost → connecting …, with pauses of 1 2 4 8 s between attempts.
 * The WebSocket class and the clock are given, so that Node can test it.
 */

/** @typedef {'connecting' | 'open' | 'lost' | 'closed'} Phase */
/**
 * What the page shows about the connection.
 * @typedef {object} Condition
 * @property {Phase} phase
 * @property {number} retryAt clock time of the next attempt; Infinity: only by hand
 * @property {number} frameAt clock time of the last picture; NaN before the first
 * @property {boolean} stale open and playing, yet no picture for longer than it should take
 * @property {string} reason the server's own sentence for closing, if it gave one
 */
/**
 * @typedef {object} Clock
 * @property {() => number} now in milliseconds
 * @property {(milliseconds: number, task: () => void) => any} after @property {(timer: any) => void} cancel
 */
/**
 * @typedef {object} Wire what is used of a WebSocket
 * @property {string} binaryType @property {number} readyState
 * @property {(data: string) => void} send @property {(code?: number) => void} close
 * @property {(() => void) | null} onopen
 * @property {((event: {data: any}) => void) | null} onmessage
 * @property {((event: {code: number, reason: string}) => void) | null} onclose
 */
/**
 * @typedef {object} Options
 * @property {string} address @property {new (address: string) => Wire} WebSocket @property {Clock} clock
 * @property {() => object} hello the first message of each connection
 * @property {(message: any) => void} answer @property {(buffer: ArrayBuffer) => void} frame
 * @property {(condition: Condition) => void} condition told of every change, and twice a second while lost or stale
 */

const LONGEST_PAUSE = 8000;
const TICK = 500;
const PATIENCE = 2000;
/** A connection that stays silent this long while playing is dead, whatever the browser believes. */
const DEAD = 20000;
const OPEN = 1;
/** Closed by policy (foreign origin, flood): trying again by itself would only repeat it. */
const POLICY = 1008;

export class Connection {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.clock = options.clock;
    /** @type {Wire | null} */ this.wire = null;
    /** @type {Phase} */ this.phase = 'connecting';
    this.failures = 0;
    this.retryAt = Infinity;
    this.frameAt = NaN;
    this.reason = '';
    /** Milliseconds within which a picture is due; Infinity while none is. */
    this.due = Infinity;
    this.waitingSince = NaN;
    /** @type {unknown} */ this.timer = null;
    this.wasStale = false;
    this.open();
    this.tick();
  }

  open() {
    this.drop();
    this.phase = 'connecting';
    this.retryAt = Infinity;
    const wire = new this.options.WebSocket(this.options.address);
    this.wire = wire;
    wire.binaryType = 'arraybuffer';
    wire.onopen = () => wire.send(JSON.stringify(this.options.hello()));
    wire.onmessage = ({ data }) => (typeof data === 'string' ? this.hear(data) : this.see(data));
    wire.onclose = ({ code, reason }) => this.lose(code, reason);
    this.tell();
  }

  /** @param {string} text */
  hear(text) {
    const message = JSON.parse(text);
    if (message.type === 'changed' && this.phase !== 'open') {
      this.phase = 'open';
      this.failures = 0;
      this.reason = '';
      this.waitingSince = this.clock.now();
      this.tell();
    }
    this.options.answer(message);
  }

  /** @param {ArrayBuffer} buffer */
  see(buffer) {
    this.frameAt = this.waitingSince = this.clock.now();
    if (this.wasStale) this.tell();
    this.options.frame(buffer);
  }

  /** @param {number} code @param {string} reason */
  lose(code, reason) {
    this.drop();
    this.phase = 'lost';
    this.reason = reason;
    const pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** this.failures);
    this.failures += 1;
    this.retryAt = code === POLICY ? Infinity : this.clock.now() + pause;
    this.tell();
  }

  /** At once, without waiting for the next attempt. */
  retry() {
    if (this.phase !== 'closed') this.open();
  }

  /** @param {object} message @returns {boolean} whether it could be sent */
  send(message) {
    if (this.phase !== 'open' || this.wire?.readyState !== OPEN) return false;
    this.wire.send(JSON.stringify(message));
    return true;
  }

  /**
   * When pictures are due, so that their absence is noticed.
   * @param {boolean} playing @param {number | null} speed steps per second
   */
  expect(playing, speed) {
    const due = playing ? Math.max(PATIENCE, 2000 / (speed ?? Infinity)) : Infinity;
    if (this.due === Infinity && due < Infinity) this.waitingSince = this.clock.now();
    this.due = due;
  }

  /** How long a due picture has kept us waiting, in ms. */
  get silence() {
    return this.phase === 'open' && this.due < Infinity ? this.clock.now() - this.waitingSince : 0;
  }

  get condition() {
    const { phase, retryAt, frameAt, reason } = this;
    return { phase, retryAt, frameAt, reason, stale: this.silence > this.due };
  }

  tell() {
    const condition = this.condition;
    this.wasStale = condition.stale;
    this.options.condition(condition);
  }

  tick() {
    if (this.clock.now() >= this.retryAt || this.silence > Math.max(DEAD, 2 * this.due)) this.open();
    else if (this.phase !== 'open' || this.wasStale || this.silence > this.due) this.tell();
    this.timer = this.clock.after(TICK, () => this.tick());
  }

  /** Forgets the present socket without hearing from it again. */
  drop() {
    const wire = this.wire;
    this.wire = null;
    if (!wire) return;
    wire.onopen = wire.onmessage = wire.onclose = null;
    if (wire.readyState === OPEN) wire.close();
    // Closed before it has opened, the browser would write a warning into the console.
    else if (wire.readyState < OPEN) wire.onopen = () => wire.close();
  }

  close() {
    this.clock.cancel(this.timer);
    this.drop();
    this.phase = 'closed';
  }
}
