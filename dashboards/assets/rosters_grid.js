/* The grid: agents by days, shifts as blocks; keys, drag and dialogs to put, move and remove them. */
import { dom } from "./dom.js";
import { live } from "./live.js";
import { dialog } from "./dialog.js";
import { rosters as R } from "./rosters.js";

const make = dom.make;
let held = null,
  dragged = null;

const breakText = (breaks) => breaks.map(([from, to]) => `${from}-${to}`).join(", ");
const leaveSpan = (leave) =>
  [leave.first_day, leave.start, leave.first_day === leave.last_day ? "" : `– ${leave.last_day}`, leave.end].filter(Boolean).join(" ");
const shown = () => R.data.agents.filter((agent) => !R.group() || agent.group === R.group());
const shiftsOf = (extension, day) => R.data.shifts.filter((shift) => shift.extension === extension && shift.day === day);
const leavesOf = (extension, day) =>
  R.data.leaves.filter((leave) => leave.extension === extension && leave.first_day <= day && day <= leave.last_day);
const swapOf = (shift) =>
  R.data.swaps.find(
    (swap) =>
      ["asked", "accepted"].includes(swap.state) &&
      (swap.shift.id === shift.id || (swap.other_shift && swap.other_shift.id === shift.id)),
  );

/* Which part of the day a shift begins in: the tint of its block. */
const part = (shift) => {
  const hour = Number(shift.start.slice(0, 2));
  return hour >= 20 || hour < 5 ? "night" : hour >= 14 ? "late" : hour >= 10 ? "middle" : "early";
};
function block(shift) {
  const swap = swapOf(shift);
  return make("span", [make("b", R.called(shift) + (swap ? " ⇄" : "")), make("small", R.brief(shift))], {
    class: "rosters-shift",
    "data-part": part(shift),
    title: [
      `${R.called(shift)} ${R.times(shift)}`,
      shift.breaks.length ? `${R.words.breaks} ${breakText(shift.breaks)}` : "",
      shift.away && shift.away.length ? `${R.words.leave} ${breakText(shift.away)}` : "",
      `${R.number(shift.paid_h, 2)} ${R.words.hours}`,
      shift.note,
      swap ? R.words.swap_open : "",
    ]
      .filter(Boolean)
      .join(" · "),
  });
};
/* Leave of a part of a day says when: the shift beside it is worked the rest of the time. */
const leaveBlock = (leave) =>
  make(
    "span",
    [
      make("b", leave.start ? `${leave.start}–${leave.end} ${leave.reason_name}` : leave.reason_name),
      make("small", leave.state === "asked" ? R.words.asked : R.words.swap_approved),
    ],
    {
      class: "rosters-leave",
      "data-state-of": leave.state,
      title: [leave.reason_name, leaveSpan(leave), leave.state === "asked" ? R.words.asked : "", leave.note]
        .filter(Boolean)
        .join(" · "),
    },
  );

function weekHours(extension, monday) {
  return R.data.shifts
    .filter((shift) => shift.extension === extension && R.monday(shift.day) === monday)
    .reduce((sum, shift) => sum + shift.paid_h, 0);
}
function dayHead(day) {
  const kind = R.kind(day);
  return make("th", [make("b", R.short(day)), make("small", `${R.name(day)}${kind ? ` ${kind}` : ""}`)], {
    scope: "col",
    "data-today": day === R.data.today ? "1" : undefined,
    "data-rest": R.weekday(day) > 4 || kind === R.words.holiday ? "1" : undefined,
  });
}

