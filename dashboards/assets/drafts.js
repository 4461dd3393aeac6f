/* What was typed into a form and not sent: kept in this browser for whoever typed it, until it is sent, thrown away or too
   old to be meant, or until that person signs out (session.js). */
const BEGIN = "draft/", OLDEST_MS = 7 * 86400000;

/**
 * @param {Storage} storage
 * @param {string} person whose drafts they are; nobody else is shown them
 * @param {() => number} now milliseconds
 */
export function drafts(storage, person, now) {
  /** @param {string} name */
  const key = (name) => `${BEGIN}${encodeURIComponent(person)}/${name}`;
  /** @param {string} at @returns {{at: number, typed: Record<string, string | boolean | string[]>} | null} */
  const found = (at) => { try { return JSON.parse(storage.getItem(at) || "null"); } catch (_) { return null; } };
  const old = (/** @type {string} */ at) => now() - (found(at)?.at || 0) > OLDEST_MS;
  for (const one of Object.keys(storage)) if (one.startsWith(BEGIN) && old(one)) storage.removeItem(one);
  return {
    /** @param {string} name @returns {Record<string, string | boolean | string[]>} */
    read: (name) => found(key(name))?.typed || {},
    /** @param {string} name @param {Record<string, string | boolean | string[]>} typed nothing of it is no draft */
    keep(name, typed) {
      if (Object.keys(typed).length) storage.setItem(key(name), JSON.stringify({ at: now(), typed }));
      else storage.removeItem(key(name));
    },
    /** @param {string} name */
    forget: (name) => storage.removeItem(key(name)),
  };
}
