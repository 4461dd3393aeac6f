/* The panel of alerts: rows that want somebody, then what was settled today. Rows keep their element, so that a
   text being typed survives every update. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { alerts } from "./alerts.js";

const KEYS = ["a", "s"];
let rows = new Map(), list = null;

function panel(me) {
  const found = document.querySelector("[data-alerts-panel]");
  if (!found) return;
  const holder = found.querySelector('[data-box="alerts"]'), state = alerts.state();
  if (holder !== list) { list = holder; rows = new Map(); holder.replaceChildren(); }
  dom.set(found, "data-fresh", live.freshness());
  if (!state) { dom.write("alerts-none", me.words.loading, found); return; }
  const waiting = alerts.waiting(), open = new Set(state.open.map((row) => row.id));
  const past = state.settled.filter((row) => !open.has(row.id)), unseen = past.filter((row) => !row.acknowledged_at);
  const shown = [...waiting, ...unseen, ...state.open.filter((row) => row.acknowledged_at), ...past.filter((row) => row.acknowledged_at)];
  const over = found.querySelector("[data-acknowledge-over]"), many = me.changes ? state.today.over || 0 : 0;
  over.hidden = !many;
  dom.write("alerts-over", many ? text.fill(me.words.acknowledge_over, { n: many }) : "", found);
  dom.write("alerts-open", waiting.length ? text.fill(me.words.to_acknowledge, { n: waiting.length }) : "", found);
  dom.write("alerts-sums", text.fill(me.words.sums, state.today), found);
  dom.write("alerts-none", shown.length ? "" : me.words.none, found);
  const ids = new Set(shown.map((row) => row.id));
  for (const [id, element] of rows) if (!ids.has(id)) { element.remove(); rows.delete(id); }
  shown.forEach((row, place) => {
    if (!rows.has(row.id)) rows.set(row.id, make(row.id, me));
    const element = rows.get(row.id);
    if (holder.children[place] !== element) holder.insertBefore(element, holder.children[place] || null);
    fill(element, row, me, waiting.indexOf(row));
  });
}
function make(id, me) {
  const element = dom.make("li", [
    dom.make("span", null, { class: "icon", "aria-hidden": "true" }),
    dom.make("div", [dom.make("a", "", { class: "alert-title" }), dom.make("div", "", { class: "alert-more" }), dom.make("p", "", { class: "alert-problem", role: "alert" })]),
    dom.make("div", [], { class: "alert-act" }),
  ], { class: "alert", "data-alert": id });
  if (me.changes) {
    const words = dom.make("input", null, { class: "field", maxlength: 500, placeholder: me.words.what_done, "aria-label": me.words.what_done });
    const form = dom.make("form", [words, dom.make("button", [dom.make("span", me.words.acknowledge), dom.make("kbd", "Enter")], { class: "primary", type: "submit" })], { class: "alert-form" });
    form.hidden = true;
    form.addEventListener("submit", (event) => { event.preventDefault(); acknowledge(element, words.value.trim()); });
    words.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); ask(element, false); } });
    element.append(form);
  }
  return element;
}
function fill(element, row, me, place) {
  const words = me.words, wanted = place >= 0, title = element.querySelector(".alert-title"), act = element.querySelector(".alert-act");
  const link = alerts.link(row), said = alerts.title(row);
  element.row = row;
  dom.set(element, "data-severity", wanted ? row.severity : null);
  if (title.textContent !== said) title.textContent = said;
  dom.set(title, "href", link);
  write(element.querySelector(".alert-more"), wanted ? running(row, words) : settled(row, words));
  if (!row.acknowledged_at && me.changes && row.kept) {
    if (!act.querySelector("button")) act.replaceChildren(dom.make("button", [dom.make("span", words.acknowledge), dom.make("kbd", "")], { type: "button", class: "bar-button", "data-acknowledge": "1" }));
    const key = act.querySelector("kbd");
    write(key, (KEYS[place] || "").toUpperCase());
    key.hidden = !KEYS[place];
    dom.set(act.querySelector("button"), "aria-label", `${words.acknowledge}: ${said}`);
  } else {
    const state = wanted ? words[row.severity] : row.acknowledged_at ? words.acknowledged : words.over;
    if (act.textContent !== state || act.firstElementChild) act.textContent = state;
    if (row.acknowledged_at) ask(element, false);
  }
}
function write(element, content) { if (element.textContent !== content) element.textContent = content; }
const clock = (iso) => text.clock(new Date(iso), true);

function running(row, words) {
  const parts = [text.fill(words.since, { time: clock(row.raised_at), spent: text.duration(Math.max(0, (live.now() - Date.parse(row.raised_at)) / 1000)) })];
  // Who waits says it already.
  if (row.unit !== "flag" && row.figure !== "unserved") parts.push(row.value === null ? words.no_answer : text.fill(words.now, { value: alerts.measured(alerts.value(row), row.unit) }));
  const facts = row.facts || {};
  if (facts.reason) parts.push(text.reason(facts.reason, words));
  if (facts.waiting) parts.push(text.fill(words.waiting, { n: facts.waiting }));
  if (facts.ready !== undefined && row.figure !== "unserved") parts.push(facts.ready ? text.fill(words.ready, { n: facts.ready }) : words.nobody_ready);
  if (facts.n) parts.push(text.fill(words.of_calls, { n: facts.n }));
  return parts.join(" · ");
}
function settled(row, words) {
  const until = row.cleared_at ? `${clock(row.raised_at)}–${clock(row.cleared_at)}` : `${clock(row.raised_at)}–`;
  if (!row.acknowledged_at) return `${until} · ${words.over_unseen}`;
  const by = text.fill(words.by, { name: row.acknowledged_by, time: text.clock(new Date(row.acknowledged_at)) });
  const open = row.cleared_at || row.unit === "flag" || row.value === null ? [] : [text.fill(words.now, { value: alerts.measured(alerts.value(row), row.unit) })];
  return [until, by, ...(row.acknowledged_words ? [`“${row.acknowledged_words}”`] : []), ...open].join(" · ");
}
function ask(element, wanted) {
  const form = element.querySelector(".alert-form");
  if (!form || form.hidden === !wanted) return;
  form.hidden = !wanted;
  element.querySelector(".alert-act").hidden = wanted;
  if (wanted) form.querySelector("input").focus();
}
async function acknowledge(element, words) {
  const button = element.querySelector(".primary"), problem = element.querySelector(".alert-problem");
  button.disabled = true;
  write(problem, "");
  try {
    await alerts.acknowledge(element.row, words);
    ask(element, false);
  } catch (no) {
    write(problem, [no.message, no.data && no.data.remedy].filter(Boolean).join(" "));
  } finally {
    button.disabled = false;
  }
}
async function acknowledgeOver(button) {
  const found = button.closest("[data-alerts-panel]");
  button.disabled = true;
  dom.write("alerts-problem", "", found);
  try {
    await alerts.acknowledgeOver();
  } catch (no) {
    dom.write("alerts-problem", [no.message, no.data && no.data.remedy].filter(Boolean).join(" "), found);
  } finally {
    button.disabled = false;
  }
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-acknowledge]"), over = event.target.closest("[data-acknowledge-over]");
  if (button) ask(button.closest(".alert"), true);
  else if (over) acknowledgeOver(over);
});
/* Up and down walk over the alerts, each at what can be done with it, else at where it leads. */
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], own = step && event.target.closest(".alert");
  if (!own || event.target.closest("input")) return;
  /** @type {Element} */
  let next = own;
  while ((next = step > 0 ? next.nextElementSibling : next.previousElementSibling)) {
    const at = next.querySelector("[data-acknowledge]") || next.querySelector("a[href]");
    if (at) { event.preventDefault(); at.focus(); return; }
  }
});
document.addEventListener("keydown", (event) => {
  const place = KEYS.indexOf(event.key.toLowerCase());
  if (place < 0 || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input,textarea,select,[contenteditable],dialog,.ag-root")) return;
  const row = alerts.waiting()[place], element = row && rows.get(row.id);
  if (!element || !element.isConnected || !element.querySelector("[data-acknowledge]")) return;
  event.preventDefault();
  ask(element, true);
});
alerts.subscribe(panel);

/* --- a sound, made here; off until somebody switches it on in this browser. A warning sounds once, an alarm until
   somebody acknowledges it. Browsers keep a page silent until the first click or key in it. ---------------------- */

const KEY = "alerts-sound", AGAIN_MS = 5000;
const WARN = [[660, 0, 0.18]], ALARM = [[880, 0, 0.16], [660, 0.22, 0.16], [880, 0.44, 0.22]];
const sounded = new Map();
let context = null;

const on = () => localStorage.getItem(KEY) === "on";
function wake() {
  if (!on()) return;
  context = context || new AudioContext();
  if (context.state === "suspended") context.resume().then(draw, () => {});
}
function play(tones) {
  const begin = context.currentTime + 0.02;
  for (const [hz, after, long] of tones) {
    const tone = context.createOscillator(), loud = context.createGain();
    tone.frequency.value = hz;
    // Soft edges: a square start and end would click.
    loud.gain.setValueAtTime(0, begin + after);
    loud.gain.linearRampToValueAtTime(0.25, begin + after + 0.02);
    loud.gain.setValueAtTime(0.25, begin + after + long - 0.03);
    loud.gain.linearRampToValueAtTime(0, begin + after + long);
    tone.connect(loud).connect(context.destination);
    tone.start(begin + after);
    tone.stop(begin + after + long);
  }
  heard.played += 1;
}
function sound() {
  const waiting = alerts.waiting().filter((row) => row.sound), now = Date.now();
  const due = waiting.filter((row) => {
    const last = sounded.get(`${row.id} ${row.severity}`);
    return last === undefined || (row.severity === "alarm" && now - last >= AGAIN_MS);
  });
  for (const key of sounded.keys()) if (!waiting.some((row) => `${row.id} ${row.severity}` === key)) sounded.delete(key);
  if (!due.length || !on() || !context || context.state !== "running") return;
  for (const row of due) sounded.set(`${row.id} ${row.severity}`, now);
  play(due.some((row) => row.severity === "alarm") ? ALARM : WARN);
}
function draw() {
  const me = alerts.about();
  if (!me) return;
  for (const button of document.querySelectorAll("[data-alert-sound]")) dom.set(button, "aria-pressed", String(on()));
  dom.write("alerts-sound", on() ? me.words.sound_on : me.words.sound_off);
  dom.write("alerts-note", on() && (!context || context.state !== "running") ? me.words.sound_asleep : "");
  sound();
}
const heard = { played: 0, draw };
/* For the console: how often it has sounded. */
window.hotlineAlertSound = heard;

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-alert-sound]")) {
    localStorage.setItem(KEY, on() ? "off" : "on");
    wake();
    if (on()) context.resume().then(() => { play(WARN); draw(); }, draw);
    draw();
  }
});
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, wake, { capture: true });
alerts.subscribe(draw);
