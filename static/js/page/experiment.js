// @ts-check
/** An experiment's page: reads its schema, mounts what it names, and keeps one session drawn. */
import { button } from '../controls/dom.js';
import { mountTransport } from '../controls/transport.js';
import { decode } from '../session/frame.js';
import { next } from '../session/past.js';
import { Pull } from '../session/pull.js';
import { Connection } from '../session/socket.js';
import { mountAddress } from './address.js';
import { bindings } from './bindings.js';
import { mountDiverged } from './diverged.js';
import { mountKeys } from './keys.js';
import { CLOCK, socketAddress } from './line.js';
import { mountNotices } from './notices.js';
import { mountProjector } from './projector.js';
import { mountRail } from './rail.js';
import { readSchema } from './schema.js';
import { share } from './share.js';
import { mountStage, part } from './stage.js';
import { toggleTheme } from './theme.js';

/** @typedef {import('../session/frame.js').Frame} Frame */
/** @typedef {import('./schema.js').Schema} Schema */
/**
 * What the server says of the session (`messages.Changed`).
 * @typedef {object} Changed
 * @property {string} session @property {string} state @property {Record<string, any>} parameters
 * @property {Record<string, string>} link @property {number} seed @property {number | null} speed
 * @property {number} run @property {boolean} controller @property {string[]} ignored
 */
/** @typedef {{WebSocket?: new (address: string) => any, address?: string}} Options for tests: another server */

/**
 * Brings a server-rendered page to life. The page holds .notices, .verdict, .formula, [data-view="0…"] with header p,
 * .tools and .body, .hillwrap > .hill, .transport, .rail, .keys, and buttons [data-do="share|projector|theme|keys"].
 * `destroy` gives back everything: sockets, listeners, observers, canvases.
 * @param {HTMLElement} root @param {Schema} schema @param {Options} [options] @returns {{destroy: () => void}}
 */
