/* One's own phone on every page: the state to be in, the call in hand and its keys, the other calls in the corner. Nothing
   here takes the focus away. On the desk it stands large; whom to transfer to and the call's form are the desk's. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { session } from "./session.js";
import { keysOf, otherEnd, ownCall, parties, rings, secondRinging } from "./own_call.js";

const PICK_UP_MS = 4000;
const REQUESTS = { back: "cancel_consult", complete: "complete_transfer", conference_now: "conference" };
const CAPTIONS = { F1: "answer", F2: "hold", F3: "transfer", F4: "consult", F9: "hangup", F10: "finish" };
const NEEDS_TARGET = ["transfer", "consult"];
const STATE_KEYS = { 1: "ready", 2: "break", 3: "offline" };
const listeners = [];
let announced = "", title = "", asked = null;

export const phone = {
  root: null, me: null, words: null, now: null,
  /* The desk while it is shown: {target(), needTarget(), finish()}. */
  desk: null,
  /* Who is on the line of ``call``, once the desk has asked. */
  caller: { name: "", number: "", call: "" },
  /* Told after each drawing. */
  subscribe(listener) { listeners.push(listener); },
  redraw: () => render(),
  say: (pattern, values) => text.fill(phone.words[pattern], values || {}),
  who(extension) {
    const agent = live.state().agents.get(extension);
    return agent ? `${extension} ${agent.name}` : text.phone(extension);
  },
  number: (call) => otherEnd(call, phone.me.extension),
  /* What was refused is said beside what it was refused for, and nowhere else. */
  complain(place, said) {
    blamed = said ? standing() : "";
    for (const element of document.querySelectorAll("[data-error]")) {
      const content = element.dataset.error === place ? said : "";
      if (element.textContent !== content) element.textContent = content;
    }
  },
  async attempt(place, work) {
    phone.complain(place, "");
    try { await work(); return true; } catch (problem) { phone.complain(place, text.problem(problem)); return false; }
  },
  act: (call, action, target) => live.ask("POST", `/api/v1/calls/${call.id}/actions`, target ? { action, target } : { action }),
};
/* It is told as long as what it was refused for stands: phone, state and call. */
let blamed = "";
function standing() {
  const now = phone.root ? look() : null, row = now && now.row;
  return now ? [row && row.registered, row && row.state, now.call && now.call.id, now.call && now.call.state, live.freshness()].join(" ") : "";
}
const look = () => ownCall(live.state(), phone.me.extension, asked, Date.now());
const others = (call, ringing) => parties(live.state(), phone.me.extension, call, ringing);
const kindOf = (call) => { const queue = live.state().queues.get(call.queue); return queue ? queue.name : phone.words[call.direction]; };

function render() {
  const root = document.querySelector("[data-phone]");
  if (!root || !live.lastFigures()) return;
  if (root !== phone.root) {
    phone.root = root;
    phone.me = JSON.parse(root.dataset.phone);
    phone.words = phone.me.words;
    asked = null; announced = "";
  }
  phone.now = look();
  if (asked && (!phone.now.call || phone.now.seat === "talking")) asked = null;
  // Whoever has an extension and no seat, such as a supervisor, has nothing to see here but on the desk.
  const shown = phone.now.row || phone.now.call || document.querySelector(".desk");
  dom.set(root, "hidden", shown && document.body.dataset.bare !== "1" ? null : "");
  dom.set(root, "data-fresh", live.freshness());
  if (blamed && blamed !== standing()) phone.complain("", "");
  own(phone.now);
  inHand(phone.now);
  buttons(phone.now);
  corner(phone.now);
  announce(phone.now);
  for (const listener of listeners) listener(phone.now);
}

const put = (key, content) => dom.write(key, content, phone.root);

function own({ row, seat }) {
  const extension = phone.me.extension, waiting = [...live.state().queues.values()].filter((queue) => row && (row.queues || []).includes(queue.id));
  put("desk-phone", !row || row.registered ? phone.words.registered : phone.say("unregistered", { extension }));
  dom.set(phone.root.querySelector('[data-live="desk-phone"]'), "data-registered", String(!row || row.registered));
  const since = waiting.map((queue) => queue.longest_wait_since).filter(Boolean).sort()[0];
  put("desk-waiting", row ? phone.say("mine_waiting", { n: waiting.reduce((sum, queue) => sum + queue.waiting, 0), time: since ? text.duration(live.seconds(since)) : "0:00" }) : "");
  for (const button of phone.root.querySelectorAll("[data-state-to]")) {
    dom.set(button, "aria-pressed", String(seat === button.dataset.stateTo));
    dom.set(button, "disabled", row ? null : "");
  }
}

