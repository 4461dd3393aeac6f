/* The chosen call on the floor: who speaks, the way so far, its voice, the caller's last calls, where it leads; and
   why a supervisor enters it. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { floor } from "./floor.js";

const { put } = floor;
const EVERY_MS = 4000, WIDE = 240, HALF = 24;
let voiceOf = "", voiceAsked = 0, heard = null;

function render() {
  const { agent, call } = floor.chosen();
  heading(agent, call);
  facts(agent, call);
  last(call);
  links(agent, call);
}
function heading(agent, call) {
  const head = floor.box("chosen-head"), { level, limit } = agent ? floor.over(agent) : { level: "", limit: null };
  dom.set(head, "data-state", agent ? agent.state : call ? "ringing" : null);
  if (!head.childElementCount) {
    const parts = ["time", "over", "mark", "demo", "who"].map((part) => dom.make("span", null, { class: `floor-chosen-${part}` }));
    head.append(dom.make("i", null, { class: "icon" }), dom.make("b"), ...parts);
  }
  const [, word, clock, late, mark, demo, who] = head.children;
  const since = agent ? floor.since(agent) : call ? call.since : null;
  put(word, agent ? text.about().states[agent.state] : call ? floor.me.queues[call.queue] || "" : "");
  put(clock, since ? text.duration(live.seconds(since)) : "");
  dom.set(clock, "data-level", level || null);
  dom.set(late, "data-level", level || null);
  put(late, level ? floor.say("over", { time: text.duration(limit[level]) }) : "");
  put(mark, call && call.recording_failed ? floor.words.unrecorded : "");
  put(demo, call && call.demo ? floor.words.demo : "");
  put(who, agent ? floor.who(agent) : call ? text.phone(call.caller) : floor.words.pick);
}

function rows(agent, call) {
  if (!call) {
    if (!agent) return [];
    const said = agent.registered ? [floor.words.no_call, floor.why(agent)] : [floor.words.phone_lost];
    return [[floor.words.state, said.filter(Boolean).join(" · ")]];
  }
  const found = floor.known(call.id), inbound = call.direction === "inbound", customer = found && found.customer;
  const kind = customer && (customer.kind === "business" ? floor.words.business : floor.words.household);
  const heard = inbound && !/^[+\d]*$/.test(call.caller_name || "") ? call.caller_name : "";
  const person = [customer ? customer.name : heard || (found ? floor.words.unknown : ""), kind];
  const number = text.phone(inbound ? call.caller : call.did);
  const queue = floor.me.queues[call.queue], address = customer && customer.address;
  return [
    [inbound ? floor.words.caller : floor.words.called, [number, ...person].filter(Boolean).join(" · ")],
    ...(queue ? [[floor.words.queue, queue]] : []),
    ...(others(agent, call).length ? [[floor.words.third, others(agent, call).join(", ")]] : []),
    ...(address ? [[floor.words.address, address]] : []),
    ...(found ? [[floor.words.contacts, found.earlier ? floor.say("earlier", { n: found.earlier }) : floor.words.first]] : []),
    [floor.words.way, way(call, (found && found.spent) || {})],
  ];
}
/* Who is in the call besides the agent and the caller, or is being rung for it. */
function others(agent, call) {
  const main = agent ? agent.extension : call.agent, seats = floor.agents().filter((one) => one.call_id === call.id && ["talking", "hold", "ringing"].includes(one.state));
  const ours = [call.caller, call.direction === "inbound" ? "" : call.did];
  const all = new Set([...(call.agent ? [call.agent] : []), ...(call.parties || []), ...seats.map((one) => one.extension)]);
  return [...all].filter((one) => one !== main && !ours.includes(one)).map((one) => floor.who(live.state().agents.get(one)) || text.phone(one));
}
/* What the warehouse counted, and what has passed since: whoever waits or is held goes on doing so. */
function way(call, spent) {
  const gap = (from, to) => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000), said = [];
  const more = spent.at ? live.seconds(spent.at) : 0;
  if (call.queued_at || call.state === "ivr") {
    const menu = call.queued_at ? spent.menu || gap(call.arrived_at, call.queued_at) : live.seconds(call.arrived_at);
    said.push(floor.say("way_menu", { time: text.duration(menu) }));
  }
  if (call.queued_at) {
    const queue = call.answered_at ? spent.queue || gap(call.queued_at, call.answered_at) : live.seconds(call.queued_at);
    said.push(floor.say("way_waited", { time: text.duration(queue) }));
  }
  if (call.answered_at) said.push(floor.say("way_talk", { time: text.duration(live.seconds(call.answered_at)) }));
  const held = (spent.hold || 0) + (call.held ? more : 0);
  if (held >= 1) said[said.length - 1] += ` · ${floor.say("way_hold", { time: text.duration(held) })}`;
  return said.join(" → ") || text.none;
}
function facts(agent, call) {
  const list = floor.box("chosen-facts"), flat = rows(agent, call).flat();
  dom.list(list, flat, () => dom.make("span"), () => {});
  flat.forEach((content, n) => {
    const tag = n % 2 ? "DD" : "DT";
    let element = list.children[n];
    if (element.tagName !== tag) { const made = dom.make(tag); element.replaceWith(made); element = made; }
    put(element, content);
  });
}

