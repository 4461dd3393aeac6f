/* The draft of a call: category, note and the order's fields. It survives a reload, belongs to its call and is never lost:
   what a wrap-up leaves behind can be saved to its own call, gone on with, or put into the next one.
   When the wrap-up's time runs out the form is saved as it stands. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { phone } from "./phone.js";
import { desk } from "./desk.js";

const SAVE_BEFORE_S = 1.5, LIMIT_AGAIN_MS = 1000, TRIES = 8;
let draft = null, left = null, current = null, saving = false, limit = null;

const key = (kind) => `desk-${kind}-${phone.me.extension}`;
const read = (kind) => { try { return JSON.parse(localStorage.getItem(key(kind)) || "null"); } catch (_) { return null; } };
/* What stays in this browser outlives the call: no whole number does. */
const safe = (one) => ({ ...one, number: one.masked || "" });
const store = (kind, value) => (value ? localStorage.setItem(key(kind), JSON.stringify(safe(value))) : localStorage.removeItem(key(kind)));
const form = () => desk.root.querySelector("[data-wrap]");
const note = () => desk.root.querySelector(".desk-note");
/* How much of the room for the text is used. */
const count = () => { const n = note().value.length; note().nextElementSibling.textContent = n ? desk.say("count", { n: text.count(n), most: text.count(desk.words.longest) }) : ""; };
const category = () => { const chosen = desk.root.querySelector("[name=desk-category]:checked"); return chosen ? chosen.value : ""; };
const filled = (one) => Boolean(one && (one.note || one.category));
const said = (place, content) => dom.write(place, content, desk.root);
const clock = (seconds) => text.clock(new Date(live.now()), seconds);

desk.draft = {
  get: () => draft,
  /* Changes beside what is typed: kept at once. */
  put(changes) { draft = { ...draft, ...changes }; keep(); },
  /* What was known anyway is no work to lose. */
  know(changes) { draft = { ...draft, ...changes }; },
  again() { draft = { ...fresh(draft.call, draft.number), late: draft.late }; store("draft", null); show(draft); },
  /* A draft of an earlier call is done with once its order stands: category and note go to that call. */
  async settle() {
    if (!draft.late) return;
    const mine = draft;
    await toOwnCall(mine, TRIES);
    if (draft === mine) { draft = null; store("draft", null); show(null); }
  },
};

function start() {
  draft = read("draft"); left = read("left"); current = null; saving = false;
  const text = dom.make("textarea", "", { rows: "3", class: "field desk-note", maxlength: String(desk.words.longest) });
  desk.box("note").replaceChildren(text, dom.make("small", "", { class: "dim desk-count" }));
  desk.box("categories").replaceChildren(...groups());
  for (const part of desk.fields) part.start();
  show(null);
  leftover();
}
/* What has no group stands together, last. */
function groups() {
  const found = new Map();
  for (const one of desk.me.categories) {
    if (!found.has(one.group)) found.set(one.group, []);
    found.get(one.group).push(one);
  }
  const choice = (one) => dom.make("label", [
    dom.make("input", null, { type: "radio", name: "desk-category", value: one.id }), dom.make("span", one.name),
  ], { class: "desk-category" });
  return [...found].sort(([a], [b]) => Number(a === "") - Number(b === "")).map(([group, items]) => dom.make("div", [
    dom.make("span", group || desk.words.other, { class: "desk-group" }),
    dom.make("div", items.map(choice), { class: "desk-choices" }),
  ], { class: "desk-choice" }));
}
const fresh = (call, number) => ({ call, number, note: "", category: "" });
function show(one) {
  note().value = one ? one.note : "";
  count();
  for (const radio of desk.root.querySelectorAll("[name=desk-category]")) radio.checked = Boolean(one) && radio.value === one.category;
  for (const part of desk.fields) part.show(one);
}

function render({ row, call, mode }) {
  const id = call ? call.id : mode === "wrap_up" && row ? row.call_id : "";
  if (id !== current) change(id, call);
  if (draft && call) draft.number = phone.number(call);
  const open = Boolean(draft);
  dom.set(form(), "data-idle", open ? null : "1");
  for (const field of form().querySelectorAll("input,select")) dom.set(field, "disabled", open ? null : "");
  dom.set(note(), "readonly", open ? null : "");
  countdown(row, mode, id);
  for (const part of desk.fields) part.render(draft);
}
function change(id, call) {
  current = id;
  if (draft && draft.call !== id && !(draft.late && !id)) leave();
  if (id && !draft) draft = fresh(id, call ? phone.number(call) : "");
  show(draft);
  leftover();
  if (id) said("desk-draft", filled(draft) ? desk.say("draft_kept", { time: text.clock(new Date(draft.at)) }) : "");
}
/* The call is over and its wrap-up ended elsewhere. With an order there is nothing to ask: the call is about it. */
function leave() {
  const mine = draft;
  draft = null; store("draft", null);
  if (mine.order) toOwnCall(mine, TRIES);
  else if (filled(mine)) { left = safe({ ...mine, late: false }); store("left", left); }
}
async function toOwnCall(one, tries) {
  const about = { category: one.category, note: one.note };
  try { await live.ask("POST", `/api/v1/calls/${one.call}/note`, about); return true; } catch (problem) {
    // The end of the wrap-up may still be on its way into the database.
    if (problem.status !== 404 || tries <= 1) { if (!one.order) phone.complain("wrap", text.problem(problem)); return false; }
  }
  await new Promise((done) => setTimeout(done, LIMIT_AGAIN_MS));
  return toOwnCall(one, tries - 1);
}

