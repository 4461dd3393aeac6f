/* Proposals: ask, watch, cancel, compare with the roster of now, take over. */
(function () {
  "use strict";
  const R = window.hotlineRosters,
    live = window.hotlineLive,
    text = window.hotlineText,
    dom = window.hotlineDom,
    make = dom.make;
  let draft = null,
    asked = 0,
    sent = false,
    armed = false;

  R.views.proposal = {
    noPeriod: true,
    async draw(box) {
      try {
        draft = await live.ask("GET", `${R.path}/proposals/newest`);
      } catch (problem) {
        draft = null;
        if (problem.status !== 404) R.error(R.why(problem));
      }
      if (document.contains(box) && R.view() === "proposal") {
        armed = false;
        show(box);
      }
    },
    /* The clock of a running one goes on between two words of the solver. */
    tick() {
      if (!draft || draft.state !== "running") return;
      const bar = R.root.querySelector("[data-progress]");
      if (bar) progress(bar);
      if (Date.now() - asked > 4000) again();
    },
  };
  async function again() {
    asked = Date.now();
    try {
      const found = await live.ask("GET", `${R.path}/proposals/${draft.id}`);
      const over = found.state !== "running";
      draft = found;
      if (over && R.root && R.view() === "proposal") show(R.box("view"));
    } catch (_) {
      /* the next look may do */
    }
  }
  live.on("roster_proposal", (message) => {
    if (!R.root || R.view() !== "proposal") return;
    if (draft && draft.id === message.id && message.progress) draft.progress = message.progress;
    else R.views.proposal.draw(R.box("view"));
  });

  function show(box) {
    R.replace(box, [
      make("div", [form(), about()], { class: "panel rosters-propose" }),
      draft ? make("div", state(), { class: "panel" }) : make("p", R.words.no_proposal, { class: "empty" }),
      (draft && draft.state === "done") || (draft && draft.state === "taken")
        ? make("div", [grid()], { class: "rosters-scroll", "data-scroll": "draft" })
        : null,
    ]);
  }
  function form() {
    const next = R.plus(R.monday(R.data.today), 7),
      running = sent || Boolean(draft && draft.state === "running");
    const from = make("input", null, {
      class: "field",
      type: "date",
      name: "from",
      value: next,
      min: R.plus(R.data.today, 1),
      "data-key": "from",
    });
    const days = make(
      "select",
      [7, 14, 21, 28].map((n) => R.option(n, R.say("n_days", { n }), n === 14)),
      { class: "field", name: "days" },
    );
    const keep = make("select", [R.option("0", R.words.anew, true), R.option("1", R.words.keep)], { class: "field", name: "keep" });
    const limit = make(
      "select",
      [20, 40, 90, 180].map((n) => R.option(n, R.say("n_seconds", { n }), n === 40)),
      { class: "field", name: "limit" },
    );
    const go = make("button", R.words.propose, { class: "primary", type: "submit" });
    go.disabled = running || !R.me.edits;
    const made = make(
      "form",
      [
        R.field(R.words.first_day, from),
        R.field(R.words.how_long, days),
        R.field(R.words.way, keep),
        R.field(R.words.at_most, limit),
        go,
      ],
      { class: "rosters-propose-form", "data-propose": "1", novalidate: "1" },
    );
    return made;
  }
  const about = () => make("p", R.words.propose_about, { class: "dim" });

  function state() {
    const head = make(
      "h2",
      R.say("proposal_of", {
        from: draft.from,
        to: R.plus(draft.from, draft.days - 1),
        by: draft.asked_by,
        at: text.clock(new Date(draft.asked_at)),
      }),
    );
    if (draft.state === "running") {
      const bar = make("div", [make("i")], {
        class: "rosters-progress",
        role: "progressbar",
        "data-progress": "1",
        "aria-label": R.words.working,
      });
      const said = make("p", "", { class: "dim", "data-progress-said": "1" });
      setTimeout(() => progress(bar), 0);
      return [head, bar, said, R.me.edits ? R.button(R.words.cancel, { "data-cancel-proposal": "1" }) : null];
    }
    if (draft.state === "failed")
      return [
        head,
        make("p", draft.report.error ? `${draft.report.error.message} ${draft.report.error.remedy || ""}` : R.words.failed, {
          class: "rosters-error",
          role: "alert",
        }),
      ];
    if (draft.state === "cancelled") return [head, make("p", R.words.was_cancelled, { class: "dim" })];
    return [head, compared(), why(), acts()];
  }
  function progress(bar) {
    const limit = draft.progress.limit_s || draft.wanted.limit_s || 40,
      seconds = (live.now() - Date.parse(draft.asked_at)) / 1000;
    bar.firstChild.style.width = `${Math.min(98, (seconds / limit) * 100)}%`;
    bar.setAttribute("aria-valuenow", String(Math.min(98, Math.round((seconds / limit) * 100))));
    const said = R.root.querySelector("[data-progress-said]"),
      phase = R.words[`phase_${draft.progress.phase}`] || "";
    if (said)
      said.textContent = [
        phase,
        draft.progress.short_h === undefined ? "" : R.say("short_so_far", { hours: R.number(draft.progress.short_h) }),
        R.say("for_seconds", { n: Math.round(seconds), most: limit }),
      ]
        .filter(Boolean)
        .join(" · ");
  }
  /* Three rows: now, the proposal, the difference; what is better is green. */
  function compared() {
    const before = draft.report.before,
      after = draft.report.after,
      names = { all: R.words.all_queues, ...R.me.queues };
    const columns = [
      ...Object.keys(after.short_h).map((pool) => [
        R.say("short_of", { pool: names[pool] || pool }),
        before.short_h[pool],
        after.short_h[pool],
        true,
      ]),
      [R.words.paid_hours, before.hours, after.hours],
      [R.words.fewest_hours, before.hours_least, after.hours_least],
      [R.words.most_hours, before.hours_most, after.hours_most],
      [R.words.shifts, before.shifts, after.shifts],
    ];
    const change = ([, was, is, less]) =>
      make("td", is === was ? "＝" : `${is > was ? "+" : "−"}${R.number(Math.abs(is - was))}`, {
        "data-good": less && is < was ? "1" : undefined,
        "data-level": less && is > was ? "warn" : undefined,
      });
    return make(
      "table",
      [
        R.head([R.words.hours_each, ...columns.map(([caption]) => caption)]),
        make("tbody", [
          make("tr", [make("th", R.words.roster_now, { scope: "row" }), ...columns.map(([, was]) => make("td", R.number(was)))]),
          make("tr", [
            make("th", R.words.this_proposal, { scope: "row" }),
            ...columns.map(([, , is]) => make("td", [make("b", R.number(is))])),
          ]),
          make("tr", [make("th", R.words.change, { scope: "row" }), ...columns.map(change)]),
        ]),
      ],
      { class: "plain rosters-numbers rosters-compared" },
    );
  }
  function why() {
    const report = draft.report,
      held = Object.entries(report.holds_back || {});
    const said = [R.say("took", { n: R.number(report.seconds) })];
    if (report.solver === false) said.push(R.say("no_solver", { hours: R.number(report.short_h) }));
    else if (!report.short_h) said.push(R.words.all_covered);
    else {
      said.push(
        R.say(report.proven ? "proven" : "not_proven", { hours: R.number(report.short_h), bound: R.number(report.bound_h) }),
      );
      said.push(
        held.length
          ? R.say("held_by", {
              rules: held
                .slice(0, 3)
                .map(([rule, hours]) => R.say("held_one", { rule: R.words[`rule_${rule}`] || rule, hours: R.number(hours) }))
                .join("；"),
            })
          : report.proven
            ? R.words.held_by_people
            : R.words.held_unknown,
      );
    }
    return make("p", said.join(" "), { class: "dim" });
  }
  function acts() {
    const report = draft.report,
      changes = R.say("changes", { added: report.added, removed: report.removed, kept: report.kept, rested: report.rested || 0 });
    if (draft.state === "taken") return make("p", [make("b", R.words.was_taken), ` ${changes}`]);
    if (!R.me.edits) return make("p", changes);
    return make(
      "div",
      [
        make("button", armed ? R.say("sure_take", { added: report.added, removed: report.removed }) : R.words.take_over, {
          class: "primary",
          type: "button",
          "data-take-over": "1",
          "data-key": "take",
        }),
        make("span", changes),
      ],
      { class: "rosters-acts" },
    );
  }

  /* The draft as a grid: new shifts framed, those that would go struck out. */
  function grid() {
    const days = R.list(draft.from, draft.days),
      place = (shift) => `${shift.extension}|${shift.starts_at}|${shift.ends_at}`;
    const standing = now.filter((shift) => days.includes(shift.day)),
      there = new Set(standing.map(place)),
      wanted = new Set(draft.shifts.map(place));
    const rows = R.data.agents.map((agent) => {
      const mine = draft.shifts.filter((shift) => shift.extension === agent.extension),
        hours = mine.reduce((sum, shift) => sum + shift.paid_h, 0);
      return make("tr", [
        make("th", [make("b", `${agent.extension} ${agent.name}`), make("small", `${R.number(hours)} ${R.words.hours}`)], {
          scope: "row",
          class: "rosters-who",
        }),
        ...days.map((day) => {
          const blocks = mine
            .filter((shift) => shift.day === day)
            .map((shift) => R.block(shift, draft.state === "done" && !there.has(place(shift)) ? { "data-new": "1" } : {}));
          const gone =
            draft.state === "done"
              ? standing
                  .filter((shift) => shift.extension === agent.extension && shift.day === day && !wanted.has(place(shift)))
                  .map((shift) => make("s", shift.name, { class: "rosters-gone", title: R.times(shift) }))
              : [];
          return make("td", [make("div", [...blocks, ...gone], { class: "rosters-cell still" })], {
            "data-rest": R.weekday(day) > 4 ? "1" : undefined,
          });
        }),
      ]);
    });
    const made = make(
      "table",
      [R.head([make("th", R.words.agent, { scope: "col", class: "rosters-who" }), ...days.map(R.dayHead)]), make("tbody", rows)],
      { class: "rosters-grid" },
    );
    if (standingOf !== `${draft.id} ${R.data.version}`) loadStanding();
    return made;
  }
  let now = [],
    standingOf = "";
  async function loadStanding() {
    standingOf = `${draft.id} ${R.data.version}`;
    try {
      now = (await live.ask("GET", `${R.path}?from=${draft.from}&days=${draft.days}`)).shifts;
    } catch (_) {
      now = [];
    }
    if (R.root && R.view() === "proposal") show(R.box("view"));
  }

  document.addEventListener("submit", (event) => {
    if (!R.root || !R.root.contains(event.target) || !event.target.dataset.propose) return;
    event.preventDefault();
    const form = event.target.elements;
    sent = true;
    R.attempt(async () => {
      draft = await live.ask("POST", `${R.path}/proposals`, {
        from: form.from.value,
        days: Number(form.days.value),
        keep: form.keep.value === "1",
        limit_s: Number(form.limit.value),
      });
    }).then(() => {
      sent = false;
      asked = Date.now();
      show(R.box("view"));
    });
  });
  document.addEventListener("click", (event) => {
    if (!R.root || !R.root.contains(event.target)) return;
    if (event.target.closest("[data-cancel-proposal]"))
      R.attempt(async () => {
        draft = await live.ask("POST", `${R.path}/proposals/${draft.id}/cancel`);
        show(R.box("view"));
      });
    else if (event.target.closest("[data-take-over]")) {
      if (!armed) {
        armed = true;
        show(R.box("view"));
        return;
      }
      R.attempt(async () => {
        const done = await live.ask("POST", `${R.path}/proposals/${draft.id}/take-over`);
        R.go({ view: null, from: R.monday(draft.from) });
        R.tell(R.say("taken", done));
      });
    }
  });
})();
