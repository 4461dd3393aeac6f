/* Queues and colleagues: who waits, who is free, and whom to transfer to or ask. F3 and F4 act on what is chosen here. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { phone } from "./phone.js";
import { desk } from "./desk.js";

let chosen = null, ofCall = "";

const search = () => desk.box("search").querySelector("input");

function start() {
  chosen = null;
  desk.box("search").replaceChildren(dom.make("input", null, { type: "search", class: "field", maxlength: "20", placeholder: desk.words.search, "aria-label": desk.words.search }));
  dom.set(desk.box("targets"), "aria-label", desk.words.colleagues);
}

function items() {
  const wanted = search().value.trim().toLowerCase(), matches = (...texts) => texts.some((one) => one.toLowerCase().includes(wanted));
  const queues = [...live.state().queues.values()].filter((queue) => matches(queue.name, queue.id)).map((queue) => ({
    value: `queue:${queue.id}`, name: queue.name, state: "", away: false,
    right: desk.say("queue_state", { n: queue.waiting, time: queue.longest_wait_since ? text.duration(live.seconds(queue.longest_wait_since)) : "0:00" }),
  }));
  const names = text.about().states;
  const colleagues = [...live.state().agents.values()].filter((agent) => agent.extension !== phone.me.extension && matches(agent.extension, agent.name)).map((agent) => ({
    value: agent.extension, name: `${agent.extension} ${agent.name}`, state: agent.state, away: !agent.registered,
    right: !agent.registered ? desk.words.phone_off : `${names[agent.state]}${Date.parse(agent.since) > 86400000 ? ` ${text.duration(live.seconds(agent.since))}` : ""}`,
  }));
  const number = wanted.replace(/[\s-]/g, "");
  const typed = /^[0-9*#+]{3,}$/.test(number) && !live.state().agents.has(number) ? [{ value: number, name: desk.say("number_target", { number: text.phone(number) }), state: "", away: false, right: "" }] : [];
  return [...typed, ...queues, ...colleagues];
}
function make() {
  const mark = dom.make("span", null, { class: "phone-dot" });
  return dom.make("button", [mark, dom.make("span"), dom.make("span", null, { class: "desk-right" })], { type: "button", class: "desk-target", role: "option", tabindex: "-1" });
}
function draw() {
  const list = items(), wanted = search().value.trim(), holder = desk.box("targets");
  dom.keyed(holder, list, (item) => item.value, make, (element, item) => {
    dom.set(element, "data-target", item.value);
    dom.set(element, "data-state", item.state || null);
    dom.set(element, "aria-selected", String(Boolean(chosen) && chosen.value === item.value));
    dom.set(element, "disabled", item.away ? "" : null);
    const [, name, right] = element.children;
    if (name.textContent !== item.name) name.textContent = item.name;
    if (right.textContent !== item.right) right.textContent = item.right;
  });
  // An extension typed in full is meant; one whose phone is off says so.
  const meant = list.find((item) => item.value === wanted);
  const off = !chosen && meant && meant.away ? desk.say("target_off", { who: meant.name }) : "";
  const said = chosen ? desk.say("chosen", { who: chosen.name }) : off || (list.length ? "" : desk.words.nobody);
  dom.write("desk-target", said, desk.root);
}
function choose(value) {
  chosen = items().find((item) => item.value === value && !item.away) || null;
  phone.complain("target", "");
  draw();
}
/* Up and down from the search box, past those whose phone is off. */
function step(by) {
  const list = items().filter((item) => !item.away);
  if (!list.length) return;
  const at = list.findIndex((item) => chosen && item.value === chosen.value);
  choose(list[Math.min(Math.max(at + by, 0), list.length - 1)].value);
  const element = desk.box("targets").querySelector('[aria-selected="true"]');
  if (element) element.scrollIntoView({ block: "nearest" });
}

function render({ call, mode }) {
  const id = call ? call.id : "";
  if (id !== ofCall) { ofCall = id; chosen = null; search().value = ""; }
  if (!["talking", "hold", "idle", "ringing"].includes(mode)) chosen = null;
  draw();
}

desk.target = () => (chosen ? chosen.value : "");
desk.needTarget = () => {
  const meant = items().find((item) => item.value === search().value.trim() && item.away);
  phone.complain("target", meant ? desk.say("target_off", { who: meant.name }) : desk.words.choose_target);
  search().focus();
};
document.addEventListener("input", (event) => { if (desk.here() && event.target === search()) { chosen = items().find((item) => item.value === search().value.trim() && !item.away && item.state) || null; phone.complain("target", ""); draw(); } });
document.addEventListener("click", (event) => {
  const hit = desk.here() && event.target.closest("[data-target]");
  if (hit && desk.root.contains(hit)) choose(hit.dataset.target);
});
document.addEventListener("keydown", (event) => {
  if (!desk.here() || !(event.target === search() || event.target === desk.box("targets"))) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) { event.preventDefault(); step(by); }
  if (event.key === "Enter") { event.preventDefault(); if (!chosen) step(1); }
});
desk.parts.push({ start, render });
