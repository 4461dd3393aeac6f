/* The wall's panes that take turns, and what the second ones show: reports on a map, categories, districts.
   /wall?rotate=30 sets the seconds of a turn, rotate=0 stops them; pane=1 shows the second ones only. */
(function () {
  "use strict";
  const TURN_S = 20, ROWS = 6, SVG = "http://www.w3.org/2000/svg";
  const text = window.hotlineText, dom = window.hotlineDom;
  let outlines = null, asking = false, drawn = "";

  const asked = () => new URLSearchParams(location.search);
  function turn() {
    const root = document.querySelector('[data-page="wall"]');
    if (!root) return;
    const given = asked().get("rotate"), every = given === null ? TURN_S : Number(given), fixed = asked().get("pane");
    for (const set of root.querySelectorAll("[data-panes]")) {
      const count = set.childElementCount;
      const shown = fixed !== null ? Number(fixed) % count : every > 0 ? Math.floor(Date.now() / 1000 / every) % count : 0;
      [...set.children].forEach((pane, n) => dom.set(pane, "data-off", n === shown ? null : "1"));
    }
  }
  setInterval(turn, 500);

  function update(root, answer) {
    turn();
    if (!root || !answer.reports) return;
    const words = JSON.parse(root.dataset.wall).words, reports = answer.reports;
    dom.write("reports-note", text.fill(words.reports, { n: text.count(reports.located), m: text.count(reports.unlocated) }), root);
    dom.write("categories-note", words.today_so_far, root);
    bars(root.querySelector('[data-bars="categories"]'), shorten(reports.categories.map((one) => [one.name, one.calls]), words.others));
    bars(root.querySelector('[data-bars="districts"]'), shorten(reports.districts.map((one) => [one.name, one.reports]), words.others));
    map(root.querySelector('[data-map="reports"]'), reports, words);
  }
  function shorten(entries, others) {
    if (entries.length <= ROWS) return entries;
    const rest = entries.slice(ROWS - 1).reduce((sum, [, n]) => sum + n, 0);
    return [...entries.slice(0, ROWS - 1), [others, rest]];
  }
  function bars(holder, entries) {
    const most = Math.max(1, ...entries.map(([, n]) => n));
    dom.list(holder, entries, () => dom.make("div", [dom.make("span"), dom.make("i", [dom.make("b")]), dom.make("span")], { class: "wall-bar-row" }), (row, [name, n]) => {
      const [label, bar, count] = row.children;
      if (label.textContent !== name) label.textContent = name;
      bar.firstChild.style.width = `${n / most * 100}%`;
      if (count.textContent !== text.count(n)) count.textContent = text.count(n);
    });
  }

  async function map(box, reports, words) {
    if (!outlines && !asking) {
      asking = true;
      try { outlines = (await window.hotlineLive.ask("GET", "/api/v1/wall/districts")).districts; } catch (_) { outlines = null; }
      asking = false;
    }
    if (!outlines || !box.clientWidth) return;
    const key = JSON.stringify([reports.points, reports.districts, box.clientWidth, box.clientHeight]);
    if (key === drawn && box.childElementCount) return;
    drawn = key;
    const all = [...outlines.flatMap((one) => one.outline), ...reports.points];
    box.replaceChildren();
    if (!all.length) { box.textContent = words.reports_none; return; }
    const unit = window.innerHeight / 1080, width = box.clientWidth, height = box.clientHeight, pad = 24 * unit;
    const lons = all.map((p) => p[0]), lats = all.map((p) => p[1]), west = Math.min(...lons), south = Math.min(...lats);
    /* Degrees of longitude are shorter by the cosine of the latitude. */
    const squeeze = Math.cos(south * Math.PI / 180), wide = (Math.max(...lons) - west) * squeeze || 1e-6, tall = Math.max(...lats) - south || 1e-6;
    const scale = Math.min((width - 2 * pad) / wide, (height - 2 * pad) / tall);
    const left = (width - wide * scale) / 2, bottom = (height + tall * scale) / 2;
    const at = ([lon, lat]) => [left + (lon - west) * squeeze * scale, bottom - (lat - south) * scale];
    const svg = element("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, box);
    const counts = new Map(reports.districts.map((one) => [one.name, one.reports]));
    for (const one of outlines) element("polygon", { points: one.outline.map((p) => at(p).map(Math.round).join(",")).join(" "), class: "map-district" }, svg);
    for (const point of reports.points) { const [x, y] = at(point); element("circle", { cx: Math.round(x), cy: Math.round(y), r: 5 * unit, class: "map-point" }, svg); }
    for (const one of outlines) {
      const centre = at([0, 1].map((axis) => one.outline.reduce((sum, p) => sum + p[axis], 0) / one.outline.length));
      element("text", { x: centre[0], y: centre[1] - 6 * unit, class: "map-name", "text-anchor": "middle" }, svg).textContent = one.name;
      element("text", { x: centre[0], y: centre[1] + 30 * unit, class: "map-count", "text-anchor": "middle" }, svg).textContent = text.count(counts.get(one.name) || 0);
    }
  }
  function element(name, attributes, parent) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.appendChild(made);
    return made;
  }
  window.hotlineWallListeners = [...(window.hotlineWallListeners || []), update];
})();
