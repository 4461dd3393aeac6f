/* The one live connection of a browser: /ws/live, shared by every page as window.hotlineLive.
   Snapshot and changes are merged here; subscribers are told at most once a frame. */
(function () {
  "use strict";
  const LOST_AFTER_MS = 12000;
  const store = { queues: new Map(), agents: new Map(), calls: new Map(), health: {}, stale: true, seq: 0 };
  const listeners = new Set();
  let socket = null, lastMessage = 0, lastFigures = null, clockOffset = 0, frame = 0, backoff = 500, connected = false;

  function about() {
    const element = document.getElementById("about");
    return element ? JSON.parse(element.dataset.about) : null;
  }
  function put(map, rows, key) { for (const row of rows || []) map.set(row[key], row); }

  function take(message) {
    lastMessage = Date.now();
    if (message.at) clockOffset = Date.parse(message.at) - Date.now();
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
    if (message.health) store.health = message.health;
    if (typeof message.stale === "boolean") store.stale = message.stale;
    if (!store.stale) lastFigures = new Date(Date.now() + clockOffset);
    notify();
  }
  function notify() {
    if (!frame) frame = requestAnimationFrame(() => { frame = 0; tell(); });
  }
  function tell() { for (const listener of listeners) { try { listener(api); } catch (problem) { console.error(problem); } } }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/ws/live`);
    socket.onopen = () => { connected = true; backoff = 500; notify(); };
    socket.onmessage = (event) => take(JSON.parse(event.data));
    socket.onclose = (event) => {
      connected = false; notify();
      if (event.code === 4401) { location.assign("/login?next=" + encodeURIComponent(location.pathname)); return; }
      setTimeout(connect, backoff * (0.5 + Math.random()));
      backoff = Math.min(backoff * 2, 5000);
    };
  }

  const api = {
    state: () => store,
    now: () => Date.now() + clockOffset,
    subscribe(listener) { listeners.add(listener); notify(); return () => listeners.delete(listener); },
    /* live: figures are of now; stale: the core is away; lost: the connection is. */
    freshness() {
      if (!connected || Date.now() - lastMessage > LOST_AFTER_MS) return "lost";
      return store.stale ? "stale" : "live";
    },
    lastFigures: () => lastFigures,
    about,
    seconds: (iso) => Math.max(0, (Date.now() + clockOffset - Date.parse(iso)) / 1000),
    duration(seconds) {
      const s = Math.floor(seconds), two = (n) => String(n).padStart(2, "0");
      return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
    },
    clock: (date, seconds) => date ? date.toLocaleTimeString("zh-CN", { hour12: false, hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) }) : "—",
    write(key, text, root) {
      for (const element of (root || document).querySelectorAll(`[data-live="${key}"]`)) {
        if (element.textContent !== text) element.textContent = text;
      }
    },
    cookie: (name) => (document.cookie.split("; ").find((c) => c.startsWith(name + "=")) || "").slice(name.length + 1),
    async ask(method, path, body) {
      const answer = await fetch(path, {
        method,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": decodeURIComponent(api.cookie("_csrf_token")) },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      let data = {};
      try { data = text ? JSON.parse(text) : {}; } catch (_) { data = { detail: text }; }
      if (!answer.ok) throw Object.assign(new Error(data.detail || data.title || answer.statusText), { data, status: answer.status });
      return data;
    },
  };
  window.hotlineLive = api;

  /* The bar: freshness, clock, language, scheme, log-out. */
  function bar() {
    const me = about();
    if (!me) return;
    const state = api.freshness(), words = me.words;
    const text = state === "live" ? words.live : (lastFigures ? words.stale.replace("{time}", api.clock(lastFigures, true)) : words.connecting);
    for (const element of document.querySelectorAll(".fresh")) element.dataset.fresh = state;
    api.write("freshness", text);
    api.write("clock", api.clock(new Date(api.now()), true));
    document.body.dataset.bare = me.bare.includes(location.pathname) ? "1" : "0";
    for (const link of document.querySelectorAll(".bar-link")) {
      const path = new URL(link.href).pathname;
      const here = location.pathname === path || location.pathname.startsWith(path + "/");
      if (here) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    }
  }
  function scheme(value) {
    document.documentElement.dataset.scheme = value;
    document.documentElement.dataset.mantineColorScheme = value;
    document.documentElement.dataset.agThemeMode = value;
  }
  document.addEventListener("click", async (event) => {
    const target = event.target.closest("[data-language],[data-scheme-switch],[data-log-out]");
    if (!target) return;
    if (target.dataset.language) {
      document.cookie = `lang=${target.dataset.language}; path=/; max-age=31536000; samesite=lax`;
      location.reload();
    } else if (target.dataset.schemeSwitch) {
      const next = document.documentElement.dataset.scheme === "dark" ? "light" : "dark";
      localStorage.setItem("scheme", next); scheme(next);
    } else {
      try { await api.ask("POST", "/logout"); } catch (_) { /* the session is gone either way */ }
      location.assign("/login");
    }
  });
  scheme(localStorage.getItem("scheme") || "light");
  setInterval(() => { bar(); tell(); }, 1000);
  api.subscribe(bar);
  connect();
})();
