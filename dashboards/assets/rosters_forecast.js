/* Forecast by queue and interval, the naive baseline always beside it, and how far both were off. */
(function () {
  "use strict";
  const R = window.hotlineRosters,
    live = window.hotlineLive,
    text = window.hotlineText,
    dom = window.hotlineDom,
    make = dom.make;
  const CEILINGS = [2, 4, 6, 8, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1000, 2000, 4000, 8000];
  const queue = () => (R.me.queues[R.url().queue] ? R.url().queue : Object.keys(R.me.queues)[0]);
  const minutes = () => ([15, 30, 60].includes(Number(R.url().minutes)) ? Number(R.url().minutes) : 30);

  R.views.forecast = {
    async draw(box) {
      if (!queue()) {
        R.replace(box, [R.nothing(R.words.no_queues)]);
        return;
      }
      const first = R.first(),
        asked = location.search;
      let found;
      try {
        found = await live.ask(
          "GET",
          `${R.path}/forecast?queue=${encodeURIComponent(queue())}&from=${first}&days=${R.days}&minutes=${minutes()}`,
        );
      } catch (problem) {
        R.error(R.why(problem));
        return;
      }
      if (!document.contains(box) || location.search !== asked || R.view() !== "forecast") return;
      const known =
        found.forecast.some((row) => row.some((value) => value !== null)) ||
        found.actual.some((row) => row.some((value) => value !== null));
      const days = R.list(first, R.days),
        open = days.includes(R.url().at) ? R.url().at : days.find((day) => day >= R.data.today) || days[0];
      R.replace(box, [
        make("div", [errors(found), special(found.special)], { class: "panel rosters-errors" }),
        known ? make("div", [legend(), chart(found, days)], { class: "panel" }) : R.nothing(R.words.no_history),
        known ? make("div", [daysTable(found, days, open), intervalTable(found, days, open)], { class: "rosters-two" }) : null,
      ]);
    },
    tools: () => [
      make(
        "select",
        Object.entries(R.me.queues).map(([id, name]) => R.option(id, name, id === queue())),
        { class: "field", "data-forecast-queue": "1", "aria-label": R.words.queue },
      ),
      make(
        "select",
        [15, 30, 60].map((n) => R.option(n, R.say("minutes", { n }), n === minutes())),
        { class: "field", "data-forecast-minutes": "1", "aria-label": R.words.interval },
      ),
    ],
  };

  /* Both errors side by side, and in words how they were measured; which is better is said from a week of days on. */
  R.errors = function (measured, minutes) {
    if (!measured.ours) return null;
    const less = measured.enough && measured.ours.wape !== measured.naive.wape ? measured.ours.wape < measured.naive.wape : null;
    const figure = (caption, one, good) =>
      make(
        "div",
        [
          make("span", caption, { class: "floor-caption" }),
          make("span", [
            make("b", R.percent(one.wape), { class: "rosters-figure", "data-good": good ? "1" : undefined }),
            make(
              "small",
              R.say("by_day", { wape: R.percent(one.wape_by_day), bias: `${one.bias > 0 ? "+" : ""}${R.percent(one.bias)}` }),
            ),
          ]),
        ],
        { class: "rosters-error-box", title: R.words.wape_hover },
      );
    const verdict = !measured.enough ? "too_few_days" : less === null ? "equal" : less ? "better" : "worse";
    return [
      figure(R.say("error_ours", { n: minutes }), measured.ours, less === true),
      figure(R.say("error_naive", { n: minutes }), measured.naive, less === false),
      make(
        "p",
        [
          R.words[verdict],
          " ",
          R.say("how_measured", { days: measured.days, calls: R.number(measured.calls, 0), lead: measured.lead_days }),
        ],
        { class: "dim rosters-measured" },
      ),
    ];
  };
  function errors(found) {
    const both = R.errors(found.measured, found.minutes);
    if (!both) return make("p", R.say("not_measured", { days: found.history_days }), { class: "warn" });
    const known = [R.say("history", { days: found.history_days }), " · ", `${R.words.aht} `, R.ahtLink(found.handling)];
    return make("div", [...both, make("p", known, { class: "dim" })], { class: "rosters-error-row" });
  }
  /* What only the office knows: whether a day unlike its kind was special, and which days to come are. */
  function special(asked) {
    const lines = [
      ...asked.odd.map((one) => R.say("odd_day", { day: one.day, calls: R.number(one.calls, 0), usual: R.number(one.usual, 0) })),
      ...asked.unseen.map((day) => R.say("unseen_day", { day })),
      ...asked.years.map((year) => R.say("year_without", { year })),
    ];
    return lines.length ? make("ul", lines.map((line) => make("li", line)), { class: "warn", "data-special": "1" }) : null;
  }
  const legend = () =>
    make(
      "p",
      [R.key("key-forecast", R.words.forecast), R.key("key-naive", R.words.baseline), R.key("key-actual", R.words.actual)],
      { class: "rosters-legend" },
    );

  function chart(found, days) {
    const width = 1320,
      height = 190,
      left = 40,
      bottom = 20,
      top = 8,
      per = found.forecast[0].length,
      count = days.length * per;
    const flat = (name) => found[name].flat(),
      most = Math.max(1, ...["forecast", "baseline", "actual"].flatMap(flat).map(Number));
    const ceiling = CEILINGS.find((n) => n >= most) || most;
    const x = (n) => left + ((width - left) * n) / count,
      y = (value) => top + (height - top - bottom) * (1 - value / ceiling);
    const svg = R.svg("svg", {
      viewBox: `0 0 ${width} ${height}`,
      class: "rosters-chart",
      role: "img",
      "aria-label": R.say("forecast_chart", { queue: found.name }),
    });
    for (const share of [0, 0.5, 1]) {
      R.svg("line", { x1: left, x2: width, y1: y(ceiling * share), y2: y(ceiling * share), class: "axis" }, svg);
      R.svg(
        "text",
        { x: left - 6, y: y(ceiling * share) + 4, class: "tick", "text-anchor": "end" },
        svg,
        R.number(ceiling * share),
      );
    }
    days.forEach((day, n) => {
      R.svg("line", { x1: x(n * per), x2: x(n * per), y1: top, y2: height - bottom, class: "axis" }, svg);
      R.svg("text", { x: x(n * per) + 4, y: height - 5, class: "tick" }, svg, `${R.short(day)} ${R.name(day)} ${R.kind(day)}`);
    });
    const line = (values) =>
      values
        .map((value, n) => (value === null ? "" : `${n && values[n - 1] !== null ? "L" : "M"}${x(n + 0.5)} ${y(value)}`))
        .join("");
    R.svg("path", { d: line(flat("baseline")), class: "line-naive" }, svg);
    R.svg("path", { d: line(flat("actual")), class: "line-actual" }, svg);
    R.svg("path", { d: line(flat("forecast")), class: "line-forecast" }, svg);
    days.forEach((day, n) => {
      const hit = R.svg(
        "rect",
        {
          x: x(n * per),
          width: x(per) - x(0),
          y: top,
          height: height - top - bottom,
          class: "rosters-hit",
          "data-forecast-day": day,
        },
        svg,
      );
      R.svg(
        "title",
        {},
        hit,
        R.say("forecast_hover_day", {
          day,
          forecast: R.number(total(found.forecast[n]), 0),
          baseline: R.number(total(found.baseline[n]), 0),
          actual: R.number(total(found.actual[n]), 0),
        }),
      );
    });
    return svg;
  }
  /* The baseline of a day may lie in two weeks, where the last one is not over: the older one is named. */
  const weeks = (row) => Math.max(1, ...row.map(Number));
  const total = (row) => (row.some((value) => value === null) ? null : row.reduce((sum, value) => sum + value, 0));

  function daysTable(found, days, open) {
    const rows = days.map((day, n) => {
      const said = total(found.forecast[n]),
        naive = total(found.baseline[n]),
        actual = total(found.actual[n]);
      const link = (value, date) =>
        value === null
          ? text.none
          : make("a", R.number(value, 0), {
              class: "quiet",
              href: R.calls({ from: date, to: date, queue: found.queue, visit: "offered" }),
            });
      const why =
        said === null
          ? text.none
          : R.button(
              R.number(said, 0),
              { "data-why": `${day}|00:00|24:00`, "data-queue": found.queue, "data-key": `day|${day}`, title: R.words.why },
              "quiet",
            );
      return make(
        "tr",
        [
          make(
            "th",
            [
              R.button(
                `${R.short(day)} ${R.name(day)} ${R.kind(day)}`,
                { "data-forecast-day": day, "data-key": `open|${day}` },
                "quiet",
              ),
            ],
            { scope: "row" },
          ),
          make("td", [why]),
          make("td", [link(naive, R.plus(day, -7 * weeks(found.baseline_weeks[n])))]),
          make("td", [link(actual, day)]),
        ],
        { "aria-selected": day === open ? "true" : undefined },
      );
    });
    return make(
      "section",
      [
        make("h2", R.words.by_days),
        make(
          "table",
          [
            R.head([
              R.words.day,
              R.words.forecast,
              make("th", R.words.baseline, { scope: "col", title: R.words.baseline_hover }),
              R.words.actual,
            ]),
            make("tbody", rows),
          ],
          { class: "plain rosters-numbers" },
        ),
      ],
      { class: "panel", "data-scroll": "days" },
    );
  }
  function intervalTable(found, days, open) {
    const n = days.indexOf(open),
      per = found.forecast[n].length,
      slots = 96 / per;
    const rows = Array.from({ length: per }, (_, at) => {
      const from = R.clock(at * slots),
        to = at === per - 1 ? "24:00" : R.clock((at + 1) * slots),
        said = found.forecast[n][at];
      const link = (value, date) =>
        value === null
          ? text.none
          : make("a", R.number(value), {
              class: "quiet",
              href: R.calls({ from: `${date} ${from}`, to: `${date} ${to}`, queue: found.queue, visit: "offered" }),
            });
      const why =
        said === null
          ? text.none
          : R.button(
              R.number(said),
              { "data-why": `${open}|${from}|${to}`, "data-queue": found.queue, "data-key": `slot|${from}`, title: R.words.why },
              "quiet",
            );
      return make("tr", [
        make("th", `${from}–${to}`, { scope: "row" }),
        make("td", [why]),
        make("td", [link(found.baseline[n][at], R.plus(open, -7 * (found.baseline_weeks[n][at] || 1)))]),
        make("td", [link(found.actual[n][at], open)]),
      ]);
    });
    return make(
      "section",
      [
        make("h2", `${open} ${R.name(open)}`),
        make("table", [R.head([R.words.interval, R.words.forecast, R.words.baseline, R.words.actual]), make("tbody", rows)], {
          class: "plain rosters-numbers",
        }),
      ],
      { class: "panel", "data-scroll": "slots" },
    );
  }

  document.addEventListener("change", (event) => {
    if (!R.root || !R.root.contains(event.target)) return;
    if (event.target.matches("[data-forecast-queue]")) R.go({ queue: event.target.value });
    else if (event.target.matches("[data-forecast-minutes]")) R.go({ minutes: event.target.value });
  });
  document.addEventListener("click", (event) => {
    const day = R.root && R.root.contains(event.target) && event.target.closest("[data-forecast-day]");
    if (day) R.go({ at: day.dataset.forecastDay });
  });
})();