export function mountExperiment(root, schema, options = {}) {
  const stop = new AbortController();
  const { signal } = stop;
  const address = mountAddress();
  /** @type {Changed | null} */ let standing = null;
  /** @type {Frame | null} */ let frame = null;
  let rewound = false;
  let painting = 0;
  let online = false;
  /** @type {{destroy: () => void, run: number} | null} */ let card = null;

  /** @param {any} message */
  const send = (message) => {
    if (['rewind', 'new_draw', 'set', 'preset'].includes(message.type)) rewound = message.type === 'rewind';
    notices.clear('refused');
    notices.clear('link');
    connection.send(message);
  };
  const copy = () => void share(address.whole(), notices);
  const foot = (/** @type {typeof import('./foot.js').footOf} */ footOf) => footOf(schema.controls, standing?.parameters ?? {},
    { seed: standing?.seed, step: frame?.step, address: address.whole() });

  const notices = mountNotices(part(root, '.notices'), part(root, '.page'), {
    retry: () => connection.retry(),
    stale(old) {
      stage.stale(old);
      lock();
    },
  });
  const rail = mountRail(part(root, '.rail'), schema, send);
  const transport = mountTransport(part(root, '.transport'), schema, send);
  const stage = mountStage(root, schema, send, {
    frame: () => frame, foot, share: copy, say: (sentence) => notices.say('refused', [sentence]),
  });
  const projector = mountProjector(root, schema, send, (mode) => {
    address.say('mode', mode);
    stage.resize();
  });
  const theme = () => address.own.theme ? address.say('theme', toggleTheme()) : void toggleTheme();
  const keys = mountKeys(bindings({
    send, theme, panels: stage.panels, at: () => frame?.step ?? 0,
    play: transport.toggle, step: transport.step, hasten: transport.hasten,
    formula: projector.formula, projector: projector.toggle,
    sheet: () => keys.sheet(),
    escape() {
      if (document.fullscreenElement) void document.exitFullscreen();
      else if (document.documentElement.dataset.mode) projector.show(false);
    },
  }), button({ class: 'btn phone' }, theme, 'Light or dark'));
  const pull = new Pull(() => connection.send({ type: 'draw' }));
  const connection = new Connection({
    address: options.address ?? socketAddress(),
    WebSocket: options.WebSocket ?? /** @type {any} */ (WebSocket),
    clock: CLOCK,
    hello: () => ({ type: 'open', experiment: schema.name, link: link(), session: '' }),
    answer: (message) => /** @type {Record<string, (message: any) => void>} */ (answers)[message.type]?.(message),
    frame(buffer) {
      pull.arrived();
      frame = next(frame, decode(buffer), rewound);
      painting ||= requestAnimationFrame(paint);
    },
    condition(condition) {
      online = condition.phase === 'open';
      if (condition.phase === 'connecting') pull.reset();
      notices.connection(condition);
      lock();
    },
  });

  const answers = {
    /** @param {Changed} changed */
    changed(changed) {
      const renewed = standing !== null && standing.session !== changed.session;
      if (standing?.session !== changed.session) frame = null;
      if (card && (card.run !== changed.run || changed.state !== 'failed')) uncard();
      standing = changed;
      address.set(changed.link);
      rail.set(changed.parameters, changed.speed);
      projector.set(changed.parameters);
      transport.set(changed);
      connection.expect(changed.state === 'playing' && !document.hidden, changed.speed);
      if (changed.ignored.length) notices.say('ignored', changed.ignored);
      if (changed.state !== 'failed') notices.clear('failed');
      if (!document.hidden) pull.start();
      lock();
      if (renewed) rail.renew(changed.parameters);
    },
    /** @param {{sentence: string, parameter: string}} refused */
    refused({ sentence, parameter }) {
      if (!rail.refuse(parameter, sentence)) notices.say('refused', [sentence]);
    },
    /** @param {import('./diverged.js').Message} message */
    diverged(message) {
      uncard();
      card = { ...mountDiverged(part(root, '.hillwrap'), message, schema.hill.title, send), run: standing?.run ?? 0 };
    },
    /** @param {{sentence: string}} failed */
    failed: ({ sentence }) => notices.say('failed', [sentence]),
    /** @param {{sentence: string}} lost */
    lost: ({ sentence }) => connection.lose(1012, sentence),
  };

  function link() {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const paused = standing ? standing.state === 'paused' : calm;
    return paused ? { ...address.link, paused: 'on' } : address.link;
  }
  function lock() {
    const locked = !online || standing?.controller === false;
    part(root, '.rail').toggleAttribute('inert', locked);
    part(root, '.rail').classList.toggle('off', locked);
    transport.lock(locked);
  }
  function uncard() {
    card?.destroy();
    card = null;
  }
  function paint() {
    painting = 0;
    if (!frame) return;
    stage.draw(frame);
    transport.draw(frame);
    pull.fill();
  }

  document.addEventListener('visibilitychange', () => {
    connection.expect(standing?.state === 'playing' && !document.hidden, standing?.speed ?? null);
    if (document.hidden) pull.stop();
    else if (online) pull.start();
  }, { signal });
  addEventListener('online', () => online || connection.retry(), { signal });
  const buttons = { share: copy, projector: projector.toggle, theme, keys: () => keys.sheet() };
  for (const [name, act] of Object.entries(buttons)) {
    for (const each of root.querySelectorAll(`[data-do="${name}"]`)) {
      each.addEventListener('click', act, { signal });
    }
  }
  if (address.own.mode === 'projector') projector.show(true);

  return {
    destroy() {
      stop.abort();
      cancelAnimationFrame(painting);
      connection.close();
      uncard();
      for (const item of [keys, projector, stage, transport, rail, notices, address]) item.destroy();
    },
  };
}

const opened = document.querySelector('#schema');
/** The page that this module found itself on. */
export const mounted = opened && mountExperiment(document.body, readSchema(document));