function table(days) {
  const weeks = [...new Set(days.map(R.monday))].slice(0, 2);
  const rows = shown().map((agent) => {
    const most = R.data.settings.most_week_h;
    const hours = weeks.map((week) => weekHours(agent.extension, week));
    const head = make(
      "th",
      [
        make("b", `${agent.extension} ${agent.name}`),
        make("small", [agent.group, hours.map((h) => R.number(h)).join(" / ")].filter(Boolean).join(" · ")),
      ],
      {
        scope: "row",
        class: "rosters-who",
        title: R.say("who_hover", {
          queues: agent.queues.map((queue) => R.me.queues[queue] || queue).join("、"),
          skills: agent.skills.join(", ") || "—",
          hours: hours.map((h) => R.number(h)).join(" / "),
          most: R.number(most),
        }),
      },
    );
    return make("tr", [head, ...days.map((day) => cell(agent, day))]);
  });
  return make(
    "table",
    [
      R.head([
        make("th", [make("span", R.words.agent), make("small", R.words.week_hours)], { scope: "col", class: "rosters-who" }),
        ...days.map(dayHead),
      ]),
      make("tbody", rows),
    ],
    { class: "rosters-grid" },
  );
}
function cell(agent, day) {
  const shifts = shiftsOf(agent.extension, day),
    leaves = leavesOf(agent.extension, day),
    key = `${agent.extension}|${day}`;
  const blocks = [...leaves.map(leaveBlock), ...shifts.map((shift) => block(shift))];
  const said = [
    `${agent.extension} ${agent.name}`,
    R.short(day),
    R.name(day),
    ...leaves.map((leave) => (leave.start ? `${leave.reason_name} ${leave.start}–${leave.end}` : leave.reason_name)),
    ...shifts.map((shift) => `${R.called(shift)} ${R.times(shift)}`),
  ];
  const button = make("button", blocks.length ? blocks : null, {
    type: "button",
    class: "rosters-cell",
    "data-key": key,
    "data-cell": key,
    tabindex: key === held ? "0" : "-1",
    "aria-label": shifts.length || leaves.length ? said.join(" ") : `${said.join(" ")} ${R.words.free}`,
    draggable: R.me.edits && shifts.length ? "true" : undefined,
    "data-shift": shifts.length ? shifts[0].id : undefined,
  });
  return make("td", [button], {
    "data-today": day === R.data.today ? "1" : undefined,
    "data-rest": R.weekday(day) > 4 || R.kind(day) === R.words.holiday ? "1" : undefined,
  });
}

R.views.grid = {
  tools: () =>
    R.me.edits
      ? [
          R.button(R.words.spread, { "data-spread": "1", title: R.words.spread_hover }),
          R.button(R.words.leave_more, { "data-new-leave": "1" }),
        ]
      : [],
  draw(box) {
    const days = R.list(R.first(), R.days);
    if (!R.data.agents.length) {
      R.replace(box, [make("p", R.words.no_agents, { class: "empty" })]);
      return;
    }
    const keys = shown().flatMap((agent) => days.map((day) => `${agent.extension}|${day}`));
    if (!keys.includes(held))
      held = keys.includes(`${(shown()[0] || {}).extension}|${R.data.today}`)
        ? `${shown()[0].extension}|${R.data.today}`
        : keys[0];
    const notes = [];
    if (!R.data.templates.length)
      notes.push(
        make("p", [R.words.no_templates, " ", R.button(R.words.to_rules, { "data-to-rules": "1" }, "quiet")], {
          class: "rosters-note",
        }),
      );
    R.box("notes").replaceChildren(...notes);
    R.box("keys").replaceChildren(...(R.me.edits ? [make("p", keysLine(), { class: "rosters-keys dim" })] : []));
    R.replace(box, [table(days)]);
  },
};
function keysLine() {
  const digits = R.data.templates
    .slice(0, 9)
    .map((template, n) => `${n + 1} ${R.called(template)}`)
    .join("  ");
  return [
    make("kbd", "← ↑ ↓ →"),
    ` ${R.words.key_move}  `,
    make("kbd", "Enter"),
    ` ${R.words.key_open}  `,
    digits ? make("kbd", `1–${Math.min(9, R.data.templates.length)}`) : null,
    digits ? ` ${R.words.key_put} (${digits})  ` : null,
    make("kbd", "Del"),
    ` ${R.words.key_remove} · ${R.words.key_drag}`,
  ];
}

function openShift(place, remove) {
  if (R.me.edits) dialog.open({ what: "shift", extension: place.extension, day: place.day, remove: remove ? "1" : "" });
}
const saveShift = (shift, wanted) => live.ask(shift ? "PUT" : "POST", shift ? `${R.path}/shifts/${shift.id}` : `${R.path}/shifts`, wanted);

