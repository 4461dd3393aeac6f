/* The wall: live figures from the live connection, the day's from /api/v1/wall. Figures change in place. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { chart } from "./wall_chart.js";
import { panes } from "./wall_panes.js";

const EVERY_MS = 5000, OLD_AFTER_S = 20, LATE_S = 10, SHIFT_EVERY_MS = 240000, NAMES = 12, ENOUGH = 20;
const STATES = ["ready", "ringing", "talking", "hold", "wrap_up", "break", "offline", "trouble"];
let root = null, told = null, words = null, day = null, asked = 0, goodAt = 0;

/* More characters than these of a main figure are written smaller. */
const SHORT = { calls: 2, waiting: 2, longest: 5 };
function put(key, content) {
  dom.write(key, content, root);
  if (key in SHORT) dom.set(root.querySelector(`[data-hero="${key}"]`), "data-long", content.length > SHORT[key] ? "1" : null);
}
const hover = (key, content) => dom.set(root.querySelector(`[data-hover="${key}"]`), "title", content);
const say = (pattern, values) => text.fill(words[pattern], values);

function start(element) {
  root = element;
  told = JSON.parse(element.dataset.wall);
  words = told.words;
  asked = 0;
}

/* Amber or red always with its reason, where the target stands otherwise. */
function level(key, value, reason) {
  const panel = root.querySelector(`[data-hero="${key}"]`), target = panel.querySelector(".wall-target");
  dom.set(panel, "data-level", value || null);
  put(`${key}-target`, reason || target.dataset.usual);
}

function render() {
  const element = document.querySelector('[data-page="wall"]');
  if (!element) { root = null; return; }
  if (element !== root) start(element);
  const state = live.state(), fresh = live.freshness(), now = live.now();
  const calls = [...state.calls.values()], queues = [...state.queues.values()], agents = [...state.agents.values()];
  dom.set(root, "data-fresh", fresh);
  // A picture that never moves burns itself into the screen.
  const step = Math.floor(now / SHIFT_EVERY_MS) % 4;
  root.style.setProperty("--shift", `${[0, 3, 0, -3][step]}px ${[0, 0, 3, 0][step]}px`);
  banner(state, fresh);
  head(fresh, now);
  inHand(calls, queues);
  longest(queues);
  seats(agents);
  rows(queues);
  figures(now);
  if (Date.now() - asked > EVERY_MS) ask();
}

/* As old as the last answer of a feed that kept up. */
const dayAge = (now) => Math.max(0, (now - goodAt) / 1000);
const dayIsOld = (now) => Boolean(day) && dayAge(now) > OLD_AFTER_S;

function head(fresh, now) {
  put("date", text.date(new Date(now)));
  if (fresh === "live" && day && !dayIsOld(now)) put("freshness", say("live_age", { n: Math.round(dayAge(now)) }));
  put("site", day ? day.site : "");
  put("demo", day && day.demo ? words.demo : "");
}

function banner(state, fresh) {
  const last = live.lastFigures(), time = text.clock(last, true), health = state.health || {};
  let said = "";
  if (fresh === "lost" && last) said = say("lost", { time });
  else if (fresh === "stale" && last) said = say("core_away", { time });
  else if (health.stopping_at) said = say("stopping", { time: text.clock(new Date(health.stopping_at), true) });
  else if (health.recording === "disk_full") said = words.disk_full;
  else if (health.recording === "failed") said = words.recording_failed;
  else if (health.media === "down") said = words.media_down;
  else if (health.database === "spilling") said = words.spilling;
  else if (day && day.feed && day.feed.state === "filling") said = words.filling;
  else if (dayIsOld(live.now())) said = say("today_old", { time: text.clock(new Date(live.now() - dayAge(live.now()) * 1000), true) });
  put("banner", said);
}

