/* The live floor: figures and seats from window.hotlineLive. Other files of the floor add their parts to window.hotlineFloor. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom;
  const EVERY_MS = 5000, DENSE_FROM = 90;
  const STATES = ["ready", "ringing", "talking", "hold", "wrap_up", "break", "offline", "trouble"];
  let figures = null, asked = 0;

  const floor = {
    root: null, me: null, words: null, parts: [],
    /* What is chosen: a seat by its extension, or a waiting call by its id. */
    seat: "", call: "",
    only: "",
    box: (name) => floor.root.querySelector(`[data-box="${name}"]`),
    field: (name) => floor.root.querySelector(`[data-${name}]`),
    say: (pattern, values) => text.fill(floor.words[pattern], values || {}),
    complain: (said) => dom.write("floor-error", said, floor.root),
    async attempt(work) {
      floor.complain("");
      try { await work(); return true; } catch (problem) {
        const remedy = problem.data && problem.data.remedy ? problem.data.remedy : "";
        floor.complain(problem.message.includes(remedy) ? problem.message : `${problem.message} ${remedy}`);
        return false;
      }
    },
    choose(seat, call) { floor.seat = seat; floor.call = call; floor.complain(""); render(); },
    /* The call that is chosen, also through its seat. */
    chosen() {
      const state = live.state(), agent = floor.seat ? state.agents.get(floor.seat) : null;
      const id = floor.call || (agent && agent.call_id);
      return { agent: agent || null, call: (id && state.calls.get(id)) || null };
    },
    over(agent) {
      const limit = floor.me.limits[agent.state];
      return limit !== undefined && live.seconds(agent.since) > limit;
    },
    ask,
  };
  window.hotlineFloor = floor;

  function render() {
    const root = document.querySelector('[data-page="floor"]');
    if (!root) { floor.root = null; return; }
    if (root !== floor.root) start(root);
    root.dataset.fresh = live.freshness();
    strip();
    seats();
    for (const part of floor.parts) part();
    if (Date.now() - asked > EVERY_MS) ask();
  }
  function start(root) {
    floor.root = root;
    floor.me = JSON.parse(document.getElementById("floor-about").dataset.floor);
    floor.words = floor.me.words;
    floor.call = floor.only = "";
    // An alert leads here with its seat chosen.
    floor.seat = new URLSearchParams(location.search).get("seat") || "";
    asked = 0;
  }

  const waits = (call) => call.queue && !call.answered_at && (call.state === "queued" || call.state === "ringing") && call.position;
  floor.waits = waits;

  function level(name, value) { dom.set(floor.box(name), "data-level", value || null); }
  function strip() {
    const state = live.state(), calls = [...state.calls.values()], agents = [...state.agents.values()];
    dom.write("calls", String(calls.length), floor.root);
    dom.write("waiting", String(calls.filter(waits).length), floor.root);
    const longest = [...state.queues.values()].filter((queue) => queue.longest_wait_since).sort((a, b) => (a.longest_wait_since < b.longest_wait_since ? -1 : 1))[0];
    const seconds = longest ? live.seconds(longest.longest_wait_since) : 0;
    dom.write("longest", longest ? text.duration(seconds) : "0:00", floor.root);
    level("longest", longest && (seconds >= longest.alarm_wait_s ? "bad" : seconds >= longest.warn_wait_s ? "warn" : ""));
    for (const name of STATES) dom.write(`count-${name}`, String(agents.filter((agent) => agent.state === name).length), floor.root);
    for (const button of floor.root.querySelectorAll("[data-only]")) dom.set(button, "aria-pressed", String(floor.only === button.dataset.only));
    share("service", figures && figures.day, "service_level", (v) => (v < 0.6 ? "bad" : v < 0.8 ? "warn" : ""));
    share("lately", figures && figures.lately, "service_level", (v) => (v < 0.6 ? "bad" : v < 0.8 ? "warn" : ""));
    share("abandon", figures && figures.day, "abandon_rate", (v) => (v > 0.1 ? "bad" : v > 0.05 ? "warn" : ""));
    dom.write("aht", figures ? text.duration(figures.aht) : text.none, floor.root);
    if (figures) dom.set(floor.box("aht"), "title", floor.say("expr_aht", { n: figures.handled }));
  }
  function share(name, counts, key, judge) {
    const value = counts ? counts[key] : null;
    dom.write(name, text.percent(value), floor.root);
    level(name, value === null || value === undefined ? "" : judge(value));
    if (!counts) return;
    const said = key === "service_level"
      ? floor.say("expr_service", { a: counts.answered_in_t, b: counts.answered, c: counts.abandoned, d: counts.short_abandons })
      : floor.say("expr_abandon", { a: counts.abandoned, b: counts.short_abandons, c: counts.offered });
    dom.set(floor.box(name), "title", said);
  }
  async function ask() {
    asked = Date.now();
    try { figures = await live.ask("GET", "/api/v1/floor"); } catch (_) { figures = null; }
  }

  function shown() {
    const group = floor.field("group").value, queue = floor.field("queue").value;
    return [...live.state().agents.values()].filter((agent) => (!group || agent.group === group) && (!queue || agent.queues.includes(queue)) && (!floor.only || agent.state === floor.only));
  }
  function hurts(agent) {
    const seconds = live.seconds(agent.since), limit = floor.me.limits[agent.state];
    if (agent.state === "trouble") return 1e9 + seconds;
    if (limit && seconds > limit) return 1e6 * (seconds / limit);
    return agent.state === "offline" ? -1 : limit ? seconds / limit : 0;
  }
  function seats() {
    const agents = shown(), byPain = floor.field("order").value === "hurts";
    const groups = new Map();
    if (byPain) groups.set("", agents.sort((a, b) => hurts(b) - hurts(a)));
    else for (const agent of agents.sort((a, b) => (a.extension < b.extension ? -1 : 1))) groups.set(agent.group, [...(groups.get(agent.group) || []), agent]);
    const holder = floor.box("seats");
    dom.set(holder, "data-dense", agents.length > DENSE_FROM);
    dom.keyed(holder, [...groups], ([name]) => name, makeGroup, fillGroup);
    if (!agents.length && holder.dataset.empty !== "1") { holder.dataset.empty = "1"; holder.dataset.said = floor.words.no_seats; }
    else if (agents.length) { delete holder.dataset.empty; }
  }
  function makeGroup() {
    return dom.make("div", [dom.make("div", [dom.make("b"), dom.make("span")], { class: "floor-group-head" }), dom.make("div", null, { class: "floor-grid" })], { class: "floor-group" });
  }
  function fillGroup(element, [name, agents]) {
    const [head, grid] = element.children;
    put(head.children[0], name);
    const all = [...live.state().agents.values()].filter((agent) => agent.group === name);
    const on = all.filter((agent) => !["offline", "trouble"].includes(agent.state)).length;
    put(head.children[1], name ? `${floor.say("staffed", { n: on, all: all.length })} · ${floor.say("ready", { n: all.filter((agent) => agent.state === "ready").length })}` : "");
    dom.keyed(grid, agents, (agent) => agent.extension, makeSeat, fillSeat);
  }
  function makeSeat() {
    const parts = ["extension", "time", "name", "word"].map((part) => dom.make("span", null, { class: `seat-${part}` }));
    parts[3].append(dom.make("i", null, { class: "icon" }), dom.make("span"));
    return dom.make("button", parts, { class: "seat", type: "button" });
  }
  function fillSeat(seat, agent) {
    const [extension, time, name, word] = seat.children;
    const call = agent.call_id && live.state().calls.get(agent.call_id);
    dom.set(seat, "data-seat", agent.extension);
    dom.set(seat, "data-state", agent.state);
    dom.set(seat, "data-over", floor.over(agent) ? "1" : null);
    dom.set(seat, "data-watched", call && call.supervision && call.supervision.length ? "1" : null);
    dom.set(seat, "aria-pressed", String(floor.seat === agent.extension));
    put(extension, agent.extension);
    put(time, agent.state === "offline" ? "" : text.duration(live.seconds(agent.since)));
    put(name, agent.name);
    put(word.children[1], text.about().states[agent.state]);
    dom.set(seat, "title", [agent.reason, agent.queue && floor.me.queues[agent.queue]].filter(Boolean).join(" · ") || null);
  }
  function put(element, content) { if (element.textContent !== content) element.textContent = content; }
  floor.put = put;

  document.addEventListener("click", (event) => {
    if (!floor.root || !floor.root.contains(event.target)) return;
    const seat = event.target.closest("[data-seat]"), only = event.target.closest("[data-only]");
    if (seat) floor.choose(seat.dataset.seat, "");
    if (only) { floor.only = floor.only === only.dataset.only ? "" : only.dataset.only; render(); }
  });
  document.addEventListener("change", (event) => {
    if (floor.root && event.target.matches("[data-group],[data-queue],[data-order]")) render();
  });
  /* Arrows walk over the seats. */
  document.addEventListener("keydown", (event) => {
    const seat = event.target.closest && event.target.closest("[data-seat]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!floor.root || !seat || !step) return;
    const all = [...floor.root.querySelectorAll("[data-seat]")], next = all[all.indexOf(seat) + step];
    if (next) { event.preventDefault(); next.focus(); }
  });
  live.subscribe(render);
})();
