// @ts-check
/** The claim as measured now: a number, what it counts, and one of four words; read aloud, but not all the time. */
import { make, write } from './dom.js';
import { icon } from './icons.js';

/** @typedef {import('../session/frame.js').Verdict} Verdict */

const WORDS = { holds: 'holds so far', broken: 'broken', close: 'too close', untested: 'not tested' };
const APART = 5000;

/**
 * When to speak: when there is something else to say, at most once in five seconds, and then the latest sentence.
 * @param {(sentence: string) => void} speak
 * @param {import('../session/socket.js').Clock} clock
 */
export function announcer(speak, clock) {
  let said = '';
  let sentence = '';
  let last = -Infinity;
  /** @type {any} */ let timer = null;
  const say = () => {
    timer = null;
    if (sentence === said) return;
    said = sentence;
    last = clock.now();
    speak(sentence);
  };
  return {
    /** @param {string} next */
    hear(next) {
      sentence = next;
      if (sentence !== said) timer ??= clock.after(Math.max(0, last + APART - clock.now()), say);
    },
    stop: () => clock.cancel(timer),
  };
}

/**
 * @param {HTMLElement} element
 * @returns {{set: (verdict: Verdict, sentence: string) => void, destroy: () => void}}
 */
export function mountVerdict(element) {
  const before = [...element.childNodes];
  const value = make('span');
  const unit = make('small');
  const numeral = make('span', { class: 'n num' }, value, unit);
  const line = make('b');
  const word = make('em');
  const mark = make('span');
  const note = make('span');
  const status = make('span', { class: 'hide', role: 'status' });
  const state = make('span', { class: 'st' }, mark, ' ', word, note);
  element.replaceChildren(numeral, make('p', {}, line, state), status);
  const aloud = announcer((sentence) => write(status, sentence), {
    now: () => performance.now(),
    after: (milliseconds, task) => setTimeout(task, milliseconds),
    cancel: (timer) => clearTimeout(timer),
  });
  return {
    set(verdict, sentence) {
      const [, number = '', sign = ''] = /^(.*?)\s*(%?)$/.exec(verdict.number) ?? [];
      write(value, number);
      write(unit, sign);
      numeral.classList.toggle('long', number.length > 3 && sign !== '');  // its words keep to their two lines
      write(line, verdict.line);
      write(note, verdict.note && `, ${verdict.note}`);
      if (element.dataset.v !== verdict.word) {
        element.dataset.v = verdict.word;
        write(word, WORDS[verdict.word]);
        mark.replaceChildren(icon(verdict.word));
      }
      aloud.hear(sentence);
    },
    destroy() {
      aloud.stop();
      delete element.dataset.v;
      element.replaceChildren(...before);
    },
  };
}