function inHand(calls, queues) {
  const isWaiting = (call) => call.position !== null && call.position !== undefined;
  const number = (state) => calls.filter((call) => call.state === state && !isWaiting(call)).length;
  const waiting = calls.filter(isWaiting);
  const parts = { talking: number("talking"), ringing: number("ringing"), queued: waiting.length, held: number("held"), ivr: number("ivr") + number("ending"), sum: calls.length };
  put("calls", text.count(calls.length));
  const some = Object.keys(words.parts).filter((name) => parts[name]).map((name) => text.fill(words.parts[name], { n: parts[name] }));
  put("calls-note", some.join(" · ") || words.no_call);
  hover("calls", say("hover_calls", parts));
  put("waiting", text.count(waiting.length));
  const busy = queues.filter((queue) => queue.waiting > 0).sort((a, b) => b.waiting - a.waiting);
  put("waiting-note", busy.length ? busy.slice(0, 2).map((queue) => `${queue.name} ${queue.waiting}`).join(" · ") : words.waiting_none);
  hover("waiting", say("hover_waiting", { parts: busy.map((queue) => `${queue.name} ${queue.waiting}`).join(" + ") || "0", sum: waiting.length }));
  const alone = busy.find((queue) => queue.staffed === 0);
  level("waiting", alone ? "bad" : "", alone ? words.unstaffed : "");
}

const waitLevel = (queue, seconds) => (seconds >= queue.alarm_wait_s ? "bad" : seconds >= queue.warn_wait_s ? "warn" : "");
const waited = (queue) => (queue.longest_wait_since ? live.seconds(queue.longest_wait_since) : 0);

function longest(queues) {
  const queue = queues.filter((one) => one.longest_wait_since).sort((a, b) => (a.longest_wait_since < b.longest_wait_since ? -1 : 1))[0];
  if (!queue) { put("longest", "0:00"); put("longest-note", words.waiting_none); level("longest", ""); hover("longest", words.waiting_none); return; }
  const seconds = waited(queue), how = waitLevel(queue, seconds);
  put("longest", text.duration(seconds));
  put("longest-note", say("limits", { queue: queue.name, warn: text.duration(queue.warn_wait_s), alarm: text.duration(queue.alarm_wait_s) }));
  const limit = text.duration(how === "bad" ? queue.alarm_wait_s : queue.warn_wait_s);
  level("longest", how, how ? say("over_warn", { limit }) : "");
  hover("longest", say("hover_longest", { time: text.clock(new Date(queue.longest_wait_since), true), queue: queue.name }));
}

function seats(agents) {
  const names = text.about().states, strip = root.querySelector(".wall-seats");
  put("seats", text.count(agents.length));
  dom.set(strip, "data-size", agents.length > 120 ? "many" : agents.length > 60 ? "more" : "few");
  for (const name of STATES) {
    const those = agents.filter((agent) => agent.state === name), box = root.querySelector(`[data-blocks="${name}"]`);
    put(`seats-${name}`, text.count(those.length));
    dom.set(box.parentElement, "data-count", those.length ? "some" : "none");
    dom.list(box, those, () => document.createElement("i"), () => {});
    const who = those.slice(0, NAMES).map((agent) => agent.name).join(", ") + (those.length > NAMES ? " …" : "");
    hover(`seats-${name}`, say("hover_seats", { state: names[name], n: those.length, sum: agents.length, who: who || text.none }));
  }
}

