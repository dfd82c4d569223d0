// @ts-check
/** The page's address as a link: what differs from the defaults, and the page's own two words that stay here. */

const OWN = ['theme', 'mode'];

/**
 * @param {string} search the query of an address
 * @returns {{link: Record<string, string>, own: Record<string, string>}}
 */
export function read(search) {
  /** @type {Record<string, string>} */ const link = {};
  /** @type {Record<string, string>} */ const own = {};
  for (const [name, text] of new URLSearchParams(search)) {
    if (name !== 'paused') (OWN.includes(name) ? own : link)[name] = text;
  }
  return { link, own };
}

/**
 * @param {Record<string, string>} link what the server says differs from the defaults
 * @param {Record<string, string>} own theme and mode
 * @returns {string} a query with its question mark, or the empty string
 */
export function write(link, own) {
  const { paused: _paused, ...rest } = link;
  const query = new URLSearchParams({ ...rest, ...own }).toString();
  return query && `?${query}`;
}
