/* Rosters: state, URL, loading, views. Other files of the rosters add their views to window.hotlineRosters. */
(function () {
  "use strict";
  const live = window.hotlineLive,
    text = window.hotlineText,
    dom = window.hotlineDom,
    make = dom.make;
  const SVG = "http://www.w3.org/2000/svg",
    DAYS = 14,
    ROSTER = "/api/v1/rosters";
  let drawn = "",
    loading = 0;

  const R = {
    root: null,
    me: null,
    words: null,
    views: {},
    data: null,
    cover: null,
    days: DAYS,
    path: ROSTER,
    box: (name) => R.root.querySelector(`[data-box="${name}"]`),
    say: (key, values) => text.fill(R.words[key] || key, values || {}),
    /* What stands in the URL: view, from, pool, group and whatever a view adds. */
    url: () => Object.fromEntries(new URLSearchParams(location.search)),
    view: () => (R.me.views.includes(R.url().view) ? R.url().view : R.me.views[0]),
    group: () => R.url().group || "",
    pool: () => R.url().pool || "all",
    /* The period's first day: as the URL has it, else this Monday, or what the view begins with. */
    first() {
      const view = R.views[R.view()];
      return /^\d{4}-\d\d-\d\d$/.test(R.url().from || "")
        ? R.url().from
        : view && view.begins
          ? view.begins()
          : R.monday(R.today());
    },
    go(changes) {
      const next = new URLSearchParams(location.search);
      for (const [key, value] of Object.entries(changes))
        if (value === null || value === "") next.delete(key);
        else next.set(key, value);
      const query = next.toString();
      history.pushState(history.state, "", location.pathname + (query ? `?${query}` : ""));
      R.error("");
      R.tell("");
      drawn = "";
      load();
    },
    error(said) {
      dom.write("rosters-error", said, R.root);
    },
    tell(said) {
      dom.write("rosters-said", said, R.root);
    },
    why(problem) {
      const remedy = problem.data && problem.data.remedy ? problem.data.remedy : "";
      return problem.message.includes(remedy) ? problem.message : `${problem.message} ${remedy}`;
    },
    /* Work that may be refused: its words stand in the page, true when it was done. */
    async attempt(work) {
      R.error("");
      try {
        await work();
        return true;
      } catch (problem) {
        R.error(R.why(problem));
        return false;
      }
    },
    load: () => load(),
    redraw: () => {
      drawn = "";
      draw();
    },

    // --- days and numbers ------------------------------------------------------------------------------------
    today: () => text.day(new Date(live.now())),
    plus(day, days) {
      const at = new Date(`${day}T12:00:00Z`);
      at.setUTCDate(at.getUTCDate() + days);
      return at.toISOString().slice(0, 10);
    },
    weekday: (day) => (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7,
    monday: (day) => R.plus(day, -R.weekday(day)),
    list: (first, days) => Array.from({ length: days }, (_, n) => R.plus(first, n)),
    short: (day) => day.slice(5),
    name: (day) => R.me.weekdays[R.weekday(day)],
    number: (value, digits) =>
      value === null || value === undefined
        ? text.none
        : Number(value).toLocaleString("en-US", { maximumFractionDigits: digits === undefined ? 1 : digits }),
    percent: (value) => (value === null || value === undefined ? text.none : `${(value * 100).toFixed(1)}%`),
    hours: (seconds) => R.number(seconds / 3600),
    /* Kind of a day: its own name, or holiday, or make-up workday. */
    kind(day) {
      if (R.data && R.data.workdays.includes(day)) return R.words.makeup;
      return R.data && R.data.holidays.includes(day) ? R.words.holiday : "";
    },
    agentName: (extension) => {
      const one = R.data.agents.find((agent) => agent.extension === extension);
      return one ? one.name : extension;
    },
    times: (shift) => `${shift.start}–${shift.next_day && shift.end !== "24:00" ? R.words.next_day : ""}${shift.end}`,
    /* In a narrow cell an end before the begin says itself that it is on the next day. */
    brief: (shift) => `${shift.start}–${shift.end}`,
    calls: (query) => `/calls?${new URLSearchParams(query)}`,

    // --- drawing ---------------------------------------------------------------------------------------------
    svg(name, attributes, parent, content) {
      const made = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
      if (content !== undefined) made.textContent = content;
      if (parent) parent.appendChild(made);
      return made;
    },
    button: (caption, attributes, kind) => make("button", caption, { type: "button", class: kind || "bar-button", ...attributes }),
    option: (value, caption, chosen) => {
      const made = new Option(caption, value);
      made.selected = chosen;
      return made;
    },
    field(caption, control) {
      return make("label", [make("span", caption), control], { class: "rosters-field" });
    },
    head: (cells) =>
      make("thead", [
        make(
          "tr",
          cells.map((cell) => (typeof cell === "string" ? make("th", cell, { scope: "col" }) : cell)),
        ),
      ]),
    key: (kind, said) => make("span", [make("i", null, { class: kind }), said]),
    nothing: (said) => make("p", said, { class: "empty" }),
    replace(box, children) {
      const held = document.activeElement && box.contains(document.activeElement) ? document.activeElement.dataset.key : "";
      const tall = [...box.querySelectorAll("[data-scroll]")].map((one) => [one.dataset.scroll, one.scrollTop, one.scrollLeft]);
      box.replaceChildren(...children.filter(Boolean));
      for (const [name, top, left] of tall) {
        const one = box.querySelector(`[data-scroll="${name}"]`);
        if (one) {
          one.scrollTop = top;
          one.scrollLeft = left;
        }
      }
      if (held) {
        const again = box.querySelector(`[data-key="${held}"]`);
        if (again) again.focus();
      }
    },
  };
  window.hotlineRosters = R;

  function render() {
    const root = document.querySelector('[data-page="rosters"]');
    if (!root) {
      R.root = null;
      return;
    }
    if (root !== R.root) start(root);
    const view = R.views[R.view()];
    if (view && view.tick) view.tick();
  }
  function start(root) {
    R.root = root;
    R.me = JSON.parse(document.getElementById("rosters-about").dataset.rosters);
    R.words = R.me.words;
    R.data = R.cover = null;
    drawn = "";
    load();
  }
  async function load() {
    const mine = (loading += 1);
    try {
      const data = await live.ask("GET", `${ROSTER}?from=${R.first()}&days=${DAYS}`);
      if (mine !== loading || !R.root) return;
      R.data = data;
      drawn = "";
      draw();
    } catch (problem) {
      if (R.root) R.error(R.why(problem));
    }
  }
  function draw() {
    if (!R.data || !R.root) return;
    const name = R.view(),
      view = R.views[name],
      key = `${name} ${location.search} ${R.data.version}`;
    frame(name, view);
    if (!view || drawn === key) return;
    drawn = key;
    view.draw(R.box("view"));
  }
  function frame(name, view) {
    for (const tab of R.root.querySelectorAll("[data-view]")) dom.set(tab, "aria-pressed", String(tab.dataset.view === name));
    R.box("steps").hidden = Boolean(view && view.noPeriod);
    const group = R.root.querySelector("[data-group]");
    group.hidden = R.me.agent || !view || !view.byGroup;
    if (group.value !== R.group()) group.value = R.group();
    const last = R.plus(R.first(), DAYS - 1);
    dom.write("rosters-period", `${R.short(R.first())} ${R.name(R.first())} – ${R.short(last)} ${R.name(last)}`, R.root);
    R.box("tools").replaceChildren(...(view && view.tools ? view.tools() : []).filter(Boolean));
    const waiting = R.data.asked_leave.length + R.data.swaps.filter((swap) => swap.state === "accepted").length;
    dom.write("count-tasks", waiting ? String(waiting) : "", R.root);
  }

  document.addEventListener("click", (event) => {
    if (!R.root || !R.root.contains(event.target)) return;
    const tab = event.target.closest("[data-view]"),
      step = event.target.closest("[data-step]");
    if (tab) R.go({ view: tab.dataset.view === R.me.views[0] ? null : tab.dataset.view, day: null, shift: null, agent: null });
    else if (step) R.go({ from: step.dataset.step === "0" ? null : R.plus(R.first(), Number(step.dataset.step)), day: null });
  });
  document.addEventListener("change", (event) => {
    if (R.root && R.root.contains(event.target) && event.target.matches("[data-group]")) R.go({ group: event.target.value });
  });
  window.addEventListener("popstate", () => {
    if (R.root && document.contains(R.root)) {
      drawn = "";
      load();
    }
  });
  live.on("roster", () => {
    if (R.root) load();
  });
  live.subscribe(render);
})();
