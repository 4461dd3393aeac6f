/* Adherence: who should be on now and is not, and the past by agent and shift, opened down to its stretches. */
(function () {
  "use strict";
  const R = window.hotlineRosters,
    live = window.hotlineLive,
    text = window.hotlineText,
    dom = window.hotlineDom,
    make = dom.make;
  const EVERY_MS = 5000;
  /* Plans in which nobody is waited for. */
  const FREE = ["off", "leave"];
  let now = null,
    asked = 0,
    past = null,
    pastKey = "",
    opened = null;

  R.views.adherence = {
    byGroup: true,
    /* What is past: the fortnight that ends with this week. */
    begins: () => R.monday(R.plus(R.today(), -7)),
    async draw(box) {
      const first = R.first(),
        key = first;
      asked = 0;
      await look();
      if (pastKey !== key) {
        past = null;
        pastKey = key;
      }
      show(box);
      try {
        past = await live.ask("GET", `${R.path}/adherence?from=${first}&days=${R.days}`);
      } catch (problem) {
        R.error(R.why(problem));
        return;
      }
      const shift = R.url().shift;
      opened = null;
      if (shift)
        try {
          opened = await live.ask("GET", `${R.path}/adherence/shifts/${shift}`);
        } catch (problem) {
          R.error(R.why(problem));
        }
      if (document.contains(box) && R.view() === "adherence") show(box);
    },
    tick() {
      if (Date.now() - asked > EVERY_MS)
        look().then(() => {
          if (R.root && R.view() === "adherence") redrawNow();
        });
      else clocks();
    },
  };
  async function look() {
    asked = Date.now();
    try {
      now = await live.ask("GET", `${R.path}/adherence/now`);
    } catch (_) {
      now = null;
    }
  }
  const inGroup = (one) => !R.group() || one.group === R.group();

  function show(box) {
    R.replace(box, [
      make(
        "div",
        [
          make("section", null, { class: "panel rosters-now", "data-box": "now", "data-scroll": "now" }),
          make("div", [opened ? shiftPanel() : null, pastPanel()], { class: "rosters-past" }),
        ],
        { class: "rosters-adherence" },
      ),
    ]);
    redrawNow();
  }
  function redrawNow() {
    const box = R.box("now");
    if (!box) return;
    if (R.me.agent) {
      R.replace(box, [make("h2", R.words.now), ...mine(now && now.agents[0])]);
      return;
    }
    const agents = now ? now.agents.filter(inGroup) : [],
      planned = agents.filter((one) => !FREE.includes(one.plan)),
      off = planned.filter((one) => !one.adherent),
      extra = agents.filter((one) => FREE.includes(one.plan) && one.state !== "offline");
    off.sort((a, b) => (a.off_since < b.off_since ? -1 : 1));
    R.replace(box, [
      make("h2", R.words.now),
      now && now.stale ? make("p", R.words.not_live, { class: "warn" }) : null,
      make(
        "div",
        [
          count(R.words.on_plan, planned.length),
          count(R.words.in_place, planned.length - off.length),
          count(R.words.off_plan, off.length, off.length ? "warn" : ""),
          count(R.words.unplanned, extra.length),
        ],
        { class: "rosters-counts" },
      ),
      off.length ? people(off) : make("p", planned.length ? R.words.all_in_place : R.words.nobody_planned, { class: "dim" }),
      extra.length ? make("h3", R.words.unplanned) : null,
      extra.length ? people(extra) : null,
    ]);
  }
  /* An agent's own moment: the plan, the state, whether they agree, and when the plan changes next. */
  function mine(one) {
    if (!one) return [make("p", now ? R.words.not_rostered : R.words.not_live, { class: "dim" })];
    const free = FREE.includes(one.plan),
      next = one.next_change && new Date(one.next_change),
      day = next && text.day(next) !== R.today() ? `${R.short(text.day(next))} ` : "";
    return [
      now.stale ? make("p", R.words.not_live, { class: "warn" }) : null,
      make("p", [make("b", planOf(one), { class: "rosters-figure" })]),
      make("p", [stateOf(one), free ? "" : ` · ${one.adherent ? R.words.as_planned : R.words.off_plan}`], {
        class: free || one.adherent ? undefined : "warn",
      }),
      next ? make("p", R.say("next_at", { at: `${day}${text.clock(next)}` }), { class: "dim" }) : null,
    ].filter(Boolean);
  }
  /* A break or leave lies in a shift: its times are named as the shift's. */
  function planOf(one) {
    if (one.plan === "off") return R.words.plan_off;
    const shift = `${one.plan === "work" ? "" : `· ${one.shift.name} `}${R.brief(one.shift)}`;
    return `${R.words[`plan_${one.plan}`]} ${shift}`;
  }
  const stateOf = (one) =>
    make("span", [make("span", null, { class: "icon" }), stateName(one), one.reason ? ` ${one.reason}` : ""], {
      class: "rosters-state",
      "data-state": one.state,
    });
  const count = (caption, n, level) =>
    make("div", [
      make("span", caption, { class: "floor-caption" }),
      make("b", String(n), { class: "rosters-figure", "data-level": level || undefined }),
    ]);
  function people(list) {
    return make(
      "ul",
      list.map((one) =>
        make(
          "li",
          [
            make("a", `${one.extension} ${one.name}`, { class: "quiet", href: R.calls({ agent: one.extension, day: "today" }) }),
            make("span", planOf(one), { class: "dim" }),
            stateOf(one),
            make("b", "", { class: "rosters-since", "data-since": one.off_since || one.since || "" }),
          ],
          { "data-off": one.extension },
        ),
      ),
      { class: "rosters-people" },
    );
  }
  const stateName = (one) => text.about().states[one.state] || one.state;
  const clocked = (span) => `${text.clock(new Date(span.from))}–${text.clock(new Date(span.to))}`;
  /* Durations go on between two looks. */
  function clocks() {
    for (const one of R.root.querySelectorAll("[data-since]")) {
      const said = one.dataset.since ? text.duration(Math.max(0, (live.now() - Date.parse(one.dataset.since)) / 1000)) : text.none;
      if (one.textContent !== said) one.textContent = said;
    }
  }

  function ratio(value, title, href) {
    const level = value === null ? undefined : value < 0.8 ? "bad" : value < 0.9 ? "warn" : undefined;
    return make(
      "td",
      [href && value !== null ? make("a", R.percent(value), { href, class: "quiet" }) : make("span", R.percent(value))],
      { title, "data-level": level },
    );
  }
  const expression = (one) => R.say("expr_adherence", { a: text.duration(one.adherent_s), s: text.duration(one.scheduled_s) });
  const conformed = (one) => R.say("expr_conformance", { w: text.duration(one.worked_s), s: text.duration(one.planned_work_s) });

  function pastPanel() {
    if (!past) return make("section", [make("h2", R.words.past), make("p", R.words.loading, { class: "dim" })], { class: "panel" });
    const last = R.plus(past.from, past.days - 1),
      agents = past.agents.filter(inGroup),
      span = { from: past.from, to: last };
    if (!past.known_from)
      return make("section", [make("h2", R.words.past), make("p", R.words.no_states, { class: "dim" })], { class: "panel" });
    const rows = agents.flatMap((one) => {
      const open = R.url().agent === one.extension;
      const head = make("tr", [
        make(
          "th",
          [
            R.button(
              `${open ? "▾" : "▸"} ${one.extension} ${one.name}`,
              { "data-open-agent": one.extension, "data-key": `agent|${one.extension}`, "aria-expanded": String(open) },
              "quiet",
            ),
          ],
          { scope: "row" },
        ),
        make("td", one.group),
        ratio(one.adherence, expression(one)),
        ratio(one.conformance, conformed(one)),
        make("td", text.duration(one.scheduled_s)),
        make("td", [make("a", text.duration(one.worked_s), { class: "quiet", href: R.calls({ agent: one.extension, ...span }) })]),
        make("td", text.duration(one.late_s)),
        make("td", String(one.shifts)),
        make("td", one.absent ? String(one.absent) : "", { "data-level": one.absent ? "bad" : undefined }),
      ]);
      return open ? [head, ...one.by_shift.map((each) => shiftRow(one, each))] : [head];
    });
    const whole = past.whole;
    return make(
      "section",
      [
        make("h2", R.say("past_of", { from: past.from, to: last })),
        make(
          "div",
          [
            make("div", [
              make("span", R.words.adherence, { class: "floor-caption" }),
              make("b", R.percent(whole.adherence), { class: "rosters-figure", title: expression(whole) }),
            ]),
            make("div", [
              make("span", R.words.conformance, { class: "floor-caption" }),
              make("b", R.percent(whole.conformance), { class: "rosters-figure", title: conformed(whole) }),
            ]),
            make(
              "p",
              R.say("known_since", { at: `${text.day(new Date(past.known_from))} ${text.clock(new Date(past.known_from))}` }),
              { class: "dim" },
            ),
          ],
          { class: "rosters-counts" },
        ),
        make(
          "div",
          [
            make(
              "table",
              [
                R.head([
                  R.words.agent,
                  R.words.group,
                  make("th", R.words.adherence, { scope: "col", title: R.words.adherence_hover }),
                  make("th", R.words.conformance, { scope: "col", title: R.words.conformance_hover }),
                  R.words.scheduled,
                  R.words.worked,
                  R.words.late,
                  R.words.shifts,
                  R.words.absent,
                ]),
                make("tbody", rows),
              ],
              { class: "plain rosters-numbers" },
            ),
          ],
          { class: "rosters-scroll", "data-scroll": "past" },
        ),
      ],
      { class: "panel rosters-past-panel" },
    );
  }
  function shiftRow(one, each) {
    const shift = each.shift,
      to = new Date(Date.parse(shift.ends_at)),
      known = each.scheduled_s > 0;
    const span = { agent: one.extension, from: `${shift.day} ${shift.start}`, to: `${text.day(to)} ${text.clock(to)}` };
    return make(
      "tr",
      [
        make(
          "th",
          [
            R.button(
              `${R.short(shift.day)} ${R.name(shift.day)} ${shift.name} ${R.times(shift)}`,
              { "data-open-shift": shift.id, "data-key": `shift|${shift.id}` },
              "quiet",
            ),
          ],
          { scope: "row", class: "rosters-indent" },
        ),
        make("td", ""),
        ratio(each.adherence, expression(each)),
        ratio(each.conformance, conformed(each)),
        make("td", known ? text.duration(each.scheduled_s) : text.none),
        make("td", known ? [make("a", text.duration(each.worked_s), { class: "quiet", href: R.calls(span) })] : text.none),
        make("td", known ? text.duration(each.late_s) : text.none),
        make("td", ""),
        make("td", each.absent ? R.words.yes : ""),
      ],
      { class: "rosters-sub" },
    );
  }

  /* Plan above, states below, on one axis; then the stretches that were not as planned. */
  function shiftPanel() {
    const shift = opened.shift,
      start = Date.parse(shift.starts_at),
      end = Date.parse(shift.ends_at),
      width = 900,
      x = (at) => ((at - start) / (end - start)) * width;
    const svg = R.svg("svg", {
      viewBox: `0 0 ${width} 64`,
      class: "rosters-chart",
      role: "img",
      "aria-label": R.words.timeline,
      preserveAspectRatio: "none",
    });
    const plans = opened.pieces.reduce((all, piece) => {
      const last = all[all.length - 1];
      if (last && last.plan === piece.plan && last.to === piece.from) last.to = piece.to;
      else all.push({ ...piece });
      return all;
    }, []);
    for (const plan of plans) {
      const rect = R.svg(
        "rect",
        {
          x: x(Date.parse(plan.from)),
          width: Math.max(0.5, x(Date.parse(plan.to)) - x(Date.parse(plan.from))),
          y: 2,
          height: 16,
          class: "rosters-plan",
          "data-plan": plan.plan,
        },
        svg,
      );
      R.svg(
        "title",
        {},
        rect,
        `${text.clock(new Date(plan.from))}–${text.clock(new Date(plan.to))} ${R.words[`plan_${plan.plan}`]}`,
      );
    }
    for (const piece of opened.pieces) {
      const from = Date.parse(piece.from),
        to = Date.parse(piece.to);
      const rect = R.svg(
        "rect",
        {
          x: x(from),
          width: Math.max(0.5, x(to) - x(from)),
          y: 24,
          height: 22,
          class: "rosters-piece",
          "data-state": piece.state,
          "data-off": piece.adherent ? undefined : "1",
        },
        svg,
      );
      const times = `${text.clock(new Date(from), true)}–${text.clock(new Date(to), true)}`,
        said = `${times} ${R.words[`plan_${piece.plan}`]} · ${stateName(piece)}`;
      R.svg("title", {}, rect, said);
      if (!piece.adherent)
        R.svg("rect", { x: x(from), width: Math.max(0.5, x(to) - x(from)), y: 49, height: 4, class: "rosters-off" }, svg);
    }
    const hours = [];
    for (let at = Math.ceil(start / 36e5) * 36e5; at < end - 12e5; at += 36e5)
      hours.push(make("span", text.clock(new Date(at)), { style: `left:${(x(at) / width) * 100}%` }));
    const off = opened.pieces.filter((piece) => !piece.adherent && piece.seconds >= 30),
      to = new Date(end);
    return make(
      "section",
      [
        make(
          "div",
          [
            make("h2", `${shift.extension} ${opened.name} · ${shift.day} ${shift.name} ${R.times(shift)}`),
            make(
              "span",
              `${R.words.adherence} ${R.percent(opened.sums.adherence)} · ${R.words.conformance} ${R.percent(opened.sums.conformance)}`,
              { class: "dim", title: `${expression(opened.sums)}\n${conformed(opened.sums)}` },
            ),
            make("a", R.words.calls_of_shift, {
              class: "quiet",
              href: R.calls({
                agent: shift.extension,
                from: `${shift.day} ${shift.start}`,
                to: `${text.day(to)} ${text.clock(to)}`,
              }),
            }),
            make("div", null, { class: "bar-space" }),
            R.button(R.words.close, { "data-open-shift": "" }),
          ],
          { class: "rosters-day-head" },
        ),
        opened.pieces.length ? svg : make("p", R.words.no_states, { class: "dim" }),
        make("div", hours, { class: "rosters-axis" }),
        off.length
          ? make(
              "p",
              [
                R.words.not_as_planned,
                " ",
                off.map((piece) => [clocked(piece), stateName(piece), `(${text.duration(piece.seconds)})`].join(" ")).join("；"),
              ],
              { class: "dim" },
            )
          : null,
      ],
      { class: "panel" },
    );
  }

  document.addEventListener("click", (event) => {
    if (!R.root || !R.root.contains(event.target)) return;
    const agent = event.target.closest("[data-open-agent]"),
      shift = event.target.closest("[data-open-shift]");
    if (agent) R.go({ agent: R.url().agent === agent.dataset.openAgent ? null : agent.dataset.openAgent });
    else if (shift) R.go({ shift: shift.dataset.openShift || null });
  });
})();
