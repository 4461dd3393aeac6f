/* The rosters' dialogs: one form builder, errors beside the field they name, a destructive step asks once. */
(function () {
  "use strict";
  const R = window.hotlineRosters,
    dom = window.hotlineDom,
    make = dom.make;

  /* fields: {name, caption, kind: text|date|select|checkbox, value, options: [[value, caption]], hint, hidden}.
     acts: {caption, kind, run(values), confirm}. The first one is what Enter does. */
  R.form = function ({ title, about, fields, acts, changed }) {
    const error = make("p", "", { class: "rosters-error", role: "alert" });
    const controls = new Map(),
      boxes = new Map();
    const body = fields.map((field) => {
      const control = controlOf(field);
      controls.set(field.name, control);
      const said = make("small", "", { class: "rosters-field-error" });
      const caption = make("span", field.caption);
      const parts =
        field.kind === "checkbox"
          ? [control, caption, said]
          : [caption, control, field.hint ? make("small", field.hint, { class: "dim" }) : null, said];
      const box = make("label", parts, { class: field.kind === "checkbox" ? "rosters-check" : "rosters-field" });
      box.hidden = Boolean(field.hidden);
      if (field.wide) box.classList.add("wide");
      boxes.set(field.name, box);
      return box;
    });
    const close = R.button([R.words.close, make("kbd", "Esc")]);
    const buttons = acts.map((act, n) =>
      make("button", act.caption, { type: n ? "button" : "submit", class: act.kind || (n ? "bar-button" : "primary") }),
    );
    const form = make(
      "form",
      [
        make("h2", title),
        about ? make("p", about, { class: "dim" }) : null,
        make("div", body, { class: "rosters-fields" }),
        error,
        make("div", [...buttons, make("div", null, { class: "bar-space" }), close], { class: "rosters-acts" }),
      ],
      { novalidate: "1" },
    );
    const dialog = make("dialog", [form], { class: "rosters-dialog", "aria-label": title });
    const values = () =>
      Object.fromEntries(
        [...controls].map(([name, control]) => [name, control.type === "checkbox" ? control.checked : control.value.trim()]),
      );
    const api = {
      dialog,
      controls,
      boxes,
      values,
      close: () => dialog.close(),
      error: (said) => {
        error.textContent = said;
      },
    };

    async function run(act, button) {
      if (act.confirm && button.dataset.armed !== "1") {
        button.dataset.armed = "1";
        button.dataset.was = button.textContent;
        button.textContent = act.confirm;
        return;
      }
      error.textContent = "";
      for (const box of boxes.values()) box.querySelector(".rosters-field-error").textContent = "";
      button.disabled = true;
      try {
        await act.run(values(), api);
        dialog.close();
      } catch (problem) {
        const field = problem.data && problem.data.field,
          box = boxes.get(field);
        if (box && !box.hidden) {
          box.querySelector(".rosters-field-error").textContent = R.why(problem);
          controls.get(field).focus();
        } else error.textContent = R.why(problem);
      }
      button.disabled = false;
    }
    acts.forEach((act, n) => {
      if (n) buttons[n].addEventListener("click", () => run(act, buttons[n]));
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(acts[0], buttons[0]);
    });
    form.addEventListener("change", () => {
      if (changed) changed(values(), api);
    });
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    R.root.appendChild(dialog);
    if (changed) changed(values(), api);
    dialog.showModal();
    const first = fields.find((field) => field.focus) || fields.find((field) => !field.hidden);
    if (first) controls.get(first.name).focus();
    return api;
  };

  function controlOf(field) {
    if (field.kind === "select") {
      const made = make("select", null, { class: "field", name: field.name });
      for (const [value, caption] of field.options) made.append(R.option(value, caption, String(value) === String(field.value)));
      return made;
    }
    const made = make("input", null, {
      class: field.kind === "checkbox" ? undefined : "field",
      name: field.name,
      type: field.kind || "text",
      placeholder: field.placeholder,
      maxlength: field.most,
      inputmode: field.inputmode,
      autocomplete: "off",
    });
    if (field.kind === "checkbox") made.checked = Boolean(field.value);
    else made.value = field.value === undefined || field.value === null ? "" : field.value;
    return made;
  }

  /* "12:00-12:30" as people write it, and "11:00-13:30 45" for 45 minutes anywhere in between, to lists and back. */
  const REST = /^([\d:：]*)\s*[-–—~至]\s*([\d:：]*)\s*(\d+)?/;
  const clock = (said) => said.replace("：", ":");
  R.breaks = (said) =>
    said
      .split(/[,，;；、]/)
      .map((part) => part.trim())
      .filter(Boolean)
      .map((part) => {
        const [, from, to, minutes] = part.match(REST) || ["", part, ""];
        return [clock(from), clock(to), ...(minutes ? [Number(minutes)] : [])];
      });
  R.breakText = (breaks) =>
    breaks.map(([from, to, minutes]) => `${from}-${to}${minutes ? ` ${R.say("minutes", { n: minutes })}` : ""}`).join(", ");

  /* Leave as people say it: days, or from when to when. */
  R.leaveSpan = function (leave) {
    const one = leave.first_day === leave.last_day;
    if (!leave.start) return one ? leave.first_day : `${leave.first_day} – ${leave.last_day}`;
    return one
      ? `${leave.first_day} ${leave.start}–${leave.end}`
      : `${leave.first_day} ${leave.start} – ${leave.last_day} ${leave.end}`;
  };
  /* Fields of a leave's time, for the supervisor and for the agent: hours are asked for only when it is not whole days. */
  R.leaveFields = (day, shift) => [
    { name: "first_day", caption: R.words.first_day, kind: "date", value: day },
    { name: "last_day", caption: R.words.last_day, kind: "date", value: day },
    { name: "part", caption: R.words.part_of_day, kind: "checkbox", wide: true },
    { name: "start", caption: R.words.leave_from, value: shift ? shift.start : "08:00", placeholder: "13:00", most: 5 },
    {
      name: "end",
      caption: R.words.leave_to,
      value: shift && !shift.next_day ? shift.end : "12:00",
      placeholder: "17:00",
      most: 5,
    },
  ];
  R.leaveChanged = function (values, form) {
    for (const name of ["start", "end"]) form.boxes.get(name).hidden = !values.part;
  };
  R.leaveBody = function ({ part, ...values }) {
    return { ...values, start: part ? values.start : "", end: part ? values.end : "" };
  };
  /* What stands beside a leave, in words; nothing where nothing does. */
  R.beside = (leave) =>
    leave.shifts
      .filter((shift) => shift.stays)
      .map((shift) => `${R.short(shift.day)} ${shift.name} ${R.times(shift)}`)
      .join(R.words.and);
})();