/* One row a queue; when they do not all fit, those in need come first and the last line says how many are left. */
function rows(queues) {
  const box = root.querySelector('[data-rows="queues"]'), parts = day && day.today ? day.today.queues : {};
  const head = root.querySelector(".wall-row-head"), line = box.firstElementChild ? box.firstElementChild.offsetHeight : head.offsetHeight * 1.6;
  const room = Math.max(1, Math.floor((box.clientHeight + 2) / Math.max(line, 1)));
  let shown = queues, left = 0;
  if (queues.length > room) {
    const need = (queue) => queue.waiting * 1000 + waited(queue);
    shown = [...queues].sort((a, b) => need(b) - need(a)).slice(0, room - 1);
    left = queues.length - shown.length;
  }
  dom.list(box, left ? [...shown, null] : shown, row, (element, queue) => {
    element.classList.toggle("more", !queue);
    if (!queue) { cells(element, [[say("more_queues", { n: left })], [""], [""], [""], [""], [""]]); return; }
    const part = parts[queue.id], share = part ? part.service_level : null, target = told.targets.service.warn;
    const low = share !== null && share < target, wait = waited(queue), how = queue.waiting ? waitLevel(queue, wait) : "";
    const to = (parameters) => `/calls?${new URLSearchParams({ ...parameters, queue: queue.id })}`;
    const shareHover = part && share !== null ? say("hover_queue_service", { queue: queue.name, in_time: part.answered_in_t, answered: part.answered, abandoned: part.abandoned, short: part.short_abandons, share: text.percent(share), limit: queue.service_level_s }) : "";
    cells(element, [
      [queue.name, "", to({ day: "today" })],
      [text.count(queue.waiting), "", to({ state: "waiting" })],
      [queue.waiting ? text.duration(wait) : text.none, how, to({ state: "waiting" })],
      [`${queue.ready} / ${queue.staffed}`, queue.waiting && !queue.staffed ? "bad" : "", `/floor?${new URLSearchParams({ queue: queue.id })}`, say("hover_staffed", { queue: queue.name, ready: queue.ready, staffed: queue.staffed })],
      [share === null ? text.none : `${text.percent(share)}%`, low ? (share < told.targets.service.bad ? "bad" : "warn") : "", to({ day: "today", visit: "counted" }), shareHover],
      [low ? words.low : "", share < told.targets.service.bad ? "bad" : "warn"],
    ]);
  });
}
function row() {
  return dom.make("div", Array.from({ length: 6 }, () => document.createElement(told.opens ? "a" : "span")), { class: "wall-row" });
}
function cells(element, values) {
  values.forEach(([content, how, href, title], n) => {
    const cell = element.children[n];
    if (cell.textContent !== content) cell.textContent = content;
    dom.set(cell, "data-level", how || null);
    if (told.opens) dom.set(cell, "href", href || null);
    dom.set(cell, "title", title || null);
  });
}

