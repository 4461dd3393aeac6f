/* The one live connection of a browser: /ws/live, shared by every page.
   Snapshot and changes are merged here; subscribers are told at most once a frame, and once a second. */
import { text } from "./text.js";
import { session } from "./session.js";

const LOST_AFTER_MS = 12000, OPEN_WITHIN_MS = 8000, LONGEST_PAUSE_MS = 5000, SESSION_OVER = 4401;
/** @typedef {Record<string, any>} Row */
/** @typedef {import("../../scripts/js/api").components["schemas"]} Shapes */
/** @type {{queues: Map<string, Shapes["QueueNow"]>, agents: Map<string, Shapes["AgentNow"]>, calls: Map<string, Shapes["CallNow"]>, health: Row, stale: boolean, seq: number}} */
const store = { queues: new Map(), agents: new Map(), calls: new Map(), health: {}, stale: true, seq: 0 };
/** @type {Set<(live: any) => void>} */
const listeners = new Set();
/** @type {Map<string, ((message: any) => void)[]>} */
const kinds = new Map();
/** @type {WebSocket | null} */
let socket = null;
/** @type {Date | null} */
let lastFigures = null;
let lastMessage = 0, clockOffset = 0, frame = 0, pause = 500, connected = false, again = 0;

/** @template T @param {Map<string, T>} map @param {T[] | undefined} rows @param {keyof T} key */
function put(map, rows, key) { for (const row of rows || []) map.set(String(row[key]), row); }

/** A queue under its name in the page's language. @param {any} queue */
function inWords(queue) {
  return document.documentElement.lang === "en" && queue.name_en ? { ...queue, name: queue.name_en } : queue;
}

/** @param {any} message */
function take(message) {
  lastMessage = Date.now();
  if (message.at && !message.stale) clockOffset = Date.parse(message.at) - Date.now();
  if (message.type === "snapshot") {
    store.queues.clear(); store.agents.clear(); store.calls.clear();
  }
  if (message.type === "snapshot" || message.type === "change") {
    put(store.queues, (message.queues || []).map(inWords), "id");
    put(store.agents, message.agents, "extension");
    put(store.calls, message.calls, "id");
    for (const id of message.gone || []) store.calls.delete(id);
    store.seq = message.seq;
  }
  for (const listener of kinds.get(message.type) || []) listener(message);
  if (message.health) store.health = message.health;
  if (typeof message.stale === "boolean") store.stale = message.stale;
  else if (message.type === "change") store.stale = false;
  if (!store.stale) lastFigures = new Date(Date.now() + clockOffset);
  notify();
}
function notify() {
  if (!frame) frame = requestAnimationFrame(() => { frame = 0; tell(); });
}
function tell() { for (const listener of listeners) { try { listener(live); } catch (problem) { reportError(problem); } } }

function connect() {
  clearTimeout(again);
  if (session.over()) return;
  const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/live`);
  socket = mine;
  let opened = false;
  const late = setTimeout(() => leave(mine), OPEN_WITHIN_MS);
  mine.onopen = () => { opened = connected = true; clearTimeout(late); pause = 500; lastMessage = Date.now(); notify(); };
  mine.onmessage = (event) => take(JSON.parse(event.data));
  mine.onclose = (event) => {
    clearTimeout(late);
    if (mine !== socket) return;
    // Refused before it opened looks like a server that is away; only a request tells the two apart.
    if (!opened || event.code === SESSION_OVER) session.check();
    leave(mine);
  };
}
/* A dead connection closes by itself only after minutes, so it is left behind. */
/** @param {WebSocket | null} old */
function leave(old) {
  if (!old || old !== socket) return;
  old.onopen = old.onmessage = old.onclose = null;
  old.close();
  socket = null; connected = false;
  notify();
  clearTimeout(again);
  again = setTimeout(connect, pause * (0.5 + Math.random()));
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
}
/** @param {string} name */
const words = (name) => { const said = text.about(); return said ? said.words[name] : ""; };
/* The browser's own words for a lost line are no words for people. */
/** @param {string} path @param {RequestInit} request */
async function reached(path, request) {
  try { return await session.fetch(path, request); } catch (_) { throw Object.assign(new Error(words("unreachable")), { data: {}, status: 0 }); }
}

export const live = {
  state: () => store,
  now: () => Date.now() + clockOffset,
  /** @param {(live: any) => void} listener */
  subscribe(listener) { listeners.add(listener); notify(); },
  /** Messages besides the floor's: a supervisor's words, alerts. @param {string} type @param {(message: any) => void} listener */
  on(type, listener) { kinds.set(type, [...(kinds.get(type) || []), listener]); },
  /* live: figures are of now; stale: the core is away; lost: the connection is. */
  freshness() {
    if (!connected || Date.now() - lastMessage > LOST_AFTER_MS) return "lost";
    return store.stale ? "stale" : "live";
  },
  lastFigures: () => lastFigures,
  /** What went wrong, in words for people. @param {any} problem */
  told: (problem) => text.problem(problem),
  /** Seconds since then; what is not live stands still. @param {string} iso */
  seconds(iso) {
    const until = live.freshness() === "live" || !lastFigures ? Date.now() + clockOffset : lastFigures.getTime();
    return Math.max(0, (until - Date.parse(iso)) / 1000);
  },
  /**
   * A request of ours with its proof, a file as it is; throws an Error with data and status. When the session is over it waits for the password.
   * @template {string} M
   * @template {string} P
   * @param {M} method
   * @param {P} path
   * @param {unknown} [body]
   * @param {Record<string, string>} [more] headers
   * @returns {Promise<import("../../scripts/js/answers").Answer<M, P>>} as docs/openapi.json says
   */
  async ask(method, path, body, more) {
    const file = body instanceof Blob ? body : null;
    const answer = await reached(path, {
      method,
      headers: { "Content-Type": file ? "application/octet-stream" : "application/json", Accept: "application/json", ...more },
      body: file || (body === undefined ? undefined : JSON.stringify(body)),
    });
    const said = await answer.text();
    /** @type {any} */
    let data = {};
    // What is no JSON was not written for people.
    try { data = said ? JSON.parse(said) : {}; } catch (_) { data = {}; }
    if (!answer.ok) throw Object.assign(new Error(data.detail || data.title || words("failed")), { data, status: answer.status });
    return data;
  },
};
/* For the console, and for tests that change the window's picture of the floor. */
window.hotlineLive = live;

setInterval(() => {
  if (connected && Date.now() - lastMessage > LOST_AFTER_MS) leave(socket);
  tell();
}, 1000);
/* Whose work has nothing to do with the floor is not let in: nothing to ask for, and nothing to call lost. */
if (!document.documentElement.dataset.noLive) {
  window.addEventListener("online", () => { pause = 500; if (socket) leave(socket); else connect(); });
  session.onRenewed(() => { pause = 500; if (socket) leave(socket); connect(); });
  connect();
}
