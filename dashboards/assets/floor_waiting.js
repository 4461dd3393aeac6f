/* The floor's waiting calls one by one, and its queues: to an agent, to the front, to another queue, open or closed. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, floor = window.hotlineFloor;
  const known = new Map();
  const MOST_KNOWN = 500;

  /* Customer and earlier calls of a call that is up; asked for once. */
  function who(id) {
    if (!known.has(id)) {
      if (known.size > MOST_KNOWN) known.clear();
      known.set(id, null);
      live.ask("GET", `/api/v1/floor/calls/${id}`).then((found) => known.set(id, found)).catch(() => known.delete(id));
    }
    return known.get(id);
  }
  floor.who = who;

  function render() {
    const calls = [...live.state().calls.values()].filter(floor.waits).sort((a, b) => (a.queued_at < b.queued_at ? -1 : 1));
    dom.write("waiting-count", String(calls.length), floor.root);
    dom.write("waiting-none", calls.length ? "" : floor.words.nobody_waits, floor.root);
    dom.keyed(floor.box("waiting-rows"), calls, (call) => call.id, make, fill);
    dom.list(floor.box("queues"), [...live.state().queues.values()], makeQueue, fillQueue);
  }
  function make() {
    const bar = dom.make("span", [dom.make("i")], { class: "floor-wait-bar" });
    const acts = dom.make("td", [
      dom.make("button", floor.words.to_front, { class: "quiet", type: "button", "data-front": "1" }),
      dom.make("select", null, { class: "field", "data-assign": "1", "aria-label": floor.words.to_agent }),
      dom.make("select", null, { class: "field", "data-move-queue": "1", "aria-label": floor.words.to_queue }),
    ], { class: "floor-row-acts" });
    const cells = [0, 1, 2, 3, 4].map(() => dom.make("td"));
    return dom.make("tr", [...cells, dom.make("td", [bar]), dom.make("td", null, { class: "floor-wait" }), acts], { tabindex: "0" });
  }
  function fill(row, call, n) {
    const cells = row.children, queue = live.state().queues.get(call.queue) || {}, waited = live.seconds(call.queued_at), found = who(call.id);
    dom.set(row, "data-call", call.id);
    dom.set(row, "aria-selected", String(floor.call === call.id));
    dom.set(row, "data-level", waited >= queue.alarm_wait_s ? "bad" : waited >= queue.warn_wait_s ? "warn" : null);
    floor.put(cells[0], String(n + 1));
    floor.put(cells[1], queue.name || text.none);
    floor.put(cells[2], text.phone(call.caller));
    floor.put(cells[3], found && found.customer ? found.customer.district : text.none);
    floor.put(cells[4], !found ? "" : found.earlier ? floor.say("earlier", { n: found.earlier }) : floor.words.first);
    cells[5].firstChild.firstChild.style.width = `${Math.min(100, waited / (queue.alarm_wait_s || 120) * 100)}%`;
    floor.put(cells[6], text.duration(waited));
    const [front, assign, move] = cells[7].children;
    floor.put(front, call.priority > (queue.priority || 0) + 10 ? floor.words.in_front : floor.words.to_front);
    front.disabled = assign.disabled = move.disabled = !floor.me.steers || call.state !== "queued";
    options(assign, floor.words.to_agent, able(call).map((agent) => [agent.extension, `${agent.extension} ${agent.name} · ${text.about().states[agent.state]}`]));
    options(move, floor.words.to_queue, Object.entries(floor.me.queues).filter(([id]) => id !== call.queue));
  }
  /* Those who could take it now: ready first. */
  function able() {
    const order = { ready: 0, wrap_up: 1, break: 2 };
    return [...live.state().agents.values()].filter((agent) => agent.registered && agent.state in order).sort((a, b) => order[a.state] - order[b.state] || (a.extension < b.extension ? -1 : 1));
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

  function makeQueue() {
    return dom.make("label", [dom.make("b"), dom.make("span"), dom.make("select", null, { class: "field", "data-override": "1" })], { class: "floor-queue" });
  }
  function fillQueue(element, queue) {
    const [name, waiting, select] = element.children;
    floor.put(name, queue.name);
    floor.put(waiting, String(queue.waiting));
    dom.set(element, "data-open", String(queue.open));
    dom.set(select, "data-queue-id", queue.id);
    select.disabled = !floor.me.steers;
    options(select, queue.override ? floor.words.by_calendar : queue.open ? floor.words.open_now : floor.words.closed, [["open", floor.words.opened_by], ["closed", floor.words.closed_by]]);
    if (document.activeElement !== select && select.value !== (queue.override || "")) select.value = queue.override || "";
  }
  const steer = (id, body) => floor.attempt(() => live.ask("POST", `/api/v1/calls/${id}/steering`, body));

  document.addEventListener("click", (event) => {
    if (!floor.root || !floor.root.contains(event.target)) return;
    const row = event.target.closest("tr[data-call]");
    if (!row) return;
    if (event.target.closest("[data-front]")) {
      const own = live.state().calls.get(row.dataset.call) || {};
      const rivals = [...live.state().calls.values()].filter((call) => floor.waits(call) && call.queue === own.queue && call.id !== own.id);
      steer(row.dataset.call, { do: "prioritise", priority: Math.min(100, Math.max(11, ...rivals.map((call) => (call.priority || 0) + 1))) });
    } else if (!event.target.closest("select")) floor.choose("", row.dataset.call);
  });
  document.addEventListener("change", async (event) => {
    const select = event.target;
    if (!floor.root || !floor.root.contains(select) || !select.value && !select.dataset.queueId) return;
    const row = select.closest("tr[data-call]");
    if (row && select.matches("[data-assign]")) await steer(row.dataset.call, { do: "assign", extension: select.value });
    else if (row && select.matches("[data-move-queue]")) await steer(row.dataset.call, { do: "move", queue: select.value });
    else if (select.dataset.queueId) await floor.attempt(() => live.ask("PUT", `/api/v1/queues/${select.dataset.queueId}/override`, { state: select.value }));
    else return;
    if (row) select.value = "";
    select.blur();
  });
  floor.parts.push(render);
})();
