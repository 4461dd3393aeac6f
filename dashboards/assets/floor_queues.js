/* The floor's queues with who waits in them, and its seats. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { dialog } from "./dialog.js";
import { floor } from "./floor.js";

const { put } = floor;

/* --- Queues: what the next caller would wait, who is there, open or closed and by whose word. --- */
function queues() {
  dom.keyed(floor.box("queues"), [...live.state().queues.values()], (queue) => queue.id, makeQueue, fillQueue);
}
function makeQueue() {
  const parts = ["waiting", "expected", "agents", "word"].map((part) => dom.make("span", null, { class: `floor-queue-${part}` }));
  const select = dom.make("select", null, { class: "field", "data-override": "1" });
  const seats = (what) => dom.make("button", "", { class: "floor-queue-link", type: "button", "data-queue-seats": what });
  parts[2].append(seats("ready"), " · ", dom.make("a", "", { class: "floor-queue-link" }), " · ", seats("on_duty"));
  return dom.make("div", [dom.make("b"), ...parts, select], { class: "floor-queue" });
}
function fillQueue(element, queue) {
  const [name, waiting, expected, agents, word, select] = element.children;
  const seconds = queue.longest_wait_since ? live.seconds(queue.longest_wait_since) : 0;
  dom.set(element, "data-open", String(queue.open));
  dom.set(element, "data-level", seconds >= queue.alarm_wait_s ? "bad" : seconds >= queue.warn_wait_s ? "warn" : null);
  put(name, queue.name);
  put(waiting, floor.say("queue_waiting", { n: queue.waiting }));
  put(expected, floor.say("queue_expected", { time: text.duration(wait(queue)) }));
  dom.set(expected, "title", floor.words.queue_expected_hover);
  people(agents.children, queue);
  told(word, queue);
  override(select, queue);
}
/* Ready and on duty choose the seats above; talking are calls of this queue, not what its people talk about elsewhere. */
function people([ready, talking, staffed], queue) {
  const calls = live.state().calls, own = (agent) => agent.call_id && (calls.get(agent.call_id) || {}).queue === queue.id;
  const n = floor.agents().filter((agent) => agent.state === "talking" && own(agent)).length;
  put(ready, floor.say("queue_ready", { n: queue.ready }));
  put(talking, floor.say("queue_talking", { n }));
  put(staffed, floor.say("queue_staffed", { n: queue.staffed }));
  const chosen = floor.field("queue").value === queue.id;
  for (const [button, word, only] of [[ready, "ready", "ready"], [staffed, "staffed", "on_duty"]]) {
    dom.set(button, "data-of", queue.id);
    dom.set(button, "aria-pressed", String(chosen && floor.only === only));
    dom.set(button, "title", floor.say(`queue_${word}_hover`, { queue: queue.name }));
  }
  dom.set(talking, "href", `/calls?state=talking&queue=${encodeURIComponent(queue.id)}`);
  dom.set(talking, "title", floor.say("queue_talking_hover", { queue: queue.name }));
}
/* The core tells it when something happens; while nobody is answered it grows. */
function wait(queue) {
  if (queue.expected_wait_s === null || !queue.waiting || !queue.answered_at) return queue.expected_wait_s;
  const apart = Math.min(live.seconds(queue.longest_wait_since), live.seconds(queue.answered_at));
  return Math.max(queue.expected_wait_s, (queue.waiting + 1) * apart);
}
/* Whose word stands over the calendar. */
function told(word, queue) {
  const figures = floor.figures(), given = (figures && figures.overrides && figures.overrides[queue.id]) || null;
  const counts = given && given.state === queue.override;
  put(word, counts ? floor.say("by_whom", { name: given.by, time: text.when(new Date(given.at), live.now()) }) : "");
  dom.set(word, "title", (counts && given.reason) || null);
}
function override(select, queue) {
  dom.set(select, "data-queue-id", queue.id);
  dom.set(select, "aria-label", queue.name);
  select.disabled = !floor.me.steers;
  const usual = queue.override ? floor.words.by_calendar : queue.open ? floor.words.open_now : floor.words.closed;
  floor.options(select, usual, [["open", floor.words.opened_by], ["closed", floor.words.closed_by]]);
  if (document.activeElement !== select && select.value !== (queue.override || "")) select.value = queue.override || "";
}
async function change(select) {
  const queue = live.state().queues.get(select.dataset.queueId), state = select.value;
  select.blur();
  if (state === "closed") {
    select.value = queue.override || "";
    dialog.open({ what: "close", queue: queue.id });
    return;
  }
  await floor.attempt(() => live.ask("PUT", `/api/v1/queues/${queue.id}/override`, { state, reason: "" }));
  await floor.ask();
}
document.addEventListener("change", (event) => {
  if (floor.root && floor.root.contains(event.target) && event.target.dataset.queueId) change(event.target);
});
floor.parts.push(queues);

/* --- Waiting calls one by one: to an agent, to the front, to another queue. --- */
const known = new Map();
const MOST_KNOWN = 500, ANEW_MS = 4000, USUAL_ALARM_S = 120;

/* Customer and earlier calls of a call that is up; where its time went is asked again for the chosen one. */
floor.known = (id) => {
  const one = known.get(id), chosen = floor.chosen().call;
  const anew = one && chosen && chosen.id === id && Date.now() - one.asked > ANEW_MS && live.freshness() === "live";
  if (!one || anew) askAbout(id);
  return known.get(id).found;
};
function askAbout(id) {
  if (known.size > MOST_KNOWN) known.clear();
  known.set(id, { found: (known.get(id) || {}).found || null, asked: Date.now() });
  live.ask("GET", `/api/v1/floor/calls/${id}`).then((found) => known.set(id, { found, asked: Date.now() })).catch(() => {});
}

function waiting() {
  const calls = floor.calls().filter(floor.waits).sort((a, b) => (a.queued_at < b.queued_at ? -1 : 1));
  const menu = floor.calls().filter((call) => call.state === "ivr" || call.state === "ending").length;
  dom.write("waiting-count", String(calls.length), floor.root);
  dom.write("waiting-none", calls.length ? "" : floor.words.nobody_waits, floor.root);
  dom.write("menu-note", floor.say("in_menu", { n: menu }), floor.root);
  dom.keyed(floor.box("waiting-rows"), calls, (call) => call.id, makeCall, fillCall);
}
function makeCall() {
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
function fillCall(row, call, n) {
  const cells = row.children;
  /** @type {Partial<import("./live.js").Shapes["QueueNow"]>} */
  const queue = live.state().queues.get(call.queue) || {};
  const waited = live.seconds(call.queued_at), found = floor.known(call.id);
  dom.set(row, "data-call", call.id);
  dom.set(row, "aria-selected", String(floor.call === call.id));
  dom.set(row, "data-level", waited >= queue.alarm_wait_s ? "bad" : waited >= queue.warn_wait_s ? "warn" : null);
  put(cells[0], String(n + 1));
  put(cells[1], queue.name || text.none);
  dom.set(cells[1], "title", queue.name || null);
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
  /** @type {Partial<import("./live.js").Shapes["CallNow"]>} */
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
floor.parts.push(waiting);

/* --- seats: one tile each, by group or by what hurts, filtered; arrows walk over them -------------------------- */

const DENSE_FROM = 90;

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
/** @param {DOMStringMap} line */
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
