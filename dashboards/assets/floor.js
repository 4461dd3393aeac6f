/* The live floor: what its parts share, the strip of figures on top, and what of it is live.
   Other files of the floor add their parts to it. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";

const CHOSEN = "floor-chosen";
const EVERY_MS = 5000, OLD_AFTER_MS = 20000;
const STATES = ["ready", "ringing", "talking", "hold", "wrap_up", "break", "offline", "trouble"];
const HERE = new Set(["ready", "ringing", "talking", "hold", "wrap_up", "break"]);
let figures = null, asked = 0, answered = 0;

export const floor = {
  root: null, me: null, words: null, parts: [],
  /* What is chosen: a seat by its extension, or a waiting call by its id. */
  seat: "", call: "",
  only: "",
  box: (name) => floor.root.querySelector(`[data-box="${name}"]`),
  field: (name) => floor.root.querySelector(`[data-${name}]`),
  say: (pattern, values) => text.fill(floor.words[pattern], values || {}),
  complain(said) {
    blamed = said ? standing() : "";
    dom.write("floor-error", said, floor.root);
  },
  put(element, content) { if (element.textContent !== content) element.textContent = content; },
  agents: () => [...live.state().agents.values()],
  calls: () => [...live.state().calls.values()],
  who: (agent) => (agent ? `${agent.extension} ${agent.name}` : ""),
  person: (user) => floor.me.names[user] || user,
  figures: () => figures,
  async attempt(work) {
    floor.complain("");
    try { await work(); return true; } catch (problem) {
      floor.complain(floor.problem(problem));
      return false;
    }
  },
  problem(problem) {
    const remedy = (problem.data && problem.data.remedy) || "";
    return problem.message.includes(remedy) ? problem.message : `${problem.message} ${remedy}`;
  },
  choose(seat, call) {
    floor.seat = seat;
    floor.call = call;
    sessionStorage.setItem(CHOSEN, JSON.stringify({ seat, call, page: location.search }));
    floor.complain("");
    render();
  },
  /* The call that is chosen, also through its seat. */
  chosen() {
    const state = live.state(), agent = floor.seat ? state.agents.get(floor.seat) : null;
    const id = floor.call || (agent && agent.call_id);
    return { agent: agent || null, call: (id && state.calls.get(id)) || null };
  },
  /* How much too long an agent has been in the state: "", warn or bad. */
  level: (agent) => floor.over(agent).level,
  /* Which limit it is; a talk goes on while it is held, and a hold has its own. */
  over(agent) {
    const limits = floor.me.limits, ways = [[limits[agent.state], agent.state === "talking" ? floor.since(agent) : agent.since]];
    if (agent.state === "hold") ways.push([limits.talking, floor.since(agent)]);
    const found = ways.filter(([limit]) => limit).map(([limit, since]) => ({ limit, level: past(live.seconds(since), limit) }));
    return found.find((one) => one.level === "bad") || found.find((one) => one.level) || { limit: null, level: "" };
  },
  /* A call counts from its answer, through holds and three-way calls. */
  since: (agent) => agent.talking_since || agent.since,
  /* Why an agent is in the state, in the office's words or the agent's own. */
  why: (agent) => text.reason(agent.reason, floor.words),
  waits: (call) => call.queue && !call.answered_at && ["queued", "ringing"].includes(call.state) && call.position,
  /* Whoever gave the order sees at once what became of it. */
  ask,
  render,
};
/* What was refused is told as long as what it was refused for stands. */
let blamed = "";
function standing() {
  const { agent, call } = floor.chosen();
  return [agent && agent.registered, agent && agent.state, call && call.id, call && call.state, live.freshness()].join(" ");
}

/* Beyond the limit, on whichever side of it is worse. */
function past(value, limit) {
  const sign = limit.lower_is_better ? 1 : -1;
  if ((value - limit.bad) * sign > 0) return "bad";
  return (value - limit.warn) * sign > 0 ? "warn" : "";
}

function render() {
  const root = document.querySelector('[data-page="floor"]');
  if (!root) { floor.root = null; return; }
  if (root !== floor.root) start(root);
  freshness();
  if (blamed && blamed !== standing()) floor.complain("");
  strip();
  for (const part of floor.parts) part();
  if (Date.now() - asked > EVERY_MS) ask();
}
function start(root) {
  floor.root = root;
  floor.me = JSON.parse(document.getElementById("floor-about").dataset.floor);
  floor.words = floor.me.words;
  // The wall leads here with a state or a queue.
  const wanted = new URLSearchParams(location.search), state = wanted.get("state"), queue = wanted.get("queue");
  floor.only = STATES.includes(state) ? state : "";
  if (floor.me.queues[queue]) floor.field("queue").value = queue;
  // An alert leads here with its seat chosen; what was chosen since is chosen still after a reload.
  const before = JSON.parse(sessionStorage.getItem(CHOSEN) || "{}"), same = before.page === location.search;
  floor.seat = same ? before.seat : wanted.get("seat") || "";
  floor.call = same ? before.call : "";
  asked = 0;
}

