/* The floor's limits in their dialog: times as 15:00, shares as percent; who set them, or that they are examples. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, floor = window.hotlineFloor;

  function inputs() {
    for (const cell of floor.root.querySelectorAll("[data-limit-cell]:empty")) {
      const { limitCell, level, unit, said } = cell.dataset;
      cell.append(dom.make("input", null, {
        class: "field", type: "text", "data-limit": limitCell, "data-level": level, "data-unit": unit, "aria-label": said,
      }));
    }
    return [...floor.root.querySelectorAll("[data-limit]")];
  }
  const written = (value, unit) => (unit === "seconds" ? text.duration(value) : String(Math.round(value * 1000) / 10));
  /* 15:00, 1:02:03 or plain seconds; percent. NaN is told by the server in words. */
  function read(input) {
    const said = input.value.trim().replace(",", ".").replace("：", ":").replace("%", "");
    if (input.dataset.unit !== "seconds") return said === "" ? NaN : Number(said) / 100;
    return said === "" ? NaN : said.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  }
  function show() {
    for (const input of inputs()) {
      const limit = floor.me.limits[input.dataset.limit];
      input.value = written(limit[input.dataset.level], limit.unit);
      dom.set(input, "aria-invalid", null);
      const by = limit.example ? floor.words.example : floor.say("changed_by", {
        name: limit.changed_by, time: text.when(new Date(limit.changed_at), live.now()),
      });
      dom.write(`limit-${limit.key}`, by, floor.root);
    }
  }
  async function save() {
    const wanted = {};
    for (const input of inputs()) {
      dom.set(input, "aria-invalid", null);
      const value = read(input), limit = floor.me.limits[input.dataset.limit], pair = (wanted[limit.key] = wanted[limit.key] || {});
      // What is no number goes to the server as one that it refuses, with the remedy.
      pair[input.dataset.level] = Number.isFinite(value) ? value : 0;
    }
    for (const [key, pair] of Object.entries(wanted)) {
      const now = floor.me.limits[key];
      if (now.warn === pair.warn && now.bad === pair.bad) delete wanted[key];
    }
    try {
      const answer = await live.ask("PUT", "/api/v1/limits", { limits: wanted });
      floor.me.limits = answer.limits;
    } catch (problem) {
      point((problem.data && problem.data.field) || "");
      throw problem;
    }
    show();
    dom.write("limits-note", floor.words.saved, floor.root);
    floor.render();
  }
  function point(field) {
    const [key, level] = field.split("."), input = inputs().find((one) => one.dataset.limit === key && one.dataset.level === level);
    if (!input) return;
    dom.set(input, "aria-invalid", "true");
    input.focus();
  }
  floor.dialogs.openers.limits = async () => show();
  floor.dialogs.forms.limits = save;
})();
