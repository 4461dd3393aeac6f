/* The wall: live figures from window.hotlineLive, the day's from /api/v1/wall. Figures change in place. */
(function () {
  "use strict";
  const EVERY_MS = 5000;
  const STATES = ["ready", "ringing", "talking", "hold", "wrap_up", "break", "offline", "trouble"];
  const SVG = "http://www.w3.org/2000/svg";
  let today = null, asked = 0, drawn = "";
  const live = window.hotlineLive;
  const root = () => document.querySelector('[data-page="wall"]');
  const percent = (value) => value === null || value === undefined ? "—" : (value * 100).toFixed(1);
  const count = (value) => value === null || value === undefined ? "—" : value.toLocaleString("zh-CN");

  function level(key, value) {
    const panel = document.querySelector(`[data-hero="${key}"]`);
    if (panel && panel.dataset.level !== value) panel.dataset.level = value;
  }
  function put(key, text) { live.write(key, text, root()); }

  function render() {
    const wall = root();
    if (!wall) return;
    const me = live.about(), words = me.words, state = live.state(), fresh = live.freshness();
    wall.dataset.fresh = fresh;
    banner(words, state, fresh);
    const calls = [...state.calls.values()], queues = [...state.queues.values()], agents = [...state.agents.values()];
    const inState = (names) => calls.filter((call) => names.includes(call.state)).length;
    put("calls", String(calls.length));
    put("calls-note", `${me.states.talking} ${inState(["talking"])} · ${me.states.hold} ${inState(["held"])} · IVR ${inState(["ivr"])}`);
    const waiting = calls.filter((call) => call.state === "queued" || (call.state === "ringing" && call.position));
    put("waiting", String(waiting.length));
    const busy = queues.filter((queue) => queue.waiting > 0).sort((a, b) => b.waiting - a.waiting);
    put("waiting-note", busy.length ? busy.slice(0, 3).map((queue) => `${queue.name} ${queue.waiting}`).join(" · ") : words.waiting_none);
    longest(queues);
    put("seats", String(agents.length));
    for (const name of STATES) {
      const n = agents.filter((agent) => agent.state === name).length;
      put(`seats-${name}`, String(n));
      blocks(wall.querySelector(`[data-blocks="${name}"]`), n);
    }
    rows(wall.querySelector('[data-rows="queues"]'), queues);
    day(words);
    const now = new Date(live.now());
    put("date", now.toLocaleDateString(me.language === "en" ? "en-GB" : "zh-CN", { year: "numeric", month: "long", day: "numeric", weekday: "long" }));
    if (Date.now() - asked > EVERY_MS) ask();
  }

  function banner(words, state, fresh) {
    const time = live.clock(live.lastFigures(), true), health = state.health || {};
    let text = "";
    if (fresh === "lost" && live.lastFigures()) text = words.lost.replace("{time}", time);
    else if (fresh === "stale" && live.lastFigures()) text = words.core_away.replace("{time}", time);
    else if (health.recording === "disk_full") text = words.disk_full;
    else if (health.recording === "failed") text = words.recording_failed;
    else if (health.media === "down") text = words.media_down;
    else if (health.database === "spilling") text = words.spilling;
    put("banner", text);
  }

  function longest(queues) {
    const since = queues.filter((queue) => queue.longest_wait_since).sort((a, b) => (a.longest_wait_since < b.longest_wait_since ? -1 : 1))[0];
    if (!since) { put("longest", "0:00"); put("longest-note", ""); level("longest", ""); return; }
    const seconds = live.seconds(since.longest_wait_since);
    put("longest", live.duration(seconds));
    put("longest-note", since.name);
    level("longest", seconds >= since.alarm_wait_s ? "bad" : seconds >= since.warn_wait_s ? "warn" : "");
  }

  function blocks(box, n) {
    if (!box) return;
    while (box.childElementCount > n) box.lastElementChild.remove();
    while (box.childElementCount < n) box.appendChild(document.createElement("i"));
  }

  function rows(box, queues) {
    if (!box) return;
    const parts = today ? today.queues : {};
    const texts = queues.map((queue) => {
      const wait = queue.longest_wait_since ? live.seconds(queue.longest_wait_since) : 0;
      const part = parts[queue.id];
      const service = part ? part.service_level : null;
      return {
        cells: [queue.name, String(queue.waiting), queue.waiting ? live.duration(wait) : "—", `${queue.ready} / ${queue.staffed}`, service === null || service === undefined ? "—" : percent(service) + "%"],
        levels: ["", "", wait >= queue.alarm_wait_s ? "bad" : wait >= queue.warn_wait_s ? "warn" : "", "", service !== null && service !== undefined && service < 0.8 ? "warn" : ""],
      };
    });
    while (box.childElementCount > texts.length) box.lastElementChild.remove();
    while (box.childElementCount < texts.length) {
      const row = document.createElement("div");
      row.className = "wall-row";
      for (let n = 0; n < 5; n += 1) row.appendChild(document.createElement("span"));
      box.appendChild(row);
    }
    texts.forEach((text, n) => text.cells.forEach((cell, column) => {
      const span = box.children[n].children[column];
      if (span.textContent !== cell) span.textContent = cell;
      if (span.dataset.level !== text.levels[column]) span.dataset.level = text.levels[column];
    }));
  }

  function day(words) {
    const total = today && today.total;
    if (!total) {
      for (const key of ["service", "abandon", "today-answered", "today-abandoned", "today-redirected", "today-ivr_only", "today-asa", "today-hour"]) put(key, words.no_data);
      return;
    }
    put("service", percent(total.service_level));
    put("service-note", `${count(total.answered_in_t)} ÷ (${count(total.answered)} + ${count(total.abandoned)} − ${count(total.short_abandons)})`);
    level("service", total.service_level === null ? "" : total.service_level < 0.6 ? "bad" : total.service_level < 0.8 ? "warn" : "good");
    put("abandon", percent(total.abandon_rate));
    put("abandon-note", `(${count(total.abandoned)} − ${count(total.short_abandons)}) ÷ (${count(total.offered)} − ${count(total.short_abandons)})`);
    level("abandon", total.abandon_rate === null ? "" : total.abandon_rate > 0.1 ? "bad" : total.abandon_rate > 0.05 ? "warn" : "good");
    put("today-answered", count(total.answered));
    put("today-abandoned", count(total.abandoned));
    put("today-redirected", count(total.redirected));
    put("today-ivr_only", count(today.outcomes.ivr_only || 0));
    put("today-asa", total.asa === null ? "—" : live.duration(total.asa));
    put("today-hour", `${count(today.last_hour)} / ${count(today.last_hour_week_ago)}`);
    const sum = today.arrivals.reduce((a, b) => a + b, 0);
    put("arrivals-note", `${words.today} ${count(sum)} · ${words.last_week} ${count(today.so_far_week_ago)}`);
    chart(words);
  }

  function element(name, attributes, parent) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.appendChild(made);
    return made;
  }

  /* Bars from zero for today, a step line for last week, the running quarter as an outline. */
  function chart(words) {
    const box = root().querySelector('[data-chart="arrivals"]');
    const key = JSON.stringify([today.arrivals, today.arrivals_week_ago, box.clientWidth, box.clientHeight]);
    if (!box || key === drawn) return;
    drawn = key;
    const width = box.clientWidth, height = box.clientHeight, unit = window.innerHeight / 1080;
    const left = 56 * unit, bottom = 36 * unit, top = 14 * unit;
    const most = Math.max(...today.arrivals, ...today.arrivals_week_ago);
    box.replaceChildren();
    if (!most) { box.textContent = words.no_calls; return; }
    const ceiling = [4, 8, 12, 20, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1000, 2000, 4000].find((n) => n >= most) || most;
    const svg = element("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, box);
    const x = (n) => left + (width - left) * n / 96, y = (v) => top + (height - top - bottom) * (1 - v / ceiling);
    for (const share of [0, 0.5, 1]) {
      element("line", { x1: left, x2: width, y1: y(ceiling * share), y2: y(ceiling * share), class: "axis" }, svg);
      element("text", { x: left - 10 * unit, y: y(ceiling * share) + 7 * unit, class: "tick", "text-anchor": "end" }, svg).textContent = String(ceiling * share);
    }
    for (let hour = 0; hour <= 24; hour += 4) {
      element("text", { x: Math.min(Math.max(x(hour * 4), left + 18 * unit), width - 30 * unit), y: height - 6 * unit, class: "tick", "text-anchor": "middle" }, svg).textContent = `${hour}:00`;
    }
    const local = new Date(live.now()), running = Math.floor((local.getHours() * 60 + local.getMinutes()) / 15);
    today.arrivals.forEach((value, n) => {
      if (value || n === running) element("rect", { x: x(n) + 1, width: Math.max((width - left) / 96 - 2, 1), y: y(value), height: Math.max(y(0) - y(value), 0), class: n === running ? "bar-now" : "bar-done" }, svg);
    });
    const path = today.arrivals_week_ago.map((value, n) => `${n ? "L" : "M"}${x(n)} ${y(value)}L${x(n + 1)} ${y(value)}`).join("");
    element("path", { d: path, class: "line-last" }, svg);
  }

  async function ask() {
    asked = Date.now();
    try {
      const answer = await live.ask("GET", "/api/v1/wall");
      today = answer.today;
      put("site", answer.site);
      put("demo", answer.demo ? document.querySelector("[data-demo-word]")?.dataset.demoWord || "演示数据 DEMO" : "");
      root().dataset.aged = "0";
    } catch (problem) {
      if (problem.status === 401) location.assign("/login?next=/wall");
      if (root()) root().dataset.aged = "1";
    }
  }
  live.subscribe(render);
  window.addEventListener("resize", () => { drawn = ""; });
})();