/* Nothing that is not live looks live, and nothing can be done to it. */
function freshness() {
  const fresh = live.freshness(), last = live.lastFigures(), off = fresh !== "live";
  dom.set(floor.root, "data-fresh", fresh);
  let said = "";
  if (off && !last) said = floor.words.connecting;
  else if (off) {
    said = floor.say(fresh, { time: text.clock(last, true), age: text.duration((live.now() - last.getTime()) / 1000) });
  }
  dom.write("floor-stale", said, floor.root);
  for (const group of floor.root.querySelectorAll("[data-acts]")) {
    if (group.disabled !== off) group.disabled = off;
    dom.set(group, "title", off ? floor.words.not_live : null);
  }
  for (const send of floor.root.querySelectorAll("dialog .primary")) {
    // One that waits for its answer stays as it is.
    if (off !== Boolean(send.dataset.off)) send.disabled = off;
    send.dataset.off = off ? "1" : "";
  }
}

function mark(name, value) { dom.set(floor.box(name), "data-level", value || null); }
function hover(name, said) { dom.set(floor.box(name), "title", said || null); }

function strip() {
  const calls = floor.calls(), agents = floor.agents();
  dom.write("calls", String(calls.length), floor.root);
  dom.write("waiting", String(calls.filter(floor.waits).length), floor.root);
  dom.write("menu", String(calls.filter((call) => call.state === "ivr" || call.state === "ending").length), floor.root);
  longest();
  for (const name of STATES) {
    dom.write(`count-${name}`, String(agents.filter((agent) => agent.state === name).length), floor.root);
  }
  for (const button of floor.root.querySelectorAll("[data-only]")) {
    dom.set(button, "aria-pressed", String(floor.only === button.dataset.only));
  }
  share("service", figures && figures.day, "service_level", floor.me.limits.service);
  share("lately", figures && figures.lately, "service_level", floor.me.limits.service);
  quarter();
  share("abandon", figures && figures.day, "abandon_rate", floor.me.limits.abandon);
  dom.write("aht", figures ? text.duration(figures.aht) : text.none, floor.root);
  hover("aht", figures && floor.say("expr_aht", { n: figures.handled }));
  shift(agents);
}
function longest() {
  const waiting = [...live.state().queues.values()].filter((queue) => queue.longest_wait_since);
  const first = waiting.sort((a, b) => (a.longest_wait_since < b.longest_wait_since ? -1 : 1))[0];
  const seconds = first ? live.seconds(first.longest_wait_since) : 0;
  dom.write("longest", text.duration(seconds), floor.root);
  mark("longest", first && (seconds >= first.alarm_wait_s ? "bad" : seconds >= first.warn_wait_s ? "warn" : ""));
}
/* Leads to the very calls that were counted. */
function quarter() {
  const { from, to } = (figures && figures.lately) || {};
  if (!from) return;
  const period = new URLSearchParams({ from: text.second(new Date(from)), to: text.second(new Date(to)), visit: "ended" });
  dom.set(floor.box("lately"), "href", `/calls?${period}`);
}
function share(name, counts, key, limit) {
  const value = counts ? counts[key] : null, known = value !== null && value !== undefined;
  dom.write(name, text.percent(value), floor.root);
  mark(name, known ? past(value, limit) : "");
  if (!counts) return;
  const goal = floor.say(limit.lower_is_better ? "most" : "goal", { share: Math.round(limit.warn * 1000) / 10 });
  const expression = key === "service_level"
    ? { a: counts.answered_in_t, b: counts.answered, c: counts.abandoned, d: counts.short_abandons }
    : { a: counts.abandoned, b: counts.short_abandons, c: counts.offered };
  const said = floor.say(key === "service_level" ? "expr_service" : "expr_abandon", expression);
  const away = key === "abandon_rate" && counts.closed !== undefined ? `; ${floor.say("turned_away", counts)}` : "";
  hover(name, `${said}; ${goal}${limit.example ? ` (${floor.words.example})` : ""}${away}`);
}

/* Who is planned now by the roster, and who of them is here. */
function shift(agents) {
  const now = figures && figures.shift;
  if (!now) {
    dom.write("shift-name", figures ? floor.words.no_shift : "", floor.root);
    dom.write("shift", figures ? String(agents.filter((one) => HERE.has(one.state)).length) : "", floor.root);
    mark("shift", "");
    hover("shift", "");
    return;
  }
  const planned = new Set(now.planned), here = agents.filter((agent) => HERE.has(agent.state));
  const present = here.filter((agent) => planned.has(agent.extension));
  const missing = agents.filter((agent) => planned.has(agent.extension) && !HERE.has(agent.state));
  const extra = here.filter((agent) => !planned.has(agent.extension));
  const names = (people) => people.map(floor.who).join(", ") || floor.words.nobody;
  const more = now.others ? ` ${floor.say("more_shifts", { n: now.others })}` : "";
  dom.write("shift-name", `${(document.documentElement.lang === "en" && now.name_en) || now.name} ${now.start}–${now.end}${more}`, floor.root);
  dom.write("shift", `${present.length} / ${planned.size}`, floor.root);
  mark("shift", missing.length ? "warn" : "");
  const about = { planned: planned.size, present: present.length, missing: names(missing), extra: names(extra) };
  hover("shift", floor.say("shift_hover", about));
}

async function ask() {
  asked = Date.now();
  try {
    figures = await live.ask("GET", "/api/v1/floor");
    answered = Date.now();
  } catch (_) {
    // With a lost connection the last ones stay and look it; beside live seats old ones must not.
    if (live.freshness() === "live" && Date.now() - answered > OLD_AFTER_MS) figures = null;
  }
  if (floor.root) render();
}
live.on("limits", (message) => {
  if (!floor.root) return;
  floor.me.limits = message.limits;
  render();
});
/* What was done in a dialog may be one of the figures. */
document.addEventListener("hotline:form", () => { if (floor.root) ask(); });
live.subscribe(render);
