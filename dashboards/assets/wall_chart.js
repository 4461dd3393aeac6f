/* Arrivals of the day: bars from zero, the same weekday last week as a step line, the running quarter as an outline. */
import { text } from "./text.js";
import { dom } from "./dom.js";

const QUARTER_MS = 900000, LABEL = 17;
const CEILINGS = [4, 8, 12, 16, 20, 30, 40, 50, 60, 80, 100, 120, 160, 200, 300, 400, 600, 800, 1000, 2000, 4000, 8000];

/* "2026-10-25 02:15+02:00" as 2:15, with its offset where the hour comes twice; the day's end as 24:00. */
const clock = (today, n) => (n === today.arrivals.length ? "24:00" : today.quarters[n].split(" ")[1].replace(/^0/, ""));

export function chart(box, today, words, { now, weekday, opens }) {
  const width = box.clientWidth, height = box.clientHeight, running = Math.floor((now - Date.parse(today.first_quarter)) / QUARTER_MS), count = today.arrivals.length;
  const key = JSON.stringify([today.arrivals, today.arrivals_week_ago, today.day, width, height, running, weekday]);
  if (box.dataset.drawn === key) return;
  box.dataset.drawn = key;
  box.replaceChildren();
  const most = Math.max(...today.arrivals, ...today.arrivals_week_ago);
  if (!most) { box.textContent = words.no_calls; return; }
  const unit = Math.min(window.innerHeight / 1080, window.innerWidth / 1920), left = 62 * unit, bottom = 36 * unit, top = 34 * unit;
  const ceiling = CEILINGS.find((n) => n >= most) || most;
  const x = (n) => left + ((width - left) * n) / count, y = (v) => top + (height - top - bottom) * (1 - v / ceiling);
  const sum = today.arrivals.reduce((a, b) => a + b, 0);
  const svg = dom.svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": text.fill(words.chart, { n: sum, weekday, then: today.so_far_week_ago }) }, box);
  axes(svg, { x, y, left, width, height, unit, ceiling, today });
  const bars = dom.svg("g", {}, svg);
  for (let n = 0; n < count; n += 1) bar(bars, n, { x, y, width, left, running, today, words, weekday, opens });
  const path = today.arrivals_week_ago.map((value, n) => `${n ? "L" : "M"}${x(n)} ${y(value)}L${x(n + 1)} ${y(value)}`).join("");
  dom.svg("path", { d: path, class: "line-last" }, svg);
  labels(svg, { x, y, width, unit, running, today, words, weekday });
}

function axes(svg, { x, y, left, width, height, unit, ceiling, today }) {
  for (const share of [0, 0.5, 1]) {
    const line = y(ceiling * share);
    dom.svg("line", { x1: left, x2: width, y1: line, y2: line, class: "axis" }, svg);
    dom.svg("text", { x: left - 12 * unit, y: line + 7 * unit, class: "tick", "text-anchor": "end" }, svg, text.count(ceiling * share));
  }
  for (let n = 0; n <= today.arrivals.length; n += 1) {
    const said = clock(today, n), at = Math.min(Math.max(x(n), left + 18 * unit), width - 32 * unit);
    if (/^(0|4|8|12|16|20|24):00$/.test(said)) dom.svg("text", { x: at, y: height - 6 * unit, class: "tick", "text-anchor": "middle" }, svg, said);
  }
}

/* Each bar opens its quarter hour; the keyboard reaches the whole day by the chart's title. */
function bar(parent, n, { x, y, width, left, running, today, words, weekday, opens }) {
  const value = today.arrivals[n];
  if (!value && n !== running) return;
  let holder = parent;
  if (opens && value) {
    const query = new URLSearchParams({ from: today.quarters[n], to: today.quarters[n + 1], direction: "inbound" });
    holder = dom.svg("a", { href: `/calls?${query}`, tabindex: "-1" }, parent);
  }
  const step = (width - left) / today.arrivals.length;
  const shape = dom.svg("rect", { x: x(n) + 1, width: Math.max(step - 2, 1), y: y(value), height: Math.max(y(0) - y(value), 1), class: n === running ? "bar-now" : "bar-done" }, holder);
  dom.svg("title", {}, shape, text.fill(words.quarter_hover, { from: clock(today, n), to: clock(today, n + 1), n: value, weekday, then: today.arrivals_week_ago[n] }));
}

/* The latest whole quarter is named where it stands, and last week's line where it goes on alone. */
function labels(svg, { x, y, width, unit, running, today, words, weekday }) {
  const n = Math.max(running - 1, 0), value = today.arrivals[n], later = x(n) > width * 0.6;
  // Above whatever runs through the room that the words take.
  const around = today.arrivals_week_ago.slice(Math.max(later ? n - LABEL : n, 0), later ? n + 1 : n + LABEL);
  const label = { x: later ? x(n + 1) : x(n), y: y(Math.max(value, ...around)) - 10 * unit, class: "bar-label", "text-anchor": later ? "end" : "start" };
  if (value) dom.svg("text", label, svg, text.fill(words.quarter, { n: text.count(value), from: clock(today, n), to: clock(today, n + 1) }));
  const rest = today.arrivals_week_ago.map((v, place) => [v, place]).filter(([, place]) => place > running + LABEL + 5 && place < 88);
  const [high, place] = rest.reduce((best, one) => (one[0] > best[0] ? one : best), [0, 0]);
  if (high) dom.svg("text", { x: x(place), y: y(high) - 10 * unit, class: "line-label", "text-anchor": "middle" }, svg, weekday);
}
