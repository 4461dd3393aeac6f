/* A place that is set by pointing, beside the two numbers that it is: districts, a mark, nearer and farther. */
import { dom } from "./dom.js";
import { parts } from "./form.js";

/* Degrees of latitude from top to bottom; drawn in thousandths of a degree from the middle of the city, so that what is near
   is drawn as sharply as the whole. */
const CLOSE = 0.08, NEAREST = 0.001, FARTHEST = 2, UNITS = 1000, HIGH_PX = 200;
/* Of what is shown: a step of an arrow key, and how far the mark goes before the map follows. */
const STEP = 0.06, EDGE = 0.4;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @param {number[]} values */
const ends = (values) => [Math.min(...values), Math.max(...values)];
/** @param {number[]} pair */
const middle = ([least, most]) => (least + most) / 2;

parts.pin = (about, tell) => {
  const all = about.districts.flatMap((one) => one.rings.flat()), [lons, lats] = [0, 1].map((n) => ends(all.map((point) => point[n])));
  let origin = all.length ? [middle(lons), middle(lats)] : null, centre = origin, tall = all.length ? (lats[1] - lats[0]) * 1.1 : CLOSE;
  /** @type {[number, number] | null} */
  let at = null;
  const svg = dom.svg("svg", { width: "100%", height: "100%" });
  const canvas = dom.make("div", [svg], { class: "pin-canvas", tabindex: "0", role: "application", "aria-label": about.words.pin, title: about.words.pin });
  const nearer = (sign, name, factor) => {
    const button = dom.make("button", sign, { type: "button", class: "bar-button", title: name, "aria-label": name });
    button.addEventListener("click", () => { tall = Math.min(FARTHEST, Math.max(NEAREST, tall * factor)); paint(); });
    return button;
  };
  const element = dom.make("div", [canvas, nearer("+", about.words.closer, 0.5), nearer("−", about.words.farther, 2)], { class: "form-pin wide" });
  const squeeze = () => Math.cos((origin[1] * Math.PI) / 180);
  /** @param {number[]} place */
  const onto = ([lon, lat]) => [(lon - origin[0]) * squeeze() * UNITS, (origin[1] - lat) * UNITS];
  for (const one of about.districts) {
    dom.svg("path", { class: "map-district", d: one.rings.map((ring) => `M${ring.map((point) => onto(point).join(" ")).join("L")}Z`).join("") }, svg);
    const [x, y] = onto([0, 1].map((n) => one.rings[0].reduce((sum, point) => sum + point[n] / one.rings[0].length, 0)));
    dom.svg("text", { class: "map-label", x, y, "text-anchor": "middle" }, svg, one.name);
  }
  const mark = dom.svg("g", {}, svg);
  for (const part of ["map-ring", "map-point"]) dom.svg("circle", { class: part }, mark);

  function paint() {
    dom.set(mark, "visibility", at ? null : "hidden");
    if (!centre) return;
    const [x, y] = onto(centre), high = tall * UNITS;
    dom.set(svg, "viewBox", [x - high / 2, y - high / 2, high, high].join(" "));
    svg.style.setProperty("--px", String(high / HIGH_PX));
    if (at) dom.set(mark, "transform", `translate(${onto(at).join(" ")})`);
  }
  /** @param {[number, number]} place */
  function set(place) { at = place; tell(place); paint(); }
  canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    if (!origin) return;
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    set([origin[0] + x / UNITS / squeeze(), origin[1] - y / UNITS]);
  });
  canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const step = KEYS[event.key];
    if (!step || !centre) return;
    event.preventDefault();
    const from = at || centre;
    set([from[0] + (step[0] * STEP * tall) / squeeze(), from[1] + step[1] * STEP * tall]);
    const wide = (tall * canvas.clientWidth) / canvas.clientHeight;
    if (Math.abs(at[1] - centre[1]) > EDGE * tall || Math.abs(at[0] - centre[0]) * squeeze() > EDGE * wide) { centre = at; paint(); }
  });
  return {
    element,
    show(place) {
      const known = place.every(Number.isFinite) && Math.abs(place[0]) <= 180 && Math.abs(place[1]) < 90;
      if (known && !at) tall = Math.min(tall, CLOSE);
      at = known ? place : null;
      origin = origin || at;
      centre = at || centre;
      paint();
    },
  };
};
