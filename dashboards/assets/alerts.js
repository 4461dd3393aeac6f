/* Alerts in the browser: what the server told, in words; counted in the bar, spoken to screen readers.
   The panel, the sound and the page ask here. Nothing happens where no [data-alerts] stands. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";

const QUARTER_MS = 900000;
const listeners = new Set(), spoken = new Set();
let told = null, source = null, state = null, asked = 0, speaker = null;

function about() {
  const element = document.querySelector("[data-alerts]");
  if (!element) return null;
  if (element !== source) { source = element; told = JSON.parse(element.dataset.alerts); }
  return told;
}
function measured(value, unit, words = about().words) {
  if (value === null || value === undefined) return text.none;
  if (unit === "seconds") return text.duration(value);
  if (unit === "share") return `${text.percent(value)} %`;
  if (unit === "gb") return `${value.toFixed(1)} GB`;
  if (unit === "flag") return value ? words.yes : words.no;
  return text.count(value);
}
/* Limits are round numbers: 80 %, not 80.0 %. */
function limit(value, unit) {
  if (unit === "share") return `${Number((value * 100).toPrecision(10))} %`;
  return unit === "gb" ? `${value} GB` : measured(value, unit);
}
export const alerts = {
  about, measured,
  state: () => state,
  /* Open and nobody's yet. */
  waiting: () => (state ? state.open.filter((row) => !row.acknowledged_at) : []),
  subscribe(listener) { listeners.add(listener); },
  subject(row) {
    if (row.kind === "agent") return `${row.subject} ${row.subject_name}`.trim();
    const queue = row.kind === "queue" && live.state().queues.get(row.subject);
    return (queue && queue.name) || row.subject_name || row.subject;
  },
  title(row) {
    const me = about(), name = me.figures[row.figure] || row.figure;
    const said = row.name || (row.says_limit ? text.fill(me.words[row.comparison], { figure: name, limit: limit(row.threshold, row.unit) }) : name);
    const subject = alerts.subject(row);
    return subject ? text.fill(me.words.of, { subject, title: said }) : said;
  },
  /* Times go on between two messages; everything else stands until the next. */
  value(row) {
    if (row.value === null || row.unit !== "seconds" || !row.value) return row.value;
    return row.value + Math.max(0, (live.now() - Date.parse(state.at)) / 1000);
  },
  link(row) {
    const pattern = (row.cleared_at && about().past_links[row.figure]) || about().links[row.figure];
    if (row.call_id && row.kind === "agent") return `/calls/${encodeURIComponent(row.call_id)}`;
    if (!pattern) return null;
    return text.fill(pattern.replace(row.subject ? "" : "&queue={subject}", ""), { subject: encodeURIComponent(row.subject), ...period(row) });
  },
  /* The server's words when somebody was faster or the network is away. */
  acknowledge: (row, words) => live.ask("POST", `/api/v1/alerts/${row.id}/acknowledge`, { words }),
  acknowledgeOver: () => live.ask("POST", "/api/v1/alerts/acknowledge", {}),
};

/* What the figure of now counted; of an alert that is over, its own time. Whole seconds, as addresses have them. */
function period(row) {
  const quarter = row.figure === "service_level_15min" ? QUARTER_MS : 0;
  const until = row.cleared_at ? Math.ceil(Date.parse(row.cleared_at) / 1000) * 1000 : Date.parse((row.facts || {}).at || state.at);
  const since = (row.cleared_at ? Date.parse(row.raised_at) : until) - quarter;
  const write = (at) => encodeURIComponent(text.second(new Date(at)));
  return { from: write(since), to: write(until) };
}
function take(message) {
  state = message;
  speak();
  draw();
}
function speak() {
  if (!about()) return;
  if (!speaker) {
    speaker = dom.make("div", "", { class: "unseen", role: "status", "aria-live": "assertive" });
    document.body.append(speaker);
  }
  const key = (row) => `${row.id} ${row.severity}`, fresh = alerts.waiting().filter((row) => !spoken.has(key(row)));
  for (const row of fresh) spoken.add(key(row));
  if (!fresh.length) return;
  const words = about().words;
  speaker.textContent = fresh.map((row) => text.fill(words.said, { severity: words[row.severity], title: alerts.title(row) })).join("; ");
}
function draw() {
  const me = about();
  if (!me) return;
  if (!state && Date.now() - asked > 5000) {
    asked = Date.now();
    live.ask("GET", "/api/v1/alerts/now").then((found) => { if (!state) take(found); }).catch(() => {});
  }
  const waiting = alerts.waiting();
  dom.write("alerts-count", state ? String(waiting.length) : "");
  for (const element of document.querySelectorAll(".alerts-count")) {
    dom.set(element, "data-severity", waiting.some((row) => row.severity === "alarm") ? "alarm" : waiting.length ? "warn" : null);
  }
  for (const listener of listeners) listener(me);
}
live.on("alerts", take);
live.subscribe(draw);
