/* The place of one work order: districts as on the wall, the order, and where the crew reported from. */
(function () {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg", PAD = 10;
  const live = window.hotlineLive;
  let outlines = null, asking = false, drawn = null;

  async function look() {
    const box = document.querySelector("[data-order-map]");
    if (!box) { drawn = null; return; }
    if (box === drawn || !box.clientWidth || asking) return;
    if (!outlines) {
      asking = true;
      try { outlines = (await live.ask("GET", "/api/v1/wall/districts")).districts; } catch (_) { outlines = []; }
      asking = false;
    }
    if (!box.isConnected) return;
    drawn = box;
    draw(box, JSON.parse(box.closest("[data-order]").dataset.order));
  }
  function draw(box, order) {
    const here = [order.longitude, order.latitude], crew = order.positions.map((one) => [one.longitude, one.latitude]);
    const all = [...outlines.flatMap((one) => one.rings.flat()), here, ...crew];
    const width = box.clientWidth, height = box.clientHeight;
    const lons = all.map((p) => p[0]), lats = all.map((p) => p[1]), west = Math.min(...lons), south = Math.min(...lats);
    const squeeze = Math.cos(south * Math.PI / 180), wide = (Math.max(...lons) - west) * squeeze || 1e-3, tall = Math.max(...lats) - south || 1e-3;
    const scale = Math.min((width - 2 * PAD) / wide, (height - 2 * PAD) / tall);
    const at = ([lon, lat]) => [(width - wide * scale) / 2 + (lon - west) * squeeze * scale, (height + tall * scale) / 2 - (lat - south) * scale].map((n) => Math.round(n * 10) / 10);
    const svg = element("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, box);
    for (const one of outlines) {
      const d = one.rings.map((ring) => `M${ring.map((p) => at(p).join(" ")).join("L")}Z`).join("");
      element("path", { d, class: one.name === order.district ? "map-district map-own" : "map-district" }, svg);
    }
    for (const point of crew) { const [cx, cy] = at(point); element("circle", { cx, cy, r: 3, class: "map-crew" }, svg); }
    const [x, y] = at(here);
    element("circle", { cx: x, cy: y, r: 9, class: order.overdue ? "map-ring map-late" : "map-ring" }, svg);
    element("circle", { cx: x, cy: y, r: 4, class: "map-point" }, svg);
    // On the side where there is room.
    const right = x < width / 2;
    element("text", { x: x + (right ? 14 : -14), y: y + 5, class: "map-label", "text-anchor": right ? "start" : "end" }, svg, order.district);
  }
  function element(name, attributes, parent, content) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (content !== undefined) made.textContent = content;
    parent.appendChild(made);
    return made;
  }
  live.subscribe(look);
})();
