/* The one live connection of a browser: /ws/live, shared by every page as window.hotlineLive.
   Snapshot and changes are merged here; subscribers are told at most once a frame, and once a second. */
(function () {
  "use strict";
  const LOST_AFTER_MS = 12000, OPEN_WITHIN_MS = 8000, LONGEST_PAUSE_MS = 5000;
  const store = { queues: new Map(), agents: new Map(), calls: new Map(), health: {}, stale: true, seq: 0 };
  const listeners = new Set(), kinds = new Map();
  let socket = null, lastMessage = 0, lastFigures = null, clockOffset = 0, frame = 0, pause = 500, connected = false, again = 0;

  function put(map, rows, key) { for (const row of rows || []) map.set(row[key], row); }

  function take(message) {
    lastMessage = Date.now();
    if (message.at && !message.stale) clockOffset = Date.parse(message.at) - Date.now();
    if (message.type === "snapshot") {
      store.queues.clear(); store.agents.clear(); store.calls.clear();
    }
    if (message.type === "snapshot" || message.type === "change") {
      put(store.queues, message.queues, "id");
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
  function tell() { for (const listener of listeners) { try { listener(api); } catch (problem) { console.error(problem); } } }

  function connect() {
    clearTimeout(again);
    const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/live`);
    socket = mine;
    let opened = false;
    const late = setTimeout(() => leave(mine), OPEN_WITHIN_MS);
    mine.onopen = () => { opened = connected = true; clearTimeout(late); pause = 500; lastMessage = Date.now(); notify(); };
    mine.onmessage = (event) => take(JSON.parse(event.data));
    mine.onclose = (event) => {
      clearTimeout(late);
      if (mine !== socket) return;
      if (event.code === 4401) { signIn(); return; }
      // Refused before it opened looks like a server that is away; only a request tells the two apart.
      if (!opened) api.ask("GET", "/api/v1/me").catch(() => {});
      leave(mine);
    };
  }
  /* A dead connection closes by itself only after minutes, so it is left behind. */
  function leave(old) {
    if (old !== socket) return;
    old.onopen = old.onmessage = old.onclose = null;
    old.close();
    socket = null; connected = false;
    notify();
    clearTimeout(again);
    again = setTimeout(connect, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  function signIn() { location.assign("/login?next=" + encodeURIComponent(location.pathname + location.search)); }
  const cookie = (name) => (document.cookie.split("; ").find((c) => c.startsWith(name + "=")) || "").slice(name.length + 1);

  const words = (name) => { const said = window.hotlineText.about(); return said ? said.words[name] : ""; };
  /* The browser's own words for a lost line are no words for people. */
  async function reached(path, request) {
    try { return await fetch(path, request); } catch (_) { throw Object.assign(new Error(words("unreachable")), { data: {}, status: 0 }); }
  }

  const api = {
    state: () => store,
    now: () => Date.now() + clockOffset,
    subscribe(listener) { listeners.add(listener); notify(); },
    /* Messages besides the floor's: a supervisor's words, alerts. */
    on(type, listener) { kinds.set(type, [...(kinds.get(type) || []), listener]); },
    /* live: figures are of now; stale: the core is away; lost: the connection is. */
    freshness() {
      if (!connected || Date.now() - lastMessage > LOST_AFTER_MS) return "lost";
      return store.stale ? "stale" : "live";
    },
    lastFigures: () => lastFigures,
    /* What went wrong, in words for people: the server's own with its remedy, else that it could not be reached. */
    told(problem) {
      const data = problem.data || {}, said = data.detail || data.title;
      if (said) return [said, data.remedy].filter(Boolean).join(" ");
      return words(problem.status ? "failed" : "unreachable");
    },
    /* Seconds since then; what is not live stands still. */
    seconds(iso) {
      const until = api.freshness() === "live" || !lastFigures ? Date.now() + clockOffset : lastFigures.getTime();
      return Math.max(0, (until - Date.parse(iso)) / 1000);
    },
    /* A request of ours with its proof; throws an Error with data and status. A session that is over leads to the log-in. */
    async ask(method, path, body, more) {
      const answer = await reached(path, {
        method,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": decodeURIComponent(cookie("_csrf_token")), ...more },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      let data = {};
      // What is no JSON was not written for people.
      try { data = text ? JSON.parse(text) : {}; } catch (_) { data = {}; }
      if (answer.status === 401) signIn();
      if (!answer.ok) throw Object.assign(new Error(data.detail || data.title || words("failed")), { data, status: answer.status });
      return data;
    },
  };
  window.hotlineLive = api;

  setInterval(() => {
    if (connected && Date.now() - lastMessage > LOST_AFTER_MS) leave(socket);
    tell();
  }, 1000);
  /* Whose work has nothing to do with the floor is not let in: nothing to ask for, and nothing to call lost. */
  if (document.documentElement.dataset.noLive) return;
  window.addEventListener("online", () => { pause = 500; if (socket) leave(socket); else connect(); });
  connect();
})();
