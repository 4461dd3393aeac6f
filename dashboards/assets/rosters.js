/* Rosters: state, loading, and the views that are drawn here. Other files of the rosters add them. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { address } from "./address.js";

const make = dom.make;
const DAYS = 14,
  ROSTER = "/api/v1/rosters";
let drawn = "",
  loading = 0;

export const rosters = {
  root: null,
  me: null,
  words: null,
  views: {},
  data: null,
  days: DAYS,
  path: ROSTER,
  box: (name) => rosters.root.querySelector(`[data-box="${name}"]`),
  say: (key, values) => text.fill(rosters.words[key] || key, values || {}),
  /* What stands in the URL besides view and period, which the server has read. */
  url: () => Object.fromEntries(new URLSearchParams(location.search)),
  view: () => rosters.me.view,
  group: () => rosters.url().group || "",
  first: () => rosters.me.first,
  go(changes) {
    rosters.error("");
    rosters.tell("");
    address.go(changes);
  },
  error(said) {
    dom.write("act-error", said, rosters.root);
  },
  tell(said) {
    told = { said, at: Date.now() };
    dom.write("rosters-said", said, rosters.root);
  },
  why(problem) {
    const remedy = problem.data && problem.data.remedy ? problem.data.remedy : "";
    return problem.message.includes(remedy) ? problem.message : `${problem.message} ${remedy}`;
  },
  /* Work that may be refused: its words stand in the page, true when it was done. */
  async attempt(work) {
    rosters.error("");
    try {
      await work();
      return true;
    } catch (problem) {
      rosters.error(rosters.why(problem));
      return false;
    }
  },
  load: () => load(),
  redraw: () => {
    drawn = "";
    draw();
  },

  // --- days and numbers ------------------------------------------------------------------------------------
  today: () => text.day(new Date(live.now())),
  plus(day, days) {
    const at = new Date(`${day}T12:00:00Z`);
    at.setUTCDate(at.getUTCDate() + days);
    return at.toISOString().slice(0, 10);
  },
  weekday: (day) => (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7,
  monday: (day) => rosters.plus(day, -rosters.weekday(day)),
  list: (first, days) => Array.from({ length: days }, (_, n) => rosters.plus(first, n)),
  short: (day) => day.slice(5),
  name: (day) => rosters.me.weekdays[rosters.weekday(day)],
  number: (value, digits) =>
    value === null || value === undefined
      ? text.none
      : Number(value).toLocaleString("en-US", { maximumFractionDigits: digits === undefined ? 1 : digits }),
  percent: (value) => (value === null || value === undefined ? text.none : `${(value * 100).toFixed(1)}%`),
  hours: (seconds) => rosters.number(seconds / 3600),
  /* Kind of a day: its own name, or holiday, or make-up workday. */
  kind(day) {
    if (rosters.data && rosters.data.workdays.includes(day)) return rosters.words.makeup;
    return rosters.data && rosters.data.holidays.includes(day) ? rosters.words.holiday : "";
  },
  agentName: (extension) => {
    const one = rosters.data.agents.find((agent) => agent.extension === extension);
    return one ? one.name : extension;
  },
  times: (shift) => `${shift.start}–${shift.next_day && shift.end !== "24:00" ? rosters.words.next_day : ""}${shift.end}`,
  /* In a narrow cell an end before the begin says itself that it is on the next day. */
  called: (one) => (document.documentElement.lang === "en" && one.name_en) || one.name,
  brief: (shift) => `${shift.start}–${shift.end}`,
  calls: (query) => `/calls?${new URLSearchParams(query)}`,

  // --- drawing ---------------------------------------------------------------------------------------------
  button: (caption, attributes, kind) => make("button", caption, { type: "button", class: kind || "bar-button", ...attributes }),
  head: (cells) => make("thead", [make("tr", cells)]),
  /* The same thing holds the focus afterwards. */
  replace(box, children) {
    const held = document.activeElement && box.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    box.replaceChildren(...children.filter(Boolean));
    if (held) box.querySelector(`[data-key="${held}"]`)?.focus();
  },
};

