/* Rules: the office's figures and its shift templates. */
(function () {
  "use strict";
  const R = window.hotlineRosters,
    live = window.hotlineLive,
    dom = window.hotlineDom,
    make = dom.make;
  /* name, unit, and whether it is a share shown as percent. */
  const FIGURES = [
    ["least_rest_h", "h"],
    ["most_week_h", "h"],
    ["due_week_h", "h"],
    ["most_days_in_row", "d"],
    ["service_target", "%"],
    ["most_occupancy", "%"],
    ["shrinkage", "%"],
    ["least_present", "p"],
  ];

  const unitOf = (unit) => ({ "%": "%", h: R.words.hours, d: R.words.days_unit, p: R.words.people_unit })[unit];

  const rests = (template) =>
    template.rests.map(([from, to, n]) => (n ? R.say("rest_brief", { from, to, n }) : `${from}–${to}`)).join(R.words.and);

  R.views.rules = {
    noPeriod: true,
    tools: () => [],
    draw(box) {
      const set = R.data.settings;
      const fields = FIGURES.map(([name, unit]) => {
        const input = make("input", null, {
          class: "field",
          name,
          inputmode: "decimal",
          value: unit === "%" ? String(Math.round(set[name] * 1000) / 10) : String(set[name]),
        });
        input.disabled = !R.me.edits;
        return make(
          "label",
          [
            make("span", R.words[`set_${name}`]),
            make("span", [input, make("small", unitOf(unit))], { class: "rosters-unit" }),
            make("small", "", { class: "rosters-field-error", "data-error-of": name }),
          ],
          { class: "rosters-field" },
        );
      });
      const save = make("button", R.words.save, { class: "primary", type: "submit" });
      save.hidden = !R.me.edits;
      const rows = R.data.templates.map((template, n) =>
        make("tr", [
          make("td", String(n + 1)),
          make("th", [R.block({ ...template, template: template.id, id: 0, note: "", skills: template.skills })], { scope: "row" }),
          make("td", R.times(template)),
          make("td", rests(template) || "—"),
          make("td", `${R.number(template.paid_h, 2)} ${R.words.hours}`),
          make("td", template.skills.join(", ") || "—"),
          make("td", [
            R.me.edits
              ? R.button(R.words.edit, { "data-edit-template": template.id, "data-key": `template|${template.id}` }, "quiet")
              : null,
          ]),
        ]),
      );
      R.replace(box, [
        make(
          "div",
          [
            make(
              "section",
              [
                make("h2", R.words.figures),
                make("p", R.words.figures_about, { class: "dim" }),
                make("form", [make("div", fields, { class: "rosters-fields" }), make("div", [save], { class: "rosters-acts" })], {
                  "data-settings": "1",
                  novalidate: "1",
                }),
              ],
              { class: "panel" },
            ),
            make(
              "section",
              [
                make(
                  "div",
                  [
                    make("h2", R.words.templates),
                    make("div", null, { class: "bar-space" }),
                    R.me.edits && !rows.length ? R.button(R.words.load_examples, { "data-load-templates": "1" }) : null,
                    R.me.edits ? R.button(R.words.new_template, { "data-edit-template": "0" }) : null,
                  ],
                  { class: "rosters-day-head" },
                ),
                rows.length
                  ? make(
                      "table",
                      [
                        R.head(["", R.words.shift, R.words.time, R.words.breaks, R.words.paid_hours, R.words.skill, ""]),
                        make("tbody", rows),
                      ],
                      { class: "plain" },
                    )
                  : make("p", R.words.no_templates, { class: "dim" }),
              ],
              { class: "panel" },
            ),
          ],
          { class: "rosters-two" },
        ),
      ]);
    },
  };
  function edit(id) {
    const template = R.data.templates.find((one) => one.id === id),
      skills = [...new Set(R.data.agents.flatMap((agent) => agent.skills))].sort();
    const body = (values) => ({
      name: values.name,
      start: values.start,
      end: values.end,
      breaks: R.breaks(values.breaks),
      skills: values.skills ? [values.skills] : [],
    });
    R.form({
      title: template ? R.words.edit_template : R.words.new_template,
      about: R.words.template_about,
      fields: [
        { name: "name", caption: R.words.name, value: template ? template.name : "", most: 40, wide: true },
        { name: "start", caption: R.words.begin, value: template ? template.start : "", placeholder: "08:00", most: 5 },
        { name: "end", caption: R.words.end, value: template ? template.end : "", placeholder: "16:00", most: 5 },
        {
          name: "breaks",
          caption: R.words.breaks,
          value: template ? R.breakText(template.rests) : "",
          placeholder: "11:00-13:30 45",
          hint: R.words.rests_about,
          most: 80,
          wide: true,
        },
        {
          name: "skills",
          caption: R.words.skill,
          kind: "select",
          value: template ? template.skills[0] || "" : "",
          options: [["", R.words.no_skill], ...skills.map((one) => [one, one])],
        },
      ],
      acts: [
        {
          caption: R.words.save,
          run: async (values) => {
            await live.ask(template ? "PUT" : "POST", template ? `${R.path}/templates/${id}` : `${R.path}/templates`, body(values));
            await R.load();
          },
        },
        ...(template
          ? [
              {
                caption: R.words.remove,
                kind: "bar-button stop",
                confirm: R.say("sure_template", { name: template.name }),
                run: async () => {
                  await live.ask("DELETE", `${R.path}/templates/${id}`);
                  await R.load();
                },
              },
            ]
          : []),
      ],
    });
  }
  document.addEventListener("click", (event) => {
    if (!R.root || !R.root.contains(event.target)) return;
    const button = event.target.closest("[data-edit-template]");
    if (button) edit(Number(button.dataset.editTemplate));
    else if (event.target.closest("[data-load-templates]"))
      R.attempt(async () => {
        await live.ask("POST", `${R.path}/templates/examples`);
        await R.load();
      });
  });
  document.addEventListener("submit", async (event) => {
    if (!R.root || !R.root.contains(event.target) || !event.target.dataset.settings) return;
    event.preventDefault();
    const form = event.target,
      wanted = {};
    for (const [name, unit] of FIGURES) {
      const value = Number(form.elements[name].value.replace("%", "").trim());
      wanted[name] = unit === "%" ? value / 100 : value;
    }
    for (const said of form.querySelectorAll("[data-error-of]")) said.textContent = "";
    try {
      await live.ask("PUT", `${R.path}/settings`, wanted);
      R.tell(R.words.saved);
      await R.load();
    } catch (problem) {
      const said = problem.data && problem.data.field && form.querySelector(`[data-error-of="${problem.data.field}"]`);
      if (said) said.textContent = R.why(problem);
      else R.error(R.why(problem));
    }
  });
})();
