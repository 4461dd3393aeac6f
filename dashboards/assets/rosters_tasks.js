/* What waits for a word: swaps and leave, for the supervisor and for the agent; the agent's own fortnight; calendar links. */
(function () {
  "use strict";
  const R = window.hotlineRosters,
    live = window.hotlineLive,
    text = window.hotlineText,
    dom = window.hotlineDom,
    make = dom.make;
  let link = "";
  const side = (shift) =>
    shift
      ? `${shift.name} ${shift.starts}–${shift.ends.slice(0, 5) === shift.starts.slice(0, 5) ? shift.ends.slice(6) : shift.ends}`
      : R.words.nothing_back;
  const person = (extension) => `${extension} ${R.agentName(extension)}`;
  const when = (at) => (at ? `${text.day(new Date(at * 1000)).slice(5)} ${text.clock(new Date(at * 1000))}` : "");

  function swapRow(swap, acts) {
    const at = when(swap.decided_at || swap.answered_at || swap.asked_at),
      said = [swap.words, at, swap.decided_by, swap.decided_words];
    return make(
      "li",
      [
        make("div", [make("b", `${swap.extension} ${swap.name}`), ` ${side(swap.shift)}`]),
        make("div", ["⇄ ", make("b", `${swap.other_extension} ${swap.other_name}`), ` ${side(swap.other_shift)}`]),
        make("div", [make("span", R.words[`swap_${swap.state}`], { class: "tag" }), ` ${said.filter(Boolean).join(" · ")}`], {
          class: "dim",
        }),
        acts.length ? make("div", acts, { class: "rosters-acts" }) : null,
      ],
      { "data-swap": swap.id },
    );
  }
  const say = (caption, attributes, kind) => R.button(caption, attributes, kind);

  R.views.tasks = {
    noPeriod: true,
    draw(box) {
      const open = R.data.swaps.filter((swap) => ["asked", "accepted"].includes(swap.state)),
        done = R.data.swaps.filter((swap) => !["asked", "accepted"].includes(swap.state));
      open.sort((a, b) => (a.state === b.state ? b.id - a.id : a.state === "accepted" ? -1 : 1));
      const acts = (swap) =>
        R.me.edits
          ? [
              swap.state === "accepted" ? say(R.words.approve, { "data-swap-decide": "1", "data-id": swap.id }, "primary") : null,
              say(R.words.refuse, { "data-swap-decide": "0", "data-id": swap.id }),
            ].filter(Boolean)
          : [];
      R.replace(box, [
        make(
          "div",
          [
            make(
              "section",
              [
                make("h2", R.words.swaps),
                open.length
                  ? make(
                      "ul",
                      open.map((swap) => swapRow(swap, acts(swap))),
                      { class: "rosters-tasks" },
                    )
                  : make("p", R.words.no_swaps, { class: "dim" }),
                done.length ? make("h3", R.words.decided_lately) : null,
                done.length
                  ? make(
                      "ul",
                      done.slice(0, 20).map((swap) => swapRow(swap, [])),
                      { class: "rosters-tasks" },
                    )
                  : null,
              ],
              { class: "panel", "data-scroll": "swaps" },
            ),
            make(
              "section",
              [
                make("h2", R.words.leave_asked),
                R.data.asked_leave.length
                  ? make("ul", R.data.asked_leave.map(leaveRow), { class: "rosters-tasks" })
                  : make("p", R.words.no_leave, { class: "dim" }),
              ],
              { class: "panel", "data-scroll": "leaves" },
            ),
          ],
          { class: "rosters-two" },
        ),
      ]);
    },
  };
  /* What the leave does to the roster: shifts that would go, and those that are only shorter. */
  function touched(leave) {
    const named = (shift) => `${R.short(shift.day)} ${shift.name} ${R.times(shift)}`;
    const list = (stays) =>
      leave.shifts
        .filter((shift) => shift.stays === stays)
        .map(named)
        .join(R.words.and);
    return [
      list(false) ? R.say("leave_takes", { shifts: list(false) }) : "",
      list(true) ? R.say("leave_leaves", { shifts: list(true) }) : "",
    ]
      .filter(Boolean)
      .join(" ");
  }
  function leaveRow(leave) {
    return make(
      "li",
      [
        make("div", [make("b", person(leave.extension)), ` ${leave.reason} ${R.leaveSpan(leave)}`]),
        leave.shifts.length ? make("div", touched(leave), { class: "dim" }) : null,
        leave.note ? make("div", leave.note, { class: "dim" }) : null,
        R.me.edits
          ? make(
              "div",
              [
                say(R.words.approve, { "data-leave-decide": "1", "data-id": leave.id }, "primary"),
                say(R.words.refuse, { "data-leave-decide": "0", "data-id": leave.id }),
              ],
              { class: "rosters-acts" },
            )
          : null,
      ],
      { "data-leave": leave.id },
    );
  }

  // --- an agent's own page -------------------------------------------------------------------------------------
  R.views.own = {
    tools: () => [R.button(R.words.ask_leave, { "data-ask-leave": "1" })],
    draw(box) {
      if (!R.data.agents.length) {
        R.replace(box, [R.nothing(R.words.not_rostered)]);
        return;
      }
      const me = R.me.extension,
        days = R.list(R.first(), R.days);
      const rows = days.map((day) => {
        const leaves = R.leavesOf(me, day),
          asked = leaves.find((leave) => leave.state === "asked"),
          shifts = R.shiftsOf(me, day);
        const ahead = shifts.some((shift) => Date.parse(shift.starts_at) > live.now()),
          open = shifts.some((shift) =>
            R.data.swaps.some(
              (swap) => ["asked", "accepted"].includes(swap.state) && swap.extension === me && swap.shift.id === shift.id,
            ),
          );
        return make(
          "tr",
          [
            make("th", `${R.short(day)} ${R.name(day)} ${R.kind(day)}`, { scope: "row" }),
            make(
              "td",
              shifts.length || leaves.length
                ? [...leaves.map(R.leaveBlock), ...shifts.map((shift) => R.block(shift))]
                : [make("span", R.words.free, { class: "dim" })],
            ),
            make(
              "td",
              shifts.flatMap((shift) => [
                ...(shift.breaks.length
                  ? [`${R.words.breaks} `, make("span", R.breakText(shift.breaks), { class: "rosters-times" })]
                  : []),
                ` ${shift.note}`,
              ]),
            ),
            make("td", [
              shifts.length && ahead && !open
                ? R.button(R.words.swap_more, { "data-ask-swap": shifts[0].id, "data-key": `swap|${shifts[0].id}` }, "quiet")
                : null,
              asked ? R.button(R.words.withdraw, { "data-leave-withdraw": asked.id }, "quiet") : null,
            ]),
          ],
          { "data-today": day === R.data.today ? "1" : undefined },
        );
      });
      const hours = R.data.shifts.reduce((sum, shift) => sum + shift.paid_h, 0);
      R.replace(box, [
        make(
          "div",
          [
            make(
              "section",
              [
                make("h2", R.say("own_hours", { shifts: R.data.shifts.length, hours: R.number(hours) })),
                make("table", [make("tbody", rows)], { class: "plain rosters-own" }),
              ],
              { class: "panel" },
            ),
            make("div", [ownSwaps(me), calendar(me)]),
          ],
          { class: "rosters-two" },
        ),
      ]);
    },
  };
  function ownSwaps(me) {
    const acts = (swap) => {
      if (swap.state === "asked" && swap.other_extension === me)
        return [
          say(R.words.accept, { "data-swap-answer": "1", "data-id": swap.id }, "primary"),
          say(R.words.decline, { "data-swap-answer": "0", "data-id": swap.id }),
        ];
      return ["asked", "accepted"].includes(swap.state) && swap.extension === me
        ? [say(R.words.withdraw, { "data-swap-withdraw": "1", "data-id": swap.id })]
        : [];
    };
    return make(
      "section",
      [
        make("h2", R.words.swaps),
        R.data.swaps.length
          ? make(
              "ul",
              R.data.swaps.slice(0, 12).map((swap) => swapRow(swap, acts(swap))),
              { class: "rosters-tasks" },
            )
          : make("p", R.words.no_swaps, { class: "dim" }),
      ],
      { class: "panel" },
    );
  }
  function calendar(extension) {
    return make(
      "section",
      [
        make("h2", R.words.calendar),
        make("p", R.words.calendar_about, { class: "dim" }),
        make(
          "div",
          [
            make("a", R.words.calendar_file, {
              class: "bar-button rosters-link",
              href: `${R.path}/${extension}.ics`,
              download: "",
            }),
            R.button(R.words.calendar_link, { "data-make-link": extension }),
            link ? R.button(R.words.calendar_end, { "data-end-link": extension }) : null,
          ],
          { class: "rosters-acts" },
        ),
        link ? make("p", [make("code", link, { class: "rosters-code" })]) : null,
      ],
      { class: "panel" },
    );
  }

  async function askSwap(id) {
    const shift = R.data.shifts.find((one) => one.id === id),
      found = await live.ask("GET", `${R.path}/swaps/candidates?shift=${id}`);
    if (!found.candidates.length) {
      R.error(R.words.no_candidates);
      return;
    }
    const options = found.candidates.map((one) => [
      `${one.extension}|${one.shift ? one.shift.id : ""}`,
      `${one.extension} ${one.name} · ${one.shift ? side(one.shift) : R.words.takes_over}`,
    ]);
    R.form({
      title: R.words.swap_title,
      about: `${shift.day} ${R.name(shift.day)} ${shift.name} ${R.times(shift)}`,
      fields: [
        { name: "other_extension", caption: R.words.with_whom, kind: "select", options, value: options[0][0], wide: true },
        { name: "words", caption: R.words.swap_words, most: 200, wide: true },
      ],
      acts: [
        {
          caption: R.words.ask,
          run: async (values) => {
            const [other, given] = values.other_extension.split("|");
            await live.ask("POST", `${R.path}/swaps`, {
              shift_id: id,
              other_extension: other,
              other_shift_id: given ? Number(given) : null,
              words: values.words,
            });
            R.tell(R.words.swap_sent);
            await R.load();
          },
        },
      ],
    });
  }
  function askLeave() {
    R.form({
      title: R.words.ask_leave,
      fields: [
        {
          name: "reason",
          caption: R.words.reason,
          kind: "select",
          options: R.me.leave_reasons.map((one) => [one, one]),
          value: R.me.leave_reasons[0],
          wide: true,
        },
        ...R.leaveFields(R.plus(R.data.today, 1), R.shiftsOf(R.me.extension, R.plus(R.data.today, 1))[0]),
        { name: "note", caption: R.words.note, most: 200, wide: true },
      ],
      changed: R.leaveChanged,
      acts: [
        {
          caption: R.words.ask,
          run: async (values) => {
            await live.ask("POST", `${R.path}/leaves/own`, R.leaveBody(values));
            R.tell(R.words.leave_sent);
            await R.load();
          },
        },
      ],
    });
  }
  const decide = (path, body, said) =>
    R.attempt(async () => {
      await live.ask("POST", path, body);
      await R.load();
      if (said) R.tell(said);
    });

  document.addEventListener("click", (event) => {
    if (!R.root || !R.root.contains(event.target)) return;
    const on = (name) => event.target.closest(`[data-${name}]`);
    const swap = on("swap-decide"),
      answer = on("swap-answer"),
      back = on("swap-withdraw"),
      leave = on("leave-decide"),
      leaveBack = on("leave-withdraw"),
      swapAsk = on("ask-swap"),
      linkMade = on("make-link"),
      linkEnd = on("end-link");
    if (swap)
      decide(
        `${R.path}/swaps/${swap.dataset.id}/decision`,
        { approve: swap.dataset.swapDecide === "1" },
        swap.dataset.swapDecide === "1" ? R.words.swap_done : "",
      );
    else if (answer) decide(`${R.path}/swaps/${answer.dataset.id}/answer`, { accept: answer.dataset.swapAnswer === "1" });
    else if (back)
      R.attempt(async () => {
        await live.ask("DELETE", `${R.path}/swaps/${back.dataset.id}`);
        await R.load();
      });
    else if (leave) decideLeave(Number(leave.dataset.id), leave.dataset.leaveDecide === "1");
    else if (leaveBack)
      R.attempt(async () => {
        await live.ask("DELETE", `${R.path}/leaves/${leaveBack.dataset.leaveWithdraw}`);
        await R.load();
      });
    else if (swapAsk) R.attempt(() => askSwap(Number(swapAsk.dataset.askSwap)));
    else if (on("ask-leave")) askLeave();
    else if (linkMade)
      R.attempt(async () => {
        link = location.origin + (await live.ask("POST", `${R.path}/${linkMade.dataset.makeLink}/link`)).path;
        R.redraw();
      });
    else if (linkEnd)
      R.attempt(async () => {
        await live.ask("DELETE", `${R.path}/${linkEnd.dataset.endLink}/link`);
        link = "";
        R.redraw();
        R.tell(R.words.link_ended);
      });
  });
  /* Approving may need the shifts of those days taken away: asked where it is refused. */
  async function decideLeave(id, approve) {
    const path = `${R.path}/leaves/${id}/decision`;
    try {
      const decided = await live.ask("POST", path, { approve });
      await R.load();
      if (approve) R.tellBeside(decided);
    } catch (problem) {
      if (!problem.data || problem.data.field !== "take_shifts_away") {
        R.error(R.why(problem));
        return;
      }
      R.form({
        title: R.words.leave,
        about: problem.message,
        fields: [{ name: "take_shifts_away", caption: R.words.take_away, kind: "checkbox", value: true, wide: true }],
        acts: [
          {
            caption: R.words.approve,
            run: async (values) => {
              const decided = await live.ask("POST", path, { approve: true, ...values });
              await R.load();
              R.tellBeside(decided);
            },
          },
        ],
      });
    }
  }
})();