function inHand({ row, call, seat, mode }) {
  const strip = phone.root.querySelector(".phone-in-hand"), id = call ? call.id : row && row.call_id;
  dom.set(strip, "data-state", seat);
  dom.set(strip, "data-call-mode", mode);
  put("desk-state", text.about().states[seat]);
  // 1970 is a seat that nobody has ever sat on.
  const known = row && Date.parse(row.since) > 86400000;
  const since = (mode === "talking" || mode === "conference") && call.answered_at ? call.answered_at : known ? row.since : null;
  put("desk-time", since ? text.duration(live.seconds(since)) : text.none);
  const caller = id && phone.caller.call === id ? phone.caller : { name: "", number: "" };
  const number = call ? phone.who(phone.number(call)) : mode === "wrap_up" && caller.number ? text.phone(caller.number) : phone.words.none;
  // Whom we know has our name; a stranger the one that the phone sends, if that is no number again.
  const name = caller.name || (call && call.direction === "inbound" && !/^[+\d]*$/.test(call.caller_name || "") ? call.caller_name : "");
  put("desk-call", name && number !== phone.words.none ? `${number} ${name}` : number);
  put("desk-note", note(row, call, mode));
  const back = phone.root.querySelector("[data-call-back]"), over = mode === "wrap_up" && row && row.call_id ? row.call_id : "";
  back.hidden = !over || live.freshness() !== "live";
  dom.set(back, "data-call", over || null);
}
function note(row, call, mode) {
  if (live.freshness() !== "live") return phone.say("not_live", { time: text.clock(live.lastFigures(), true) });
  const said = [];
  if (call) {
    said.push(kindOf(call));
    if (call.queued_at) said.push(phone.say("waited", { time: text.duration(((call.answered_at ? Date.parse(call.answered_at) : live.now()) - Date.parse(call.queued_at)) / 1000) }));
    if (call.answered_at && mode === "hold") said.push(phone.say("talked", { time: text.duration(live.seconds(call.answered_at)) }));
    const who = others(call, false).map(phone.who).join(", "), rung = others(call, true)[0] || (asked && asked.target);
    if (mode === "asked") said.push(phone.words.asked);
    if (mode === "consulting") said.push(phone.say("consulting", { who }));
    if (mode === "consult_rings") said.push(phone.say("consult_rings", { who: rung ? phone.who(rung) : "" }));
    if (mode === "conference") said.push(phone.say("conference", { who }));
    if (call.returned && (mode === "talking" || mode === "hold")) said.push(phone.say("returned", { who: phone.who(call.returned.target), reason: phone.words[`code_${call.returned.why}`] || phone.words.code_unreachable }));
  } else if (row && !row.registered) said.push(phone.say("switch_on", { extension: phone.me.extension }));
  else if (row && row.reason === "core_restarted") said.push(phone.words.core_restarted);
  else if (row && row.reason) said.push(phone.words[`code_${row.reason}`] ? phone.say("set_aside", { reason: phone.words[`code_${row.reason}`] }) : text.reason(row.reason));
  if (row && row.wanted) said.push(phone.say("wants", { state: text.about().states[row.wanted] }));
  return said.join(" · ");
}

/* --- keys and buttons -------------------------------------------------------------------------------------- */

const possible = (now) => (live.freshness() === "live" ? keysOf(now) : {});
const reachable = () => Boolean(phone.root && !phone.root.hidden && !session.over());