/* The day's figures; while there are none every one of them is a dash. */
function figures(now) {
  const today = day ? day.today : null, old = dayIsOld(now);
  dom.set(root, "data-aged", old ? "1" : "0");
  const limits = [...new Set([...live.state().queues.values()].map((queue) => queue.service_level_s))];
  put("service-period", limits.length === 1 ? say("within", { n: limits[0] }) : words.within_own);
  put("abandon-period", words.today);
  if (!today) return;
  const total = today.total;
  ratio("service", total.service_level, `${text.count(total.answered_in_t)} ÷ (${text.count(total.answered)} + ${text.count(total.abandoned)} − ${text.count(total.short_abandons)})`, total);
  ratio("abandon", total.abandon_rate, `(${text.count(total.abandoned)} − ${text.count(total.short_abandons)}) ÷ (${text.count(total.offered)} − ${text.count(total.short_abandons)})`, total);
  for (const key of ["offered", "answered", "abandoned", "redirected"]) {
    put(`today-${key}`, text.count(total[key]));
    hover(`today-${key}`, say(`hover_${key}`, { ...total, n: total[key] }));
  }
  put("unit-redirected", total.closed || total.overflow ? say("turned_away", total) : words.calls);
  put("today-ivr_only", text.count(today.outcomes.ivr_only || 0));
  hover("today-ivr_only", say("hover_ivr_only", { n: today.outcomes.ivr_only || 0 }));
  put("today-asa", text.duration(total.asa));
  hover("today-asa", say("hover_asa", { seconds: Math.round(total.wait_answered_seconds), answered: total.answered, mean: text.duration(total.asa) }));
  put("today-note", say("as_of", { time: text.clock(new Date(now - dayAge(now) * 1000), true) }));
  const weekday = say("last_weekday", { weekday: text.weekday(new Date(now)) });
  put("last-weekday", weekday);
  lastHour(today, weekday, Date.parse(today.minute));
  const sum = today.arrivals.reduce((a, b) => a + b, 0);
  put("arrivals-note", say("so_far", { n: text.count(sum), weekday, then: text.count(today.so_far_week_ago) }));
  hover("arrivals", say("chart", { n: sum, weekday, then: today.so_far_week_ago }));
  const box = root.querySelector('[data-chart="arrivals"]');
  dom.set(box, "aria-label", say("chart", { n: sum, weekday, then: today.so_far_week_ago }));
  chart(box, day, words, told.opens);
}
const percent = (share) => `${Math.round(share * 1000) / 10}%`;
/* The office has set other targets: they count at once. */
live.on("limits", (message) => {
  if (!root) return;
  for (const [key, word] of [["service", words.goal], ["abandon", words.most]]) {
    told.targets[key] = message.limits[key];
    const shown = root.querySelector(`[data-hero="${key}"] .wall-target`);
    dom.set(shown, "data-usual", text.fill(word, { share: percent(message.limits[key].warn) }));
  }
  render();
});
function ratio(key, share, expression, total) {
  const target = told.targets[key], sign = target.lower_is_better ? -1 : 1;
  put(key, text.percent(share));
  put(`${key}-note`, share === null ? words.none_offered : expression);
  if (share === null) { level(key, ""); hover(key, null); return; }
  const misses = (limit) => (share - limit) * sign < 0;
  const how = misses(target.bad) ? "bad" : misses(target.warn) ? "warn" : "good";
  const limit = percent(how === "bad" ? target.bad : target.warn);
  level(key, how, how === "good" ? "" : say(sign > 0 ? "below" : "above", { share: limit }));
  hover(key, say(`hover_${key}`, { in_time: total.answered_in_t, answered: total.answered, abandoned: total.abandoned, short: total.short_abandons, offered: total.offered, share: text.percent(share), target: percent(target.warn), example: target.example ? words.example : "" }));
}
function lastHour(today, weekday, at) {
  const from = new Date(at - 3600000), to = new Date(at), now = today.last_hour, then = today.last_hour_week_ago;
  put("hour", text.count(now));
  put("hour-then", say("then", { weekday, n: text.count(then) }));
  const change = now - then, by = then >= ENOUGH ? `${Math.abs(Math.round((change / then) * 100))}%` : String(Math.abs(change));
  put("hour-change", change ? `${change > 0 ? "↑ +" : "↓ −"}${by}` : "");
  hover("hour", say("hover_hour", { from: text.clock(from), to: text.clock(to), n: now, weekday, then }));
  const box = root.querySelector("[data-hour]");
  if (told.opens) dom.set(box, "href", `/calls?${new URLSearchParams({ from: text.minute(from), to: text.minute(to), direction: "inbound" })}`);
}

async function ask() {
  asked = Date.now();
  try {
    const answer = await live.ask("GET", "/api/v1/wall");
    // A wall runs for weeks: after an update it takes the new page by itself.
    if (answer.version !== text.about().version) { location.reload(); return; }
    if (!goodAt || (answer.feed && answer.feed.state === "up" && answer.feed.lag_s < LATE_S)) goodAt = Date.parse(answer.at);
    day = answer;
    render();
    panes(root, answer);
  } catch (_) { /* the age says it */ }
}
live.subscribe(render);
/* Everything that was drawn for the old size is drawn again, once the window is left at the new one. */
let settling = 0;
window.addEventListener("resize", () => {
  clearTimeout(settling);
  settling = setTimeout(() => {
    if (!root || !root.isConnected || !day) return;
    render();
    panes(root, day);
  }, 100);
});
