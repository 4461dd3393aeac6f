/* The floor's seats: one tile each, by group or by what hurts, filtered; arrows walk over them. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, floor = window.hotlineFloor;
  const DENSE_FROM = 90;
  const { put } = floor;

  function shown() {
    const group = floor.field("group").value, queue = floor.field("queue").value;
    return floor.agents().filter((agent) =>
      (!group || agent.group === group) && (!queue || agent.queues.includes(queue)) && matches(agent));
  }
  function matches(agent) {
    if (floor.only === "on_duty") return !["offline", "trouble"].includes(agent.state);
    return !floor.only || agent.state === floor.only;
  }
  /* A queue's line chooses its seats; once more and all are there again. */
  function ofQueue({ of, queueSeats }) {
    const select = floor.field("queue"), off = select.value === of && floor.only === queueSeats;
    select.value = off ? "" : of;
    floor.only = off ? "" : queueSeats;
    floor.render();
  }
  function hurts(agent) {
    const seconds = live.seconds(floor.since(agent)), limit = floor.me.limits[agent.state];
    if (agent.state === "trouble") return 1e9 + seconds;
    if (limit && seconds > limit.warn) return 1e6 * (seconds / limit.warn);
    return agent.state === "offline" ? -1 : limit ? seconds / limit.warn : 0;
  }
  function grouped(agents) {
    if (floor.field("sort").value === "hurts") return [["", agents.sort((a, b) => hurts(b) - hurts(a))]];
    const groups = new Map();
    for (const agent of agents.sort((a, b) => (a.extension < b.extension ? -1 : 1))) {
      groups.set(agent.group, [...(groups.get(agent.group) || []), agent]);
    }
    return [...groups];
  }
  function render() {
    const agents = shown(), holder = floor.box("seats");
    dom.set(holder, "data-dense", agents.length > DENSE_FROM);
    dom.keyed(holder, grouped(agents), ([name]) => name, makeGroup, fillGroup);
    if (agents.length) delete holder.dataset.empty;
    else if (holder.dataset.empty !== "1") { holder.dataset.empty = "1"; holder.dataset.said = floor.words.no_seats; }
  }
  function makeGroup() {
    const head = dom.make("div", [dom.make("b"), dom.make("span")], { class: "floor-group-head" });
    return dom.make("div", [head, dom.make("div", null, { class: "floor-grid" })], { class: "floor-group" });
  }
  function fillGroup(element, [name, agents]) {
    const [head, grid] = element.children, all = floor.agents().filter((agent) => agent.group === name);
    const on = all.filter((agent) => !["offline", "trouble"].includes(agent.state)).length;
    const ready = all.filter((agent) => agent.state === "ready").length;
    element.style.setProperty("--seats", agents.length);
    put(head.children[0], name);
    put(head.children[1], name ? `${floor.say("staffed", { n: on, all: all.length })} · ${floor.say("ready", { n: ready })}` : "");
    dom.keyed(grid, agents, (agent) => agent.extension, makeSeat, fillSeat);
  }
  function makeSeat() {
    const parts = ["extension", "time", "name", "word"].map((part) => dom.make("span", null, { class: `seat-${part}` }));
    parts[3].append(dom.make("i", null, { class: "icon" }), dom.make("span"));
    return dom.make("button", [...parts, dom.make("span", "", { class: "seat-mark" })], { class: "seat", type: "button" });
  }
  function fillSeat(seat, agent) {
    const [extension, time, name, word, mark] = seat.children;
    const call = agent.call_id && live.state().calls.get(agent.call_id), broke = Boolean(call && call.recording_failed);
    dom.set(seat, "data-seat", agent.extension);
    dom.set(seat, "data-state", agent.state);
    dom.set(seat, "data-over", floor.level(agent) || null);
    dom.set(seat, "data-watched", call && call.supervision && call.supervision.length ? "1" : null);
    dom.set(seat, "data-unrecorded", broke ? "1" : null);
    dom.set(seat, "aria-pressed", String(floor.seat === agent.extension));
    put(extension, agent.extension);
    put(time, agent.state === "offline" ? "" : text.duration(live.seconds(floor.since(agent))));
    put(name, agent.name);
    put(word.children[1], text.about().states[agent.state]);
    put(mark, broke ? floor.words.unrecorded_short : "");
    const dense = floor.box("seats").dataset.dense ? `${agent.name} · ${text.about().states[agent.state]}` : "";
    const said = [dense, floor.why(agent), agent.queue && floor.me.queues[agent.queue], broke && floor.words.unrecorded];
    dom.set(seat, "title", said.filter(Boolean).join(" · ") || null);
  }

  document.addEventListener("click", (event) => {
    if (!floor.root || !floor.root.contains(event.target)) return;
    const seat = event.target.closest("[data-seat]"), only = event.target.closest("[data-only]");
    const queue = event.target.closest("[data-queue-seats]");
    if (queue) ofQueue(queue.dataset);
    if (seat) floor.choose(seat.dataset.seat, "");
    if (only) { floor.only = floor.only === only.dataset.only ? "" : only.dataset.only; floor.render(); }
  });
  document.addEventListener("change", (event) => {
    if (!floor.root || !event.target.matches("[data-group],[data-queue],[data-sort]")) return;
    // What no button of the strip shows must not stay behind.
    if (floor.only === "on_duty") floor.only = "";
    floor.render();
  });
  document.addEventListener("keydown", (event) => {
    const seat = event.target.closest && event.target.closest("[data-seat]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!floor.root || !seat || !step) return;
    const all = [...floor.root.querySelectorAll("[data-seat]")], next = all[all.indexOf(seat) + step];
    if (next) { event.preventDefault(); next.focus(); }
  });
  floor.parts.push(render);
})();