function keep() {
  if (!draft) return;
  draft = { ...draft, note: note().value, category: category(), at: live.now() };
  for (const part of desk.fields) draft = { ...draft, ...part.read() };
  store("draft", filled(draft) || draft.order ? draft : null);
  said("desk-draft", desk.say("draft_kept", { time: text.clock(new Date(draft.at), true) }));
}
/* A draft whose call is over and that was not saved. */
function leftover() {
  const box = desk.box("left-draft");
  if (draft && draft.late) {
    box.replaceChildren(dom.make("div", desk.say("draft_late", { number: text.phone(draft.number) }), { class: "desk-left" }));
    return;
  }
  if (!filled(left)) { box.replaceChildren(); return; }
  const chosen = desk.me.categories.find((one) => one.id === left.category);
  const what = [chosen ? chosen.path : left.category, left.note].filter(Boolean).join(" · ");
  const button = (word, act) => dom.make("button", desk.words[word], { type: "button", class: "quiet", "data-left": act });
  box.replaceChildren(dom.make("div", [
    dom.make("span", desk.say("draft_left", { number: text.phone(left.number), text: what })),
    button("draft_own", "own"),
    draft ? button("draft_take", "take") : button("draft_go_on", "go_on"),
    button("draft_drop", "drop"),
  ], { class: "desk-left" }));
}
async function takeLeft(what) {
  const one = left;
  if (what === "own" && !(await toOwnCall(one, TRIES))) return;
  if (what === "own") said("desk-draft", desk.say("saved_to_call", { number: text.phone(one.number) }));
  if (what === "take") {
    if (!draft) return;
    draft = { ...one, ...draft, note: [note().value, one.note].filter(Boolean).join("\n"), category: category() || one.category };
    show(draft);
    keep();
  }
  if (what === "go_on") { draft = { ...one, late: true }; show(draft); keep(); }
  left = null; store("left", null); leftover();
}

function countdown(row, mode, id) {
  if (mode !== "wrap_up") { limit = null; said("desk-left", draft ? "" : desk.words.form_later); return; }
  if (!limit || limit.call !== id) { limit = { call: id, seconds: null }; learn(limit, TRIES); }
  if (limit.seconds === null) { said("desk-left", ""); return; }
  const rest = limit.seconds - live.seconds(row.since);
  said("desk-left", rest > 0 ? desk.say("left", { time: text.duration(Math.ceil(rest)) }) : "");
  if (rest < SAVE_BEFORE_S && filled(draft) && !saving && live.freshness() === "live") save("saved_in_time");
}
/* How long this wrap-up may last; the marts know it a second after it began. */
async function learn(one, tries) {
  try { one.seconds = (await live.ask("GET", `/api/v1/desk/calls/${one.call}/wrap-up`)).limit_s; } catch (_) { one.seconds = null; }
  if (one.seconds === null && tries > 1 && one === limit) setTimeout(() => learn(one, tries - 1), LIMIT_AGAIN_MS);
}
async function save(word) {
  saving = true;
  const sent = { category: category(), note: note().value };
  const done = await phone.attempt("wrap", () => live.ask("POST", `/api/v1/agents/${phone.me.extension}/wrap-up`, sent));
  saving = false;
  if (!done) return;
  draft = null; store("draft", null); show(null); leftover();
  said("desk-draft", desk.say(word, { time: clock(true) }));
}

desk.finish = () => save("saved");
document.addEventListener("input", (event) => { if (desk.here() && event.target.closest("[data-wrap]")) { keep(); count(); } });
document.addEventListener("click", (event) => {
  const hit = desk.here() && event.target.closest("[data-left]");
  if (hit) takeLeft(hit.dataset.left);
});
document.addEventListener("submit", (event) => {
  if (!desk.here() || !event.target.matches("[data-wrap]")) return;
  event.preventDefault();
  // Enter in a field must not end the wrap-up, the button itself does.
  if (event.submitter === document.activeElement) save("saved");
});
desk.parts.push({ start, render });