function last(call) {
  const found = call && floor.known(call.id);
  floor.box("lasts").hidden = !found || !found.last.length;
  dom.keyed(floor.box("last"), (found && found.last) || [], (one) => one.id, makeLast, (row, one) => {
    const link = row.firstChild;
    dom.set(link, "href", `/calls/${one.id}`);
    dom.set(link, "title", [one.agent, one.note].filter(Boolean).join(" · ") || null);
    put(link.children[0], text.when(new Date(one.at), live.now()));
    put(link.children[1], one.said);
  });
}
function makeLast() { return dom.make("li", [dom.make("a", [dom.make("b"), dom.make("span")])]); }

/* Last calls of the seat one click away; the call itself; marks for QA and training. */
function links(agent, call) {
  const box = floor.box("links"), key = `${agent ? agent.extension : ""} ${call ? call.id : ""}`;
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  const made = [];
  if (agent) made.push(dom.make("a", floor.words.last_calls, { class: "quiet", href: `/calls?agent=${agent.extension}` }));
  if (call) made.push(dom.make("a", floor.words.open_call, { class: "quiet", href: `/calls/${call.id}` }));
  for (const kind of call && floor.me.steers ? ["qa", "training"] : []) {
    made.push(dom.make("button", floor.words[`mark_${kind}`], { class: "quiet", type: "button", "data-mark": kind }));
  }
  box.replaceChildren(...made);
}
document.addEventListener("click", async (event) => {
  const mark = floor.root && event.target.closest("[data-mark]"), { call } = mark ? floor.chosen() : {};
  if (!call) return;
  const body = { kind: mark.dataset.mark };
  if (await floor.attempt(() => live.ask("POST", `/api/v1/calls/${call.id}/marks`, body))) put(mark, floor.words.marked);
});
floor.parts.push(render);

/* --- The recording so far: the agent above the line, the caller below, and how much both or nobody spoke. --- */
function voice() {
  const { call } = floor.chosen(), id = call && call.answered_at ? call.id : "", box = floor.box("voice");
  if (id !== voiceOf || !box.dataset.call) { voiceOf = id; voiceAsked = 0; heard = null; box.dataset.call = id || "none"; drawVoice(); }
  // Of a long call the picture changes slowly, and the whole of it is looked through.
  const pause = Math.max(EVERY_MS, heard ? heard.seconds * 20 : 0);
  if (id && live.freshness() === "live" && Date.now() - voiceAsked > pause) askVoice(id);
}
async function askVoice(id) {
  voiceAsked = Date.now();
  let answer = null;
  // A call of this moment may not be with the warehouse yet, or has no recording: no picture, no complaint.
  try { answer = await live.ask("GET", `/api/v1/floor/calls/${id}/voice`); } catch (no) { if (!no.status) return; }
  if (id !== voiceOf || !floor.root) return;
  heard = answer;
  drawVoice();
}
function drawVoice() {
  const box = floor.box("voice");
  dom.set(box, "hidden", heard && heard.left.length ? null : "");
  if (!heard || !heard.left.length) return;
  if (!box.childElementCount) makeVoice(box);
  const [head, picture] = box.children;
  const share = (part) => (part === null ? text.none : text.percent(part));
  const about = { time: text.duration(heard.seconds), both: share(heard.both), silence: share(heard.silence) };
  const said = floor.say(heard.both === null ? "voice_short" : "voice", about);
  floor.put(head.children[2], said);
  dom.set(picture, "aria-label", said);
  dom.set(picture.querySelector(".agent"), "d", bars(heard.right, -1));
  dom.set(picture.querySelector(".caller"), "d", bars(heard.left, 1));
}
function makeVoice(box) {
  const picture = dom.svg("svg", { viewBox: `0 ${-HALF} ${WIDE} ${2 * HALF}`, preserveAspectRatio: "none", role: "img" });
  for (const side of ["agent", "caller"]) dom.svg("path", { class: side }, picture);
  const sides = [["agent", "▴"], ["caller", "▾"]].map(([side, sign]) =>
    dom.make("b", `${sign} ${floor.words[`side_${side}`]}`, { class: side }));
  box.append(dom.make("div", [...sides, dom.make("span")], { class: "floor-voice-head" }), picture);
}
/* Speech lies far below full scale: the square root makes it seen. */
function bars(peaks, side) {
  const step = WIDE / peaks.length;
  const bar = (peak, n) => `M${((n + 0.5) * step).toFixed(1)} 0V${(side * Math.max(0.5, Math.sqrt(peak) * HALF)).toFixed(1)}`;
  return peaks.map(bar).join("");
}
floor.parts.push(voice);

