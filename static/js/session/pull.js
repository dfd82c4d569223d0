// @ts-check
/** Pictures are asked for, never pushed: two requests are under way, one more follows each painted picture. */

const UNDER_WAY = 2;

export class Pull {
  /** @param {() => void} ask sends one `draw` */
  constructor(ask) {
    this.ask = ask;
    this.asked = 0;
    this.running = false;
  }

  /** A new socket: nothing is under way on it. */
  reset() {
    this.asked = 0;
    this.running = false;
  }

  /** From now on keep two under way. */
  start() {
    this.running = true;
    this.fill();
  }

  /** Ask for no more (the tab is hidden); what is under way still arrives. */
  stop() {
    this.running = false;
  }

  /** A picture came. It is replaced only after `fill`, once it has been painted. */
  arrived() {
    this.asked = Math.max(0, this.asked - 1);
  }

  fill() {
    while (this.running && this.asked < UNDER_WAY) {
      this.asked += 1;
      this.ask();
    }
  }
}
