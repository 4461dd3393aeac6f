/* One's own call: which one is in hand, what goes on with it, and what each key does now. Knows no page and no clock. */

/** @typedef {Record<string, any>} Row */
/** @typedef {{queues: Map<string, Row>, agents: Map<string, Row>, calls: Map<string, Row>}} Floor */
/**
 * Whom we ring from here, for as long as the live rows may not say it.
 * @typedef {{call: string, target: string, at: number} | null} Asked
 */
/**
 * @typedef {object} Own
 * @property {Row | null} row the seat's
 * @property {Row | null} call in hand
 * @property {Row[]} others the person's other calls
 * @property {string} seat a state
 * @property {string} mode what goes on
 */

const RINGS_MS = 32000;
/* A key without an entry stays the browser's own. */
/** @type {Record<string, Record<string, string>>} */
const ACTIONS = {
  ringing: { F1: "answer" },
  dialling: { F9: "hangup" },
  talking: { F2: "hold", F3: "transfer", F4: "consult", F9: "hangup" },
  conference: { F9: "hangup" },
  hold: { F2: "resume", F3: "transfer", F4: "consult", F9: "hangup" },
  consult_rings: { F2: "back" },
  consulting: { F2: "back", F3: "complete", F4: "conference_now" },
  wrap_up: { F10: "finish" },
};

/** The other end: whoever calls, or whom we call. @param {Row} call @param {string} extension */
export const otherEnd = (call, extension) => (call.direction === "outbound" || call.caller === extension ? call.did : call.caller);

/** One that rings at this phone only. @param {Row} call */
export const rings = (call) => call.state === "ringing" && !(call.parties || []).length;

/**
 * Who else is in the call, or with ``ringing`` is being rung for it; the seats know it before the call's own row does.
 * @param {Floor} floor @param {string} extension @param {Row} call @param {boolean} ringing
 */
export function parties(floor, extension, call, ringing) {
  const seats = [...floor.agents.values()].filter((agent) => agent.call_id === call.id && (agent.state === "ringing") === ringing).map((agent) => agent.extension);
  return [...new Set(ringing ? seats : [...(call.parties || []), ...seats])].filter((one) => one !== extension);
}

/**
 * @param {Floor} floor
 * @param {string} extension
 * @param {Asked} asked
 * @param {number} now in ms, of the same clock as ``asked.at``
 * @returns {Own}
 */
export function ownCall(floor, extension, asked, now) {
  const row = floor.agents.get(extension) || null;
  const mine = [...floor.calls.values()].filter((call) => call.agent === extension || (call.parties || []).includes(extension) || (row && row.call_id === call.id));
  const call = mine.find((one) => row && one.id === row.call_id) || mine.find((one) => one.state !== "ringing") || (row && row.state !== "ringing" ? null : mine[0]) || null;
  const seat = row ? row.state : !call ? "offline" : call.state === "held" ? "hold" : call.state === "ringing" ? "ringing" : "talking";
  return { row, call, others: mine.filter((one) => one !== call), seat, mode: mode(floor, extension, seat, call, asked, now) };
}

/** @param {Floor} floor @param {string} extension @param {string} seat @param {Row | null} call @param {Asked} asked @param {number} now */
function mode(floor, extension, seat, call, asked, now) {
  if (seat === "wrap_up") return "wrap_up";
  if (!call) return "idle";
  const there = parties(floor, extension, call, false);
  if (seat === "ringing") return "ringing";
  if (call.state === "ringing" && !call.answered_at) return "dialling";
  if (call.agent !== extension && call.state === "held") return "asked";
  if (seat === "hold") {
    if (there.length) return "consulting";
    const rung = parties(floor, extension, call, true).length || (asked && asked.call === call.id && now - asked.at < RINGS_MS);
    return rung ? "consult_rings" : "hold";
  }
  if (seat === "talking") return there.length ? "conference" : "talking";
  return "idle";
}

/** A second call that rings while another is in hand. @param {Own} own */
export const secondRinging = (own) => (own.mode === "ringing" ? null : own.others.find(rings) || null);

/** What each key does now. @param {Own} own @returns {Record<string, string>} */
export function keysOf(own) {
  const found = { ...(ACTIONS[own.mode] || {}) };
  if (secondRinging(own)) found.F1 = "hold_answer";
  return found;
}