function buttons(now) {
  const found = possible(now);
  for (const button of document.querySelectorAll("[data-press]")) {
    const action = found[button.dataset.press];
    dom.set(button, "disabled", action ? null : "");
    const caption = button.dataset.press === "F10" ? "" : phone.words[action || CAPTIONS[button.dataset.press]], span = button.firstElementChild;
    if (caption && span.textContent !== caption) span.textContent = caption;
  }
}
function press(key) {
  const now = look(), action = possible(now)[key], call = now.call;
  if (!action) return false;
  const desks = action === "finish" || NEEDS_TARGET.includes(action);
  if (desks && !(phone.desk && phone.desk.here())) toDesk();
  else if (action === "finish") phone.desk.finish();
  else if (action === "hold_answer") phone.attempt("call", () => take(secondRinging(now)));
  else if (desks) {
    const target = phone.desk.target();
    if (!target) { phone.desk.needTarget(); return true; }
    phone.attempt("target", async () => {
      if (action === "consult") asked = { call: call.id, target, at: Date.now() };
      try { await phone.act(call, action, target); } catch (problem) { asked = null; throw problem; }
    });
  } else {
    if (action === "back") asked = null;
    phone.attempt("call", () => phone.act(call, REQUESTS[action] || action));
    if (action === "answer") setTimeout(() => byHand(call.id), PICK_UP_MS);
  }
  return true;
}
/* By the menu where it is there: the page stays. */
function toDesk() {
  const link = document.querySelector('a.bar-link[href="/desk"]');
  if (link) link.click(); else location.assign("/desk");
}
/* Not every phone can be told to pick up. */
function byHand(id) {
  const now = look();
  if (now.mode === "ringing" && now.call && now.call.id === id) phone.complain("call", phone.words.answer_by_hand);
}
function setState(state) {
  const reason = state === "break" ? phone.root.querySelector("[data-break-reason]").value : "";
  phone.attempt("state", () => live.ask("POST", `/api/v1/agents/${phone.me.extension}/state`, { state, reason }));
}

/* Said once for screen readers, and in the tab's title for a window that lies behind another. */
function announce({ call, mode }) {
  const ringing = mode === "ringing" && call ? call.id : "";
  if (ringing === announced) return;
  announced = ringing;
  const said = ringing ? phone.say("incoming", { number: text.phone(phone.number(call)) }) : "";
  phone.root.querySelector("[data-say]").textContent = said;
  if (ringing) { title = document.title; document.title = `☎ ${said}`; } else if (title) { document.title = title; title = ""; }
}

/* --- the person's other calls: a second one that rings, or one on hold; neither focus nor space is taken ----- */

function second() {
  const head = dom.make("div", [dom.make("span", null, { class: "phone-dot" }), dom.make("b"), dom.make("span", null, { class: "phone-second-time" })]);
  const button = dom.make("button", [dom.make("span"), dom.make("kbd", "F1")], { type: "button", class: "primary" });
  return dom.make("div", [head, dom.make("div", null, { class: "phone-number" }), dom.make("div", null, { class: "dim" }), button], { class: "phone-second" });
}
function corner(now) {
  dom.keyed(phone.root.querySelector(".phone-corner"), now.others, (call) => call.id, second, (element, call) => {
    const [head, number, queue, button] = element.children, ringing = rings(call);
    dom.set(element, "data-state", ringing ? "ringing" : "hold");
    const write = (where, content) => { if (where.textContent !== content) where.textContent = content; };
    write(head.children[1], ringing ? phone.words.second : phone.words.held_call);
    write(head.lastChild, text.duration(live.seconds(call.since)));
    write(number, phone.who(phone.number(call)));
    write(queue, kindOf(call));
    write(button.firstChild, ringing ? phone.words.hold_answer : phone.words.switch);
    dom.set(button.lastChild, "hidden", ringing ? null : "");
    dom.set(button, "data-second", call.id);
  });
}
/* The call in hand goes on hold first, so that nobody hears the other conversation. */
async function take(call) {
  const { call: before, mode } = phone.now;
  if (before && ["talking", "conference"].includes(mode)) await phone.act(before, "hold");
  await phone.act(call, rings(call) ? "answer" : "resume");
}

document.addEventListener("click", (event) => {
  const hit = phone.root && event.target.closest("[data-press],[data-state-to],[data-call-back],[data-second]");
  // On the desk F10 is its form's own button.
  if (!hit || !phone.root.contains(hit)) return;
  const told = hit.dataset;
  if (told.press) press(told.press);
  else if (told.stateTo) setState(told.stateTo);
  else if (told.second) { const call = phone.now.others.find((one) => one.id === told.second); if (call) phone.attempt("call", () => take(call)); }
  else phone.attempt("call", () => live.ask("POST", `/api/v1/desk/calls/${told.call}/call-back`));
});
document.addEventListener("keydown", (event) => {
  if (!reachable() || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat) return;
  if (event.altKey) { const state = STATE_KEYS[event.key]; if (state) { event.preventDefault(); setState(state); } return; }
  if (press(event.key)) event.preventDefault();
});
live.subscribe(render);