/* --- Into a call: a reason is chosen for each call, the way stays with this browser. What a reload has cut off is said,
   with a button to go on. --- */
const OTHER = "other", BY = "floor-by", LISTENING = "floor-listening";
const chosen = new Map();
let root = null, call = "", leaving = false, ended = null;

const select = () => floor.field("reason"), words = () => floor.field("own-words");
const reason = {
  /* The reason given for the chosen call; empty when there is none, and then the page says what is missing. */
  given() {
    const said = reason.chosen();
    if (said) return said;
    const other = select().value === OTHER, field = other ? words() : select();
    complain(other ? floor.words.reason_missing : floor.words.reason_choose);
    field.focus();
    return "";
  },
  chosen: () => (select().value === OTHER ? words().value.trim() : select().value),
  /* Listening in this browser, which ends with the page. */
  listens(about) { sessionStorage.setItem(LISTENING, JSON.stringify(about)); ended = null; },
  changes(mode) {
    const about = read();
    if (about) sessionStorage.setItem(LISTENING, JSON.stringify({ ...about, mode }));
  },
  stopped() { if (!leaving) { sessionStorage.removeItem(LISTENING); ended = null; } },
  cutOff: () => ended,
};
floor.reason = reason;

function read() {
  try { return JSON.parse(sessionStorage.getItem(LISTENING)); } catch (_) { return null; }
}
function complain(said) {
  dom.write("reason-error", said, floor.root);
  for (const field of [select(), words()]) {
    dom.set(field, "aria-invalid", said ? "true" : null);
    dom.set(field, "aria-describedby", said ? "floor-reason-error" : null);
  }
}
function asks() {
  if (root !== floor.root) begin();
  const now = floor.chosen().call, id = now ? now.id : "";
  if (id !== call) { call = id; show(chosen.get(id)); }
  cutOff();
}
function begin() {
  root = floor.root;
  call = "";
  ended = read();
  floor.field("by").value = localStorage.getItem(BY) || "phone";
  if (!floor.field("by").value) floor.field("by").value = "phone";
  show(null);
}
function show(before) {
  select().value = before ? before.value : "";
  words().value = before ? before.words : "";
  words().hidden = select().value !== OTHER;
  complain("");
}
function keep() {
  complain("");
  if (call) chosen.set(call, { value: select().value, words: words().value });
}
/* As long as the call is up and nobody has gone on with it here. */
function cutOff() {
  const found = ended && live.state().calls.get(ended.call), at = live.freshness() === "live";
  if (ended && at && !found) { sessionStorage.removeItem(LISTENING); ended = null; }
  floor.box("ended").hidden = !found || floor.listens();
  if (found) dom.write("ended", floor.say("ended", { caller: text.phone(found.caller) }), floor.root);
}

window.addEventListener("pagehide", () => { leaving = true; });
window.addEventListener("pageshow", () => { leaving = false; });
document.addEventListener("change", (event) => {
  if (!floor.root || !floor.root.contains(event.target)) return;
  if (event.target.matches("[data-by]")) localStorage.setItem(BY, event.target.value);
  if (!event.target.matches("[data-reason]")) return;
  words().hidden = select().value !== OTHER;
  keep();
  if (!words().hidden) words().focus();
});
document.addEventListener("input", (event) => {
  if (floor.root && event.target.matches("[data-own-words]")) keep();
});
floor.parts.push(asks);
