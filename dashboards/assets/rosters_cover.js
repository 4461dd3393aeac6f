/* Coverage: needed against rostered under the grid, and one day quarter by quarter with every step behind it. */
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
  const LEVELS = { w: "warn", b: "bad" };
  let kept = { key: "", data: null },
    steps = 30;

  const clock = (slot) => `${String(Math.floor(slot / 4)).padStart(2, "0")}:${String((slot % 4) * 15).padStart(2, "0")}`;
  R.clock = clock;
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
  function poolSelect(pools) {
    const made = make(
      "select",
      pools.map((pool) => R.option(pool.id, R.poolName(pool), pool.id === R.pool())),
      { class: "field", "data-pool": "1", "data-key": "pool", "aria-label": R.words.queue },
    );
    return made;
  }

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
    const ceiling = CEILINGS.find((n) => n >= most) || most;
    const corner = make("div", [poolSelect(found.pools), legend(found)], { class: "rosters-who rosters-cover-head" });
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

  // --- one day -----------------------------------------------------------------------------------------------
  R.drawDay = async function (box) {
    const day = R.url().day,
      pool = R.pool();
    let found;
    try {
      found = await live.ask("GET", `${R.path}/day?day=${day}&pool=${encodeURIComponent(pool)}`);
    } catch (problem) {
      R.error(R.why(problem));
      return;
    }
    if (!document.contains(box) || R.url().day !== day) return;
    const pools = [{ id: "all" }, ...Object.entries(R.me.queues).map(([id, name]) => ({ id, name }))];
    R.replace(box, [
      make(
        "div",
        [
          R.button("←", { "data-close-day": "1", "aria-label": R.words.back, "data-key": "back" }),
          R.button("‹", { "data-other-day": R.plus(day, -1), "aria-label": R.words.earlier, "data-key": "before" }),
          make("h1", `${day} ${R.name(day)} ${R.kind(day)}`, { class: "rosters-day-title" }),
          R.button("›", { "data-other-day": R.plus(day, 1), "aria-label": R.words.later, "data-key": "after" }),
          poolSelect(pools),
          intervals(),
          make("span", summary(found), { class: "dim" }),
        ],
        { class: "rosters-day-head" },
      ),
      make("div", [dayChart(found)], { class: "panel rosters-day-chart" }),
      found.past ? null : make("div", R.errors(found.measured, 30), { class: "rosters-error-row rosters-day-errors" }),
      make("div", [dayTable(found)], { class: "panel rosters-day-table", "data-scroll": "day" }),
    ]);
  };
  function intervals() {
    return make(
      "select",
      [15, 30, 60].map((n) => R.option(n, R.say("minutes", { n }), n === steps)),
      { class: "field", "data-day-minutes": "1", "data-key": "minutes", "aria-label": R.words.interval },
    );
  }
  function summary(found) {
    const target = found.target;
    return [
      R.say("target", {
        share: R.percent(target.share),
        t: target.threshold_s,
        occupancy: R.percent(target.occupancy),
        shrinkage: R.percent(target.shrinkage),
      }),
      " · ",
      `${R.words.aht} `,
      ...found.handling.flatMap((one, n) => [n ? "，" : "", ahtLink(one)]),
    ];
  }
  function ahtLink(one) {
    const title = one.assumed
      ? R.words.aht_assumed
      : R.say("expr_aht", {
          talk: R.number(one.talk_s, 0),
          hold: R.number(one.hold_s, 0),
          wrap: R.number(one.wrap_up_s, 0),
          n: R.number(one.answered, 0),
        });
    return make("a", `${one.name} ${text.duration(one.aht_s)}`, {
      href: R.calls({ from: R.plus(R.today(), -28), to: R.today(), queue: one.queue, outcome: "answered" }),
      title,
      class: "quiet",
    });
  }
  R.ahtLink = ahtLink;

  function dayChart(found) {
    const width = 1320,
      height = 170,
      left = 34,
      bottom = 18,
      top = 8,
      lines = found.lines;
    const most = Math.max(1, ...lines.map((line) => Math.max(line.needed || 0, line.rostered)));
    const ceiling = CEILINGS.find((n) => n >= most) || most;
    const x = (slot) => left + ((width - left) * slot) / SLOTS,
      y = (value) => top + (height - top - bottom) * (1 - value / ceiling);
    const svg = R.svg("svg", {
      viewBox: `0 0 ${width} ${height}`,
      class: "rosters-chart",
      role: "img",
      "aria-label": R.say("day_chart", { day: found.day }),
    });
    for (const share of [0, 0.5, 1]) {
      R.svg("line", { x1: left, x2: width, y1: y(ceiling * share), y2: y(ceiling * share), class: "axis" }, svg);
      R.svg("text", { x: left - 6, y: y(ceiling * share) + 4, class: "tick", "text-anchor": "end" }, svg, String(ceiling * share));
    }
    for (let hour = 0; hour <= 24; hour += 2)
      R.svg(
        "text",
        { x: x(hour * 4), y: height - 4, class: "tick", "text-anchor": hour ? (hour === 24 ? "end" : "middle") : "start" },
        svg,
        `${hour}:00`,
      );
    const area = lines.map((line, n) => `L${x(n)} ${y(line.rostered)}L${x(n + 1)} ${y(line.rostered)}`).join("");
    R.svg("path", { d: `M${x(0)} ${y(0)}${area}L${x(SLOTS)} ${y(0)}Z`, class: "rosters-area" }, svg);
    lines.forEach((line, n) => {
      if (!line.level) return;
      R.svg(
        "rect",
        {
          x: x(n),
          width: (width - left) / SLOTS,
          y: y(line.needed),
          height: Math.max(1, y(line.rostered) - y(line.needed)),
          class: "rosters-gap",
          "data-level": line.level,
        },
        svg,
      );
    });
    const known = lines
      .map((line, n) =>
        line.needed === null
          ? ""
          : `${n && lines[n - 1].needed !== null ? "L" : "M"}${x(n)} ${y(line.needed)}L${x(n + 1)} ${y(line.needed)}`,
      )
      .join("");
    R.svg("path", { d: known, class: "rosters-need" }, svg);
    lines.forEach((line, n) => {
      const hit = R.svg(
        "rect",
        { x: x(n), width: (width - left) / SLOTS, y: top, height: height - top - bottom, class: "rosters-hit" },
        svg,
      );
      R.svg(
        "title",
        {},
        hit,
        R.say("slot_hover", {
          from: line.at,
          needed: R.number(line.needed),
          rostered: R.number(line.rostered, 2),
          load: R.number(line.load, 2),
          level: R.percent(line.service_level),
        }),
      );
    });
    const named = lines.map((line, n) => [line.needed || 0, n]).reduce((best, one) => (one[0] > best[0] ? one : best), [0, 0]);
    if (named[0])
      R.svg(
        "text",
        { x: Math.min(x(named[1]) + 4, width - 60), y: Math.max(top + 10, y(named[0]) - 4), class: "label" },
        svg,
        R.say("needed_n", { n: named[0] }),
      );
    return svg;
  }

  function dayTable(found) {
    const slots = steps / 15,
      count = SLOTS / slots,
      day = found.day,
      queue = found.pool === "all" ? {} : { queue: found.pool };
    const heads = [
      R.words.interval,
      R.words.forecast,
      R.words.baseline,
      R.words.actual,
      R.words.load,
      R.words.on_phones,
      R.words.needed,
      R.words.rostered,
      R.words.gap,
      R.words.expected_sl,
      R.words.expected_loss,
    ];
    const titles = [
      "",
      R.words.forecast_hover,
      R.words.baseline_hover,
      "",
      R.words.load_hover,
      R.words.on_phones_hover,
      R.words.needed_hover,
      R.words.rostered_hover,
      "",
      R.words.expected_hover,
      R.say("loss_hover", { patience: text.duration(found.patience_s) }),
    ];
    const rows = [];
    for (let n = 0; n < count; n += 1) {
      const lines = found.lines.slice(n * slots, (n + 1) * slots),
        from = clock(n * slots),
        to = n === count - 1 ? "24:00" : clock((n + 1) * slots);
      const sum = (key) => (lines.some((line) => line[key] === null) ? null : lines.reduce((all, line) => all + line[key], 0));
      const worst = lines.reduce(
        (bad, line) => ((line.needed || 0) - line.rostered > (bad.needed || 0) - bad.rostered ? line : bad),
        lines[0],
      );
      const load = sum("load"),
        gap = worst.level ? worst.needed - worst.rostered : 0,
        week = R.plus(day, -7 * (lines[0].baseline_weeks || 1));
      const link = (value, date) =>
        value === null
          ? text.none
          : make("a", R.number(value), {
              href: R.calls({ from: `${date} ${from}`, to: `${date} ${to}`, visit: "offered", ...queue }),
              class: "quiet",
            });
      const why =
        sum("forecast") === null
          ? text.none
          : R.button(
              R.number(sum("forecast")),
              { "data-why": `${day}|${from}|${to}`, "data-key": `why|${from}`, title: R.words.why },
              "quiet",
            );
      const people = R.button(
        R.number(worst.rostered, 2),
        { "data-who": `${day}|${from}`, "data-key": `who|${from}`, title: R.words.who },
        "quiet",
      );
      rows.push(
        make("tr", [
          make("th", `${from}–${to}`, { scope: "row" }),
          make("td", [why]),
          make("td", [link(sum("baseline"), week)]),
          make("td", [link(sum("actual"), day)]),
          make("td", load === null ? text.none : R.number(load / slots, 2)),
          make("td", R.number(worst.agents)),
          make("td", R.number(worst.needed)),
          make("td", [people]),
          make("td", gap ? `−${R.number(gap, 2)}` : "", { "data-level": worst.level || undefined }),
          make(
            "td",
            worst.needed === null ? text.none : worst.service_level === null ? R.words.grows : R.percent(worst.service_level),
            { "data-level": worst.service_level === null && worst.needed ? "bad" : undefined },
          ),
          make("td", R.percent(worst.abandoned)),
        ]),
      );
    }
    return make(
      "table",
      [
        R.head(heads.map((caption, n) => make("th", caption, { scope: "col", title: titles[n] || undefined }))),
        make("tbody", rows),
      ],
      { class: "plain rosters-numbers" },
    );
  }

  /* The days behind a forecast, each with its calls and its weight. */
  R.showWitnesses = async function (queue, day, from, to) {
    const queues = queue === "all" ? Object.keys(R.me.queues) : [queue],
      blocks = [];
    for (const one of queues) {
      const found = await live.ask(
        "GET",
        `${R.path}/forecast/witnesses?queue=${encodeURIComponent(one)}&day=${day}&from=${from}&to=${to}`,
      );
      const rows = found.witnesses
        .slice(0, 8)
        .map((witness) =>
          make("tr", [
            make("th", `${witness.day} ${R.name(witness.day)}`, { scope: "row" }),
            make("td", [
              make("a", R.number(witness.calls), {
                class: "quiet",
                href: R.calls({
                  from: `${witness.day} ${found.from}`,
                  to: `${witness.day} ${found.to}`,
                  queue: one,
                  visit: "offered",
                }),
              }),
            ]),
            make("td", R.percent(witness.weight)),
          ]),
        );
      blocks.push(
        make("h3", R.me.queues[one]),
        rows.length
          ? make("table", [R.head([R.words.day, R.words.calls, R.words.weight]), make("tbody", rows)], {
              class: "plain rosters-numbers",
            })
          : make("p", R.words.no_witness, { class: "dim" }),
      );
    }
    popup(R.say("why_title", { day, from, to }), [make("p", R.words.why_about, { class: "dim" }), ...blocks]);
  };
  function popup(title, content) {
    const close = R.button([R.words.close, make("kbd", "Esc")]);
    const dialog = make(
      "dialog",
      [
        make("h2", title),
        make("div", content, { class: "rosters-popup" }),
        make("div", [make("div", null, { class: "bar-space" }), close], { class: "rosters-acts" }),
      ],
      { class: "rosters-dialog", "aria-label": title },
    );
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    R.root.appendChild(dialog);
    dialog.showModal();
  }
  R.popup = popup;

  /* Who is rostered then, by name: from the roster itself. */
  async function showPeople(day, from) {
    const around = await live.ask("GET", `${R.path}?from=${R.plus(day, -1)}&days=2`);
    const serves = (extension) => {
      const agent = around.agents.find((one) => one.extension === extension);
      return agent && (R.pool() === "all" || agent.queues.includes(R.pool()));
    };
    const midnight = around.shifts.find((shift) => shift.day === day);
    const minutes = Number(from.slice(0, 2)) * 60 + Number(from.slice(3));
    const start = midnight
      ? Date.parse(midnight.starts_at) - (Number(midnight.start.slice(0, 2)) * 60 + Number(midnight.start.slice(3))) * 60000
      : Date.parse(`${day}T00:00:00Z`);
    const at = start + minutes * 60000;
    const on = around.shifts.filter(
      (shift) => Date.parse(shift.starts_at) <= at && at < Date.parse(shift.ends_at) && serves(shift.extension),
    );
    const resting = (shift) => shift.breaks.some(([a, b]) => a <= from && from < b);
    const rows = on.map((shift) =>
      make("tr", [
        make("th", `${shift.extension} ${(around.agents.find((one) => one.extension === shift.extension) || {}).name || ""}`, {
          scope: "row",
        }),
        make("td", shift.name),
        make("td", R.times(shift)),
        make("td", resting(shift) ? R.words.on_break : ""),
      ]),
    );
    popup(R.say("who_title", { day, from }), [
      rows.length ? make("table", [make("tbody", rows)], { class: "plain" }) : make("p", R.words.nobody, { class: "dim" }),
    ]);
  }

  document.addEventListener("change", (event) => {
    if (!R.root || !R.root.contains(event.target)) return;
    if (event.target.matches("[data-pool]")) R.go({ pool: event.target.value === "all" ? null : event.target.value });
    else if (event.target.matches("[data-day-minutes]")) {
      steps = Number(event.target.value);
      R.redraw();
    }
  });
  document.addEventListener("click", (event) => {
    if (!R.root || !R.root.contains(event.target)) return;
    const open = event.target.closest("[data-open-day]"),
      other = event.target.closest("[data-other-day]"),
      why = event.target.closest("[data-why]"),
      who = event.target.closest("[data-who]");
    if (open) R.go({ view: null, day: open.dataset.openDay });
    else if (other) R.go({ day: other.dataset.otherDay });
    else if (event.target.closest("[data-close-day]")) R.go({ day: null });
    else if (why) {
      const [day, from, to] = why.dataset.why.split("|");
      R.attempt(() => R.showWitnesses(why.dataset.queue || R.pool(), day, from, to));
    } else if (who) {
      const [day, from] = who.dataset.who.split("|");
      R.attempt(() => showPeople(day, from));
    }
  });
})();
