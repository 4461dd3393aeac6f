/* One day quarter by quarter, with every step from calls to people behind it, and who is on duty then. */
(function () {
  "use strict";
  const R = window.hotlineRosters,
    live = window.hotlineLive,
    text = window.hotlineText,
    dom = window.hotlineDom,
    make = dom.make;
  const SLOTS = 96;
  let steps = 30;

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
          R.poolSelect(pools),
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
    const ceiling = R.ceiling(most);
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
        from = R.clock(n * slots),
        to = n === count - 1 ? "24:00" : R.clock((n + 1) * slots);
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
    // A span that ends before it begins goes on after midnight.
    const within = (spans) => spans.some(([a, b]) => (a < b ? a <= from && from < b : a <= from || from < b));
    const why = (shift) => (within(shift.away) ? R.words.plan_leave : within(shift.breaks) ? R.words.on_break : "");
    const rows = on.map((shift) =>
      make("tr", [
        make("th", `${shift.extension} ${(around.agents.find((one) => one.extension === shift.extension) || {}).name || ""}`, {
          scope: "row",
        }),
        make("td", shift.name),
        make("td", R.times(shift)),
        make("td", why(shift)),
      ]),
    );
    popup(R.say("who_title", { day, from }), [
      rows.length ? make("table", [make("tbody", rows)], { class: "plain" }) : make("p", R.words.nobody, { class: "dim" }),
    ]);
  }

  document.addEventListener("change", (event) => {
    if (!R.root || !R.root.contains(event.target) || !event.target.matches("[data-day-minutes]")) return;
    steps = Number(event.target.value);
    R.redraw();
  });
  document.addEventListener("click", (event) => {
    if (!R.root || !R.root.contains(event.target)) return;
    const other = event.target.closest("[data-other-day]"),
      why = event.target.closest("[data-why]"),
      who = event.target.closest("[data-who]");
    if (other) R.go({ day: other.dataset.otherDay });
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
