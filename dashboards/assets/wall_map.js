/* The map of the day's work orders: districts with their counts, a point for each order, a ring where it is overdue. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";

let outlines = null, asking = false, drawn = "";

export async function map(box, orders, told) {
  if (!outlines && !asking) {
    asking = true;
    try { outlines = (await live.ask("GET", "/api/v1/wall/districts")).items; } catch (_) { outlines = null; }
    asking = false;
  }
  if (!outlines || !box.clientWidth) return;
  const key = JSON.stringify([orders.points, orders.districts, box.clientWidth, box.clientHeight]);
  if (key === drawn && box.childElementCount) return;
  drawn = key;
  box.replaceChildren();
  const all = [...outlines.flatMap((one) => one.rings.flat()), ...orders.points];
  if (!all.length) { box.textContent = told.words.reports_none; return; }
  draw(box, orders, told, projection(box, all));
}

/* Degrees of longitude are shorter by the cosine of the latitude. */
function projection(box, all) {
  const unit = Math.min(window.innerHeight / 1080, window.innerWidth / 1920), width = box.clientWidth, height = box.clientHeight, pad = 16 * unit;
  const lons = all.map((p) => p[0]), lats = all.map((p) => p[1]), west = Math.min(...lons), south = Math.min(...lats);
  const squeeze = Math.cos(south * Math.PI / 180), wide = (Math.max(...lons) - west) * squeeze || 1e-6, tall = Math.max(...lats) - south || 1e-6;
  const scale = Math.min((width - 2 * pad) / wide, (height - 2 * pad) / tall);
  const left = (width - wide * scale) / 2, bottom = (height + tall * scale) / 2;
  const at = ([lon, lat]) => [left + (lon - west) * squeeze * scale, bottom - (lat - south) * scale];
  return { unit, width, height, at };
}
function draw(box, orders, told, { unit, width, height, at }) {
  const svg = dom.svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, box);
  const counts = new Map(orders.districts.map((one) => [one.id, one]));
  for (const one of outlines) {
    const path = one.rings.map((ring) => `M${ring.map((p) => at(p).map(Math.round).join(" ")).join("L")}Z`).join("");
    dom.svg("path", { d: path, class: "map-district" }, svg);
  }
  for (const point of orders.points) {
    const [cx, cy] = at(point).map(Math.round);
    dom.svg("circle", { cx, cy, r: 5 * unit, class: "map-point" }, svg);
    if (point[2]) dom.svg("circle", { cx, cy, r: 11 * unit, class: "map-overdue" }, svg);
  }
  const points = orders.points.map(at);
  for (const one of outlines) label(svg, one, counts.get(one.name), { told, unit, at, points });
}
function label(svg, one, count, { told, unit, at, points }) {
  const ring = one.rings.reduce((a, b) => (Math.abs(area(b)) > Math.abs(area(a)) ? b : a));
  const [x, y] = room(at(middle(ring)), ring.map(at), points, (one.name.length * 14 + 8) * unit, unit);
  const opened = count ? count.opened : 0;
  const holder = told.opens && opened ? dom.svg("a", { href: `/orders?${new URLSearchParams({ ...told.orders["orders-opened"], district: one.name })}` }, svg) : svg;
  dom.svg("text", { x, y: y - 6 * unit, class: "map-name", "text-anchor": "middle" }, holder, one.name);
  const number = dom.svg("text", { x, y: y + 30 * unit, class: "map-count", "text-anchor": "middle" }, holder, text.count(opened));
  if (count) dom.svg("title", {}, number, text.fill(told.words.hover_share, count));
}

/** @typedef {[number, number]} Point */
const STEPS = Array.from({ length: 13 }, (_, n) => (n - 6) * 22);
/* Near the middle, where the fewest points lie under the words; inside of the district as a whole. */
function room([x, y], ring, points, half, unit) {
  /** @type {Point[]} */
  const places = STEPS.flatMap((dy) => STEPS.map((dx) => /** @type {Point} */ ([x + dx * unit, y + dy * unit])));
  const fits = ([left, top]) => [[-half, -30], [half, -30], [-half, 36], [half, 36]].every(([dx, dy]) => inside([left + dx, top + dy * unit], ring));
  const under = ([left, top]) => points.filter((p) => Math.abs(p[0] - left) < half && p[1] > top - 34 * unit && p[1] < top + 40 * unit).length;
  const far = ([left, top]) => Math.hypot(left - x, top - y);
  const found = places.filter(fits).sort((a, b) => under(a) - under(b) || far(a) - far(b));
  return found[0] || [x, y];
}
const inside = ([x, y], ring) => ring.reduce((odd, [ax, ay], n) => {
  const [bx, by] = ring[(n + 1) % ring.length];
  return (ay > y) !== (by > y) && x < ax + ((y - ay) / (by - ay)) * (bx - ax) ? !odd : odd;
}, false);

const turns = (ring) => ring.map((p, n) => [p, ring[(n + 1) % ring.length]]).map(([a, b]) => [a, b, a[0] * b[1] - b[0] * a[1]]);
const area = (ring) => turns(ring).reduce((sum, [, , turn]) => sum + turn, 0) / 2;
/* Centre of gravity; near the first corner, so that small differences of large degrees do not drown. */
function middle(ring) {
  const [lon, lat] = ring[0], near = ring.map((p) => [p[0] - lon, p[1] - lat]), whole = area(near);
  if (!whole) return ring[0];
  const axis = (n) => turns(near).reduce((sum, [a, b, turn]) => sum + (a[n] + b[n]) * turn, 0) / (6 * whole);
  return [lon + axis(0), lat + axis(1)];
}