// --- what is done to a cell --------------------------------------------------------------------------------
const at = (element) => {
  const [extension, day] = element.dataset.cell.split("|");
  return { extension, day, shift: shiftsOf(extension, day)[0] || null, leave: leavesOf(extension, day)[0] || null };
};
const inside = (event) => R.root && R.root.contains(event.target) && R.view() === "grid";
document.addEventListener("click", (event) => {
  if (!inside(event)) return;
  const button = event.target.closest("[data-cell]");
  if (button) {
    hold(button);
    openShift(at(button));
  } else if (event.target.closest("[data-to-rules]")) R.go({ view: "rules" });
  else if (event.target.closest("[data-spread]")) spread(event.target.closest("[data-spread]"));
  else if (event.target.closest("[data-new-leave]")) dialog.open({ what: "leave", new: "1", extension: (shown()[0] || { extension: "" }).extension, day: R.data.today });
});
/* Many shifts change at once: asked once more. */
function spread(button) {
  if (button.dataset.armed !== "1") {
    button.dataset.armed = "1";
    button.textContent = R.words.sure_spread;
    return;
  }
  button.disabled = true;
  R.attempt(async () => {
    const done = await live.ask("POST", `${R.path}/breaks/spread`, { from: R.first(), days: R.days });
    await R.load();
    R.tell(
      done.moved
        ? R.say("spread_done", { n: done.moved, before: R.number(done.short_before_h), after: R.number(done.short_after_h) })
        : R.words.spread_nothing,
    );
  }).then((done) => {
    if (!done) R.redraw();
  });
}
function hold(button) {
  const before = R.root.querySelector('[data-cell][tabindex="0"]');
  if (before) before.tabIndex = -1;
  button.tabIndex = 0;
  held = button.dataset.cell;
  button.focus();
}
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
document.addEventListener("keydown", async (event) => {
  if (!inside(event) || event.ctrlKey || event.altKey || event.metaKey) return;
  const button = event.target.closest("[data-cell]");
  if (!button) return;
  if (STEPS[event.key]) {
    event.preventDefault();
    const cellOf = button.closest("td"),
      row = cellOf.parentElement,
      [down, right] = STEPS[event.key];
    const rows = [...row.parentElement.children],
      next = rows[rows.indexOf(row) + down];
    const target = next && next.children[/** @type {HTMLTableCellElement} */ (cellOf).cellIndex + right];
    if (target && target.firstChild && target.firstChild.dataset && target.firstChild.dataset.cell) hold(target.firstChild);
  } else if (R.me.edits && (event.key === "Delete" || event.key === "Backspace")) {
    event.preventDefault();
    if (at(button).shift) openShift(at(button), true);
  } else if (R.me.edits && /^[1-9]$/.test(event.key)) {
    const template = R.data.templates[Number(event.key) - 1],
      place = at(button);
    if (!template) return;
    event.preventDefault();
    held = button.dataset.cell;
    if (await R.attempt(() => saveShift(place.shift, { extension: place.extension, day: place.day, template: template.id })))
      await R.load();
  }
});

// --- drag, a plus over the dialog ----------------------------------------------------------------------------
document.addEventListener("dragstart", (event) => {
  if (!inside(event)) return;
  const button = event.target.closest("[data-cell]");
  dragged = button ? at(button).shift : null;
  if (dragged) {
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", String(dragged.id));
  }
});
const target = (event) => (dragged && inside(event) ? event.target.closest("[data-cell]") : null);
document.addEventListener("dragover", (event) => {
  const over = target(event);
  if (over) {
    event.preventDefault();
    over.dataset.over = "1";
  }
});
document.addEventListener("dragleave", (event) => {
  const left = target(event);
  if (left) delete left.dataset.over;
});
document.addEventListener("dragend", () => {
  dragged = null;
});
document.addEventListener("drop", async (event) => {
  const over = target(event),
    shift = dragged;
  if (!over) return;
  event.preventDefault();
  delete over.dataset.over;
  dragged = null;
  const [extension, day] = over.dataset.cell.split("|");
  if (shift.extension === extension && shift.day === day) return;
  const known = R.data.templates.find(
    (template) => template.id === shift.template && template.start === shift.start && template.end === shift.end,
  );
  const wanted = {
    extension,
    day,
    note: shift.note,
    ...(known
      ? { template: known.id, breaks: shift.breaks }
      : { start: shift.start, end: shift.end, breaks: shift.breaks, name: shift.name }),
  };
  held = over.dataset.cell;
  if (await R.attempt(() => saveShift(shift, wanted))) await R.load();
});
