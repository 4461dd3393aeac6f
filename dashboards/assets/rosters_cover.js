/* Coverage: needed against rostered, a fortnight of curves under the grid. */
(function () {
  "use strict";
  const R = window.hotlineRosters,
    live = window.hotlineLive,
    text = window.hotlineText,
    dom = window.hotlineDom,
    make = dom.make;
  /* A queue that only grows for less than an hour a day is amber: red is for what needs a call today. */
  const BAD_QUARTERS = 4;
  const SLOTS = 96,
    CEILINGS = [4, 6, 8, 10, 12, 16, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500];
  R.ceiling = (most) => CEILINGS.find((n) => n >= most) || most;
  const LEVELS = { w: "warn", b: "bad" };
  let kept = { key: "", data: null };

  R.clock = (slot) => `${String(Math.floor(slot / 4)).padStart(2, "0")}:${String((slot % 4) * 15).padStart(2, "0")}`;
  R.poolName = (pool) => (pool.id === "all" ? R.words.all_queues : pool.name);

  async function fetched(first) {
    const key = `${first} ${R.pool()} ${R.data.version}`;
    if (kept.key !== key)
      kept = {
        key,
        data: await live.ask("GET", `${R.path}/coverage?from=${first}&days=${R.days}&pool=${encodeURIComponent(R.pool())}`),
      };
    return kept.data;
  }
  R.poolSelect = (pools) =>
    make(
      "select",
      pools.map((pool) => R.option(pool.id, R.poolName(pool), pool.id === R.pool())),
      { class: "field", "data-pool": "1", "data-key": "pool", "aria-label": R.words.queue },
    );

  R.drawCover = async function (box, first) {
    let found;
    try {
      found = await fetched(first);
    } catch (problem) {
      R.error(R.why(problem));
      return;
    }
    if (!document.contains(box)) return;
    const days = R.list(first, R.days),
      most = Math.max(1, ...found.needed.flat().map(Number), ...found.rostered.flat());
    const ceiling = R.ceiling(most);
    const corner = make("div", [R.poolSelect(found.pools), legend(found)], { class: "rosters-who rosters-cover-head" });
    const columns = days.map((day, n) => dayColumn(day, found, n, ceiling));
    R.replace(box, [corner, ...columns]);
  };
  function legend(found) {
    const nothing = found.needed.every((row) => row.every((value) => value === null));
    return make(
      "small",
      nothing ? R.words.no_forecast : [R.key("key-needed", R.words.needed), " ", R.key("key-rostered", R.words.rostered)],
      { class: "rosters-legend" },
    );
  }
  /* Short hours in words and figures, then the curve. */
  function dayColumn(day, found, n, ceiling) {
    const short = found.short_h[n],
      gaps = found.gaps.filter((gap) => gap.day === day),
      bad = [...found.marks[n]].filter((mark) => mark === "b").length >= BAD_QUARTERS;
    const unknown = found.needed[n].every((value) => value === null);
    const said = unknown ? text.none : short ? R.say("short", { hours: R.number(short) }) : R.words.enough;
    const most = gaps.reduce((worst, gap) => (gap.short > (worst ? worst.short : 0) ? gap : worst), null);
    const title = [
      `${day} ${R.name(day)} · ${n < found.past ? R.words.by_actual : R.words.by_forecast}`,
      most ? R.say("worst", { from: most.from, to: most.to, n: R.number(most.short) }) : "",
      R.words.open_day,
    ]
      .filter(Boolean)
      .join("\n");
    const svg = R.svg("svg", { viewBox: "0 0 96 60", preserveAspectRatio: "none", class: "rosters-curve", "aria-hidden": "true" });
    curve(svg, found.needed[n], found.rostered[n], found.marks[n], ceiling, 60, n < found.past);
    return make(
      "button",
      [make("span", said, { class: "rosters-short", "data-level": unknown || !short ? undefined : bad ? "bad" : "warn" }), svg],
      { type: "button", class: "rosters-cover-day", "data-open-day": day, "data-key": `cover|${day}`, title, "aria-label": title },
    );
  }
  function curve(svg, needed, rostered, marks, ceiling, height, past) {
    const y = (value) => height - (height * value) / ceiling,
      area = [`M0 ${height}`],
      line = [];
    let open = false;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      area.push(`L${slot} ${y(rostered[slot])}L${slot + 1} ${y(rostered[slot])}`);
      if (needed[slot] === null) {
        open = false;
        continue;
      }
      line.push(`${open ? "L" : "M"}${slot} ${y(needed[slot])}L${slot + 1} ${y(needed[slot])}`);
      open = true;
    }
    R.svg("path", { d: `${area.join("")}L${SLOTS} ${height}Z`, class: "rosters-area" }, svg);
    for (let slot = 0; slot < SLOTS; slot += 1) {
      if (LEVELS[marks[slot]])
        R.svg(
          "rect",
          {
            x: slot,
            width: 1.02,
            y: y(needed[slot]),
            height: Math.max(0.5, y(rostered[slot]) - y(needed[slot])),
            class: "rosters-gap",
            "data-level": LEVELS[marks[slot]],
          },
          svg,
        );
    }
    R.svg(
      "path",
      { d: line.join(""), class: past ? "rosters-need past" : "rosters-need", "vector-effect": "non-scaling-stroke" },
      svg,
    );
  }

  document.addEventListener("change", (event) => {
    if (!R.root || !R.root.contains(event.target) || !event.target.matches("[data-pool]")) return;
    R.go({ pool: event.target.value === "all" ? null : event.target.value });
  });
  document.addEventListener("click", (event) => {
    const open = R.root && R.root.contains(event.target) && event.target.closest("[data-open-day]");
    if (open) R.go({ view: null, day: open.dataset.openDay });
  });
})();
