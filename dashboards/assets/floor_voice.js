/* The chosen call's recording so far: the agent above the line, the caller below, and how much both or nobody spoke. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, floor = window.hotlineFloor;
  const EVERY_MS = 4000, WIDE = 240, HALF = 24, SVG = "http://www.w3.org/2000/svg";
  let shown = "", asked = 0, found = null;

  function render() {
    const { call } = floor.chosen(), id = call && call.answered_at ? call.id : "", box = floor.box("voice");
    if (id !== shown || !box.dataset.call) { shown = id; asked = 0; found = null; box.dataset.call = id || "none"; draw(); }
    // Of a long call the picture changes slowly, and the whole of it is looked through.
    const pause = Math.max(EVERY_MS, found ? found.seconds * 20 : 0);
    if (id && live.freshness() === "live" && Date.now() - asked > pause) ask(id);
  }
  async function ask(id) {
    asked = Date.now();
    let answer = null;
    // A call of this moment may not be with the warehouse yet, or has no recording: no picture, no complaint.
    try { answer = await live.ask("GET", `/api/v1/floor/calls/${id}/voice`); } catch (no) { if (!no.status) return; }
    if (id !== shown || !floor.root) return;
    found = answer;
    draw();
  }
  function draw() {
    const box = floor.box("voice");
    dom.set(box, "hidden", found && found.left.length ? null : "");
    if (!found || !found.left.length) return;
    if (!box.childElementCount) make(box);
    const [head, picture] = box.children;
    const share = (part) => (part === null ? text.none : text.percent(part));
    const about = { time: text.duration(found.seconds), both: share(found.both), silence: share(found.silence) };
    const said = floor.say(found.both === null ? "voice_short" : "voice", about);
    floor.put(head.children[2], said);
    dom.set(picture, "aria-label", said);
    dom.set(picture.querySelector(".agent"), "d", bars(found.right, -1));
    dom.set(picture.querySelector(".caller"), "d", bars(found.left, 1));
  }
  function make(box) {
    const picture = document.createElementNS(SVG, "svg");
    dom.set(picture, "viewBox", `0 ${-HALF} ${WIDE} ${2 * HALF}`);
    dom.set(picture, "preserveAspectRatio", "none");
    dom.set(picture, "role", "img");
    for (const side of ["agent", "caller"]) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", side);
      picture.append(path);
    }
    const sides = [["agent", "▴"], ["caller", "▾"]].map(([side, sign]) =>
      dom.make("b", `${sign} ${floor.words[`side_${side}`]}`, { class: side }));
    box.append(dom.make("div", [...sides, dom.make("span")], { class: "floor-voice-head" }), picture);
  }
  /* Speech lies far below full scale: the square root makes it seen. */
  function bars(peaks, side) {
    const step = WIDE / peaks.length;
    const bar = (peak, n) => `M${((n + 0.5) * step).toFixed(1)} 0V${(side * Math.max(0.5, Math.sqrt(peak) * HALF)).toFixed(1)}`;
    return peaks.map(bar).join("");
  }
  floor.parts.push(render);
})();
