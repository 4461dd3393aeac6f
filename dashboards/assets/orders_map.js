/* The place of one work order: districts as on the wall, the order, and where the crew reported from. */
(function () {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg", PAD = 10;
  const live = window.hotlineLive;
  let outlines = null, asking = false, drawn = null;

  async function learn() {
    try { outlines = outlines || (await live.ask("GET", "/api/v1/wall/districts")).districts; } catch (_) { outlines = []; }
  }
  /* A place that is set by hand: what is clicked or moved to is told; the answer shows what was typed. */
  const CLOSE = 0.08, STEP = 12, KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  window.hotlinePin = function (box, words, tell) {
    let at = null, centre = null, tall = CLOSE;
    const canvas = box.appendChild(document.createElement("div"));
    for (const [name, value] of Object.entries({ tabindex: "0", role: "application", "aria-label": words.pin, title: words.pin, class: "pin-canvas" })) canvas.setAttribute(name, value);
    for (const [sign, name, factor] of [["+", words.closer, 0.5], ["−", words.farther, 2]]) {
      const button = box.appendChild(document.createElement("button"));
      Object.assign(button, { type: "button", textContent: sign, title: name, className: "bar-button", onclick: () => { tall = Math.min(2, Math.max(0.001, tall * factor)); paint(); } });
      button.setAttribute("aria-label", name);
    }
    const squeeze = () => Math.cos(centre[1] * Math.PI / 180), scale = () => canvas.clientHeight / tall;
    const onto = ([lon, lat]) => [canvas.clientWidth / 2 + (lon - centre[0]) * squeeze() * scale(), canvas.clientHeight / 2 - (lat - centre[1]) * scale()].map((n) => Math.round(n * 10) / 10);
    function paint() {
      if (!centre || !canvas.clientWidth) return;
      canvas.replaceChildren();
      const svg = element("svg", { width: canvas.clientWidth, height: canvas.clientHeight }, canvas);
      for (const one of outlines || []) {
        element("path", { d: one.rings.map((ring) => `M${ring.map((p) => onto(p).join(" ")).join("L")}Z`).join(""), class: "map-district" }, svg);
        const points = one.rings[0] || [], [x, y] = onto(points.reduce((sum, p) => [sum[0] + p[0] / points.length, sum[1] + p[1] / points.length], [0, 0]));
        element("text", { x, y, class: "map-label", "text-anchor": "middle" }, svg, one.name);
      }
      if (!at) return;
      const [x, y] = onto(at);
      element("circle", { cx: x, cy: y, r: 9, class: "map-ring" }, svg);
      element("circle", { cx: x, cy: y, r: 4, class: "map-point" }, svg);
    }
    function set(found) { at = found; if (!centre) centre = found; tell(at); paint(); }
    canvas.addEventListener("click", (event) => {
      if (!centre) return;
      const box = canvas.getBoundingClientRect(), x = event.clientX - box.left - box.width / 2, y = event.clientY - box.top - box.height / 2;
      set([centre[0] + x / scale() / squeeze(), centre[1] - y / scale()]);
    });
    canvas.addEventListener("keydown", (event) => {
      const step = KEYS[event.key];
      if (!step || !centre) return;
      event.preventDefault();
      const from = at || centre;
      set([from[0] + step[0] * STEP / scale() / squeeze(), from[1] + step[1] * STEP / scale()]);
      if (Math.abs(at[1] - centre[1]) > tall / 2.5 || Math.abs(at[0] - centre[0]) * squeeze() * scale() > canvas.clientWidth / 2.5) { centre = at; paint(); }
    });
    learn().then(() => {
      if (!centre) {
        const all = outlines.flatMap((one) => one.rings.flat());
        if (!all.length) return;
        const lons = all.map((p) => p[0]), lats = all.map((p) => p[1]);
        centre = [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
        tall = (Math.max(...lats) - Math.min(...lats)) * 1.1;
      }
      paint();
    });
    return (typed) => {
      at = typed.every(Number.isFinite) && Math.abs(typed[0]) <= 180 && Math.abs(typed[1]) < 90 ? typed : null;
      if (at && (!centre || document.activeElement !== canvas)) centre = at;
      paint();
    };
  };

  async function look() {
    const box = document.querySelector("[data-order-map]");
    if (!box) { drawn = null; return; }
    if (box === drawn || !box.clientWidth || asking) return;
    if (!outlines) {
      asking = true;
      await learn();
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