/* What was said a moment ago is said on the page that it led to, too. */
const LED_TO_MS = 10000;
let told = { said: "", at: 0 };
/* Told once and nowhere kept: it stands until the page is left, whatever is drawn anew around it. */
let link = "";
/* The frame is the server's: a new one, or one for another address, is filled anew. */
let frame = "";
function render() {
  const about = document.getElementById("rosters-about"),
    root = /** @type {HTMLElement | null} */ (document.querySelector('[data-page="rosters"]'));
  if (!root || !about) {
    rosters.root = null;
    link = "";
    return;
  }
  clocks(root);
  dom.write("calendar-link", link, root);
  const here = about.dataset.rosters || "";
  if (root !== rosters.root || here !== frame) {
    rosters.root = root;
    frame = here;
    rosters.me = JSON.parse(here);
    rosters.words = rosters.me.words;
    rosters.data = null;
    if (Date.now() - told.at < LED_TO_MS) dom.write("rosters-said", told.said, root);
    load();
  } else if (rosters.box("view") !== box) draw();
}
/* How long somebody has been somewhere else goes on between two answers. */
function clocks(root) {
  for (const one of root.querySelectorAll("[data-since]")) {
    const said = one.dataset.since ? text.duration(Math.max(0, (live.now() - Date.parse(one.dataset.since)) / 1000)) : text.none;
    if (one.textContent !== said) one.textContent = said;
  }
}
async function load() {
  const mine = (loading += 1);
  try {
    const data = await live.ask("GET", `${ROSTER}?from=${rosters.first()}&days=${DAYS}`);
    if (mine !== loading || !rosters.root) return;
    rosters.data = data;
    drawn = "";
    draw();
  } catch (problem) {
    if (rosters.root) rosters.error(rosters.why(problem));
  }
}
let box = null;
function draw() {
  if (!rosters.data || !rosters.root) return;
  const view = rosters.views[rosters.view()],
    place = rosters.box("view"),
    key = `${rosters.view()} ${location.search} ${rosters.data.version}`;
  const waiting = rosters.data.asked_leave.length + rosters.data.swaps.filter((swap) => swap.state === "accepted").length;
  dom.write("count-tasks", waiting ? String(waiting) : "", rosters.root);
  if (!view || !place || (drawn === key && box === place)) return;
  drawn = key;
  box = place;
  const tools = rosters.box("tools");
  if (tools) tools.replaceChildren(...(view.tools ? view.tools() : []).filter(Boolean));
  view.draw(place);
}

function again() {
  if (!rosters.root) return;
  load();
  window.dash_clientside.set_props("rosters-seen", { data: Date.now() });
}
live.on("roster", again);
live.on("roster_proposal", again);
/* Something was sent: its words, and what only a script can show. */
document.addEventListener("hotline:form", (/** @type {any} */ event) => {
  if (!rosters.root) return;
  const { name, said, answer } = event.detail;
  if (name === "calendar-link") link = location.origin + answer.path;
  else if (name === "calendar-end") link = "";
  else again();
  dom.write("calendar-link", link, rosters.root);
  rosters.tell(name === "leave" ? beside(answer) : text.fill(said, answer || {}));
});
/* Which shifts go on beside a leave of hours. */
function beside(leave) {
  const kept = (leave.shifts || []).filter((shift) => shift.stays).map((shift) => `${rosters.short(shift.day)} ${rosters.called(shift)} ${rosters.times(shift)}`);
  const { first_day: from, last_day: to, start, end } = leave;
  const span = from === to ? `${from} ${start}–${end}` : `${from} ${start} – ${to} ${end}`;
  return kept.length ? rosters.say("leave_beside", { shifts: kept.join(rosters.words.and), leave: span }) : "";
}
/* What was said belongs to what was looked at. */
document.addEventListener("click", (event) => {
  if (rosters.root && event.target.closest("a")) {
    rosters.tell("");
    rosters.error("");
  }
});
live.subscribe(render);
