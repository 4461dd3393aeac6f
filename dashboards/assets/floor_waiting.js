/* The floor's waiting calls one by one: to an agent, to the front, to another queue. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, floor = window.hotlineFloor;
  const known = new Map();
  const MOST_KNOWN = 500, ANEW_MS = 4000, USUAL_ALARM_S = 120;
  const { put } = floor;

  /* Customer and earlier calls of a call that is up; where its time went is asked again for the chosen one. */
  floor.known = (id) => {
    const one = known.get(id), chosen = floor.chosen().call;
    const anew = one && chosen && chosen.id === id && Date.now() - one.asked > ANEW_MS && live.freshness() === "live";
    if (!one || anew) ask(id);
    return known.get(id).found;
  };
  function ask(id) {
    if (known.size > MOST_KNOWN) known.clear();
    known.set(id, { found: (known.get(id) || {}).found || null, asked: Date.now() });
    live.ask("GET", `/api/v1/floor/calls/${id}`).then((found) => known.set(id, { found, asked: Date.now() })).catch(() => {});
  }

  function render() {
    const calls = floor.calls().filter(floor.waits).sort((a, b) => (a.queued_at < b.queued_at ? -1 : 1));
    const menu = floor.calls().filter((call) => call.state === "ivr" || call.state === "ending").length;
    dom.write("waiting-count", String(calls.length), floor.root);
    dom.write("waiting-none", calls.length ? "" : floor.words.nobody_waits, floor.root);
    dom.write("menu-note", floor.say("in_menu", { n: menu }), floor.root);
    dom.keyed(floor.box("waiting-rows"), calls, (call) => call.id, make, fill);
  }
  function make() {
    const bar = dom.make("span", [dom.make("i")], { class: "floor-wait-bar" });
    const acts = dom.make("td", [
      dom.make("button", floor.words.to_front, { class: "quiet", type: "button", "data-front": "1" }),
      dom.make("select", null, { class: "field", "data-assign": "1", "aria-label": floor.words.to_agent }),
      dom.make("select", null, { class: "field", "data-move-queue": "1", "aria-label": floor.words.to_queue }),
    ], { class: "floor-row-acts" });
    const cells = [0, 1, 2, 3, 4].map(() => dom.make("td"));
    const wait = dom.make("td", null, { class: "floor-wait" });
    return dom.make("tr", [...cells, dom.make("td", [bar]), wait, acts], { tabindex: "0" });
  }
  function fill(row, call, n) {
    const cells = row.children, queue = live.state().queues.get(call.queue) || {};
    const waited = live.seconds(call.queued_at), found = floor.known(call.id);
    dom.set(row, "data-call", call.id);
    dom.set(row, "aria-selected", String(floor.call === call.id));
    dom.set(row, "data-level", waited >= queue.alarm_wait_s ? "bad" : waited >= queue.warn_wait_s ? "warn" : null);
    put(cells[0], String(n + 1));
    put(cells[1], queue.name || text.none);
    put(cells[2], text.phone(call.caller));
    put(cells[3], found && found.customer ? found.customer.district : text.none);
    put(cells[4], !found ? "" : found.earlier ? floor.say("earlier", { n: found.earlier }) : floor.words.first);
    cells[5].firstChild.firstChild.style.width = `${Math.min(100, (waited / (queue.alarm_wait_s || USUAL_ALARM_S)) * 100)}%`;
    put(cells[6], text.duration(waited));
    acts(cells[7].children, call, queue);
  }
  function acts([front, assign, move], call, queue) {
    put(front, call.priority > (queue.priority || 0) + 10 ? floor.words.in_front : floor.words.to_front);
    front.disabled = assign.disabled = move.disabled = !floor.me.steers || call.state !== "queued";
    const people = able().map((agent) => [agent.extension, `${floor.who(agent)} · ${text.about().states[agent.state]}`]);
    options(assign, floor.words.to_agent, people);
    options(move, floor.words.to_queue, Object.entries(floor.me.queues).filter(([id]) => id !== call.queue));
  }
  /* Those who could take it now: ready first. */
  function able() {
    const order = { ready: 0, wrap_up: 1, break: 2 }, free = floor.agents().filter((agent) => agent.registered && agent.state in order);
    return free.sort((a, b) => order[a.state] - order[b.state] || (a.extension < b.extension ? -1 : 1));
  }
  floor.able = able;
  /* A select whose first entry is its caption; left alone while somebody has it open. */
  function options(select, caption, entries) {
    const key = JSON.stringify([caption, entries]);
    if (select.dataset.key === key || document.activeElement === select) return;
    select.dataset.key = key;
    select.replaceChildren(new Option(caption, ""), ...entries.map(([value, label]) => new Option(label, value)));
  }
  floor.options = options;

  const steer = (id, body) => floor.attempt(() => live.ask("POST", `/api/v1/calls/${id}/steering`, body));
  function toFront(id) {
    const own = live.state().calls.get(id) || {};
    const rivals = floor.calls().filter((call) => floor.waits(call) && call.queue === own.queue && call.id !== own.id);
    const highest = Math.max(11, ...rivals.map((call) => (call.priority || 0) + 1));
    steer(id, { do: "prioritise", priority: Math.min(100, highest) });
  }
  document.addEventListener("click", (event) => {
    const row = floor.root && floor.root.contains(event.target) && event.target.closest("tr[data-call]");
    if (!row) return;
    if (event.target.closest("[data-front]")) toFront(row.dataset.call);
    else if (!event.target.closest("select")) floor.choose("", row.dataset.call);
  });
  document.addEventListener("change", async (event) => {
    const select = event.target, row = floor.root && select.closest("tr[data-call]");
    if (!row || !select.value) return;
    if (select.matches("[data-assign]")) await steer(row.dataset.call, { do: "assign", extension: select.value });
    else if (select.matches("[data-move-queue]")) await steer(row.dataset.call, { do: "move", queue: select.value });
    select.value = "";
    select.blur();
  });
  floor.parts.push(render);
})();
