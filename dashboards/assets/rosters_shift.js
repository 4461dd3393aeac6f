/* The dialogs of a cell: a shift with its breaks, leave of days or of hours. */
(function () {
  "use strict";
  const R = window.hotlineRosters,
    live = window.hotlineLive;

  /* Where the breaks of a template may be moved to. */
  const windows = (template) =>
    template.rests
      .filter((rest) => rest.length > 2)
      .map(([from, to, n]) => R.say("rest_window", { from, to, n }))
      .join(R.words.and);
  function body(values) {
    const free = values.template === "";
    return {
      extension: values.extension,
      day: values.day,
      note: values.note || "",
      ...(free
        ? { start: values.start, end: values.end, breaks: R.breaks(values.breaks || ""), name: "" }
        : { template: Number(values.template), breaks: R.breaks(values.breaks || "") }),
    };
  }
  R.saveShift = (shift, wanted) =>
    live.ask(shift ? "PUT" : "POST", shift ? `${R.path}/shifts/${shift.id}` : `${R.path}/shifts`, wanted);

  R.openShift = function (place, remove) {
    if (!R.me.edits) return;
    if (place.leave && !place.shift) {
      R.openLeave(place.extension, place.day, place.leave);
      return;
    }
    const shift = place.shift,
      known =
        shift &&
        R.data.templates.find(
          (template) => template.id === shift.template && template.start === shift.start && template.end === shift.end,
        );
    const options = [
      ...R.data.templates.map((template) => [
        template.id,
        `${template.name} ${R.times(template)}${template.skills.length ? ` (${template.skills.join(", ")})` : ""}`,
      ]),
      ["", R.words.own_times],
    ];
    const chosen = known ? known.id : shift ? "" : (R.data.templates[0] || { id: "" }).id;
    const api = R.form({
      title: shift ? R.words.edit_shift : R.words.new_shift,
      about: `${place.extension} ${R.agentName(place.extension)} · ${place.day} ${R.name(place.day)}`,
      fields: [
        {
          name: "extension",
          caption: R.words.agent,
          kind: "select",
          value: place.extension,
          options: R.data.agents.map((agent) => [agent.extension, `${agent.extension} ${agent.name}`]),
        },
        { name: "day", caption: R.words.day, kind: "date", value: place.day },
        { name: "template", caption: R.words.shift, kind: "select", value: chosen, options, focus: true, wide: true },
        { name: "start", caption: R.words.begin, value: shift ? shift.start : "", placeholder: "08:00", most: 5 },
        { name: "end", caption: R.words.end, value: shift ? shift.end : "", placeholder: "16:00", most: 5 },
        {
          name: "breaks",
          caption: R.words.breaks,
          value: R.breakText(shift ? shift.breaks : (R.data.templates[0] || { breaks: [] }).breaks),
          placeholder: "12:00-12:30",
          hint: " ",
          most: 80,
        },
        { name: "note", caption: R.words.note, value: shift ? shift.note : "", most: 200, wide: true },
      ],
      changed: (values, form) => {
        const template = R.data.templates.find((one) => String(one.id) === values.template);
        for (const name of ["start", "end"]) form.boxes.get(name).hidden = Boolean(template);
        form.boxes.get("breaks").hidden = Boolean(template && !template.breaks.length);
        const hint = form.boxes.get("breaks").querySelector("small");
        hint.textContent = template ? windows(template) : "";
        // Another shift has other breaks; those of the shift as it stands are shown where they are.
        if (form.was !== undefined && form.was !== values.template && template)
          form.controls.get("breaks").value = R.breakText(template.breaks);
        form.was = values.template;
      },
      acts: [
        {
          caption: R.words.save,
          run: async (values) => {
            await R.saveShift(shift, body(values));
            await R.load();
          },
        },
        ...(shift
          ? [
              {
                caption: R.words.remove,
                kind: "bar-button stop",
                confirm: R.say("sure_remove", { shift: shift.name, day: R.short(shift.day) }),
                run: async () => {
                  await live.ask("DELETE", `${R.path}/shifts/${shift.id}`);
                  await R.load();
                },
              },
            ]
          : []),
        { caption: R.words.leave_more, kind: "bar-button", run: async () => R.openLeave(place.extension, place.day, place.leave) },
      ],
    });
    if (remove && shift) api.dialog.querySelector(".stop").click();
  };
  /* Asks for a leave, or shows one that there is and may end it. */
  R.openLeave = function (extension, day, leave) {
    if (leave) showLeave(leave);
    else askForLeave(extension, day);
  };
  function showLeave(leave) {
    R.form({
      title: `${leave.reason} ${R.leaveSpan(leave)}`,
      about: [
        R.say("leave_about", {
          who: `${leave.extension} ${R.agentName(leave.extension)}`,
          asked: leave.asked_by,
          decided: leave.decided_by || "—",
        }),
        leave.note,
      ]
        .filter(Boolean)
        .join(" · "),
      fields: [],
      acts: [
        {
          caption: R.words.end_leave,
          kind: "bar-button stop",
          confirm: R.words.sure_leave,
          run: async () => {
            await live.ask("DELETE", `${R.path}/leaves/${leave.id}`);
            await R.load();
          },
        },
      ],
    });
  }
  function askForLeave(extension, day) {
    const shift = R.shiftsOf(extension, day)[0];
    R.form({
      title: R.words.new_leave,
      fields: [
        {
          name: "extension",
          caption: R.words.agent,
          kind: "select",
          value: extension,
          options: R.data.agents.map((agent) => [agent.extension, `${agent.extension} ${agent.name}`]),
        },
        {
          name: "reason",
          caption: R.words.reason,
          kind: "select",
          value: R.me.leave_reasons[0],
          options: R.me.leave_reasons.map((one) => [one, one]),
        },
        ...R.leaveFields(day, shift),
        { name: "note", caption: R.words.note, value: "", most: 200, wide: true },
        { name: "take_shifts_away", caption: R.words.take_away, kind: "checkbox", wide: true },
      ],
      changed: R.leaveChanged,
      acts: [
        {
          caption: R.words.approve_enter,
          run: async (values) => {
            const entered = await live.ask("POST", `${R.path}/leaves`, R.leaveBody(values));
            await R.load();
            R.tellBeside(entered);
          },
        },
      ],
    });
  }
  /* Says which shifts go on beside a leave of hours. */
  R.tellBeside = function (leave) {
    const shifts = R.beside(leave);
    R.tell(shifts ? R.say("leave_beside", { shifts, leave: R.leaveSpan(leave) }) : "");
  };
})();
