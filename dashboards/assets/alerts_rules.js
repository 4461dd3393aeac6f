/* The form of an alert rule, and the figures of now beside the rules. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom;
  const ASK_EVERY_MS = 4000, NUMBERS = ["warn", "alarm", "clear"];
  let source = null, told = null, asked = 0, dialog = null, fields = {}, current = null;

  function about() {
    const element = document.querySelector("[data-alert-rules]");
    if (!element) { source = null; return null; }
    if (element !== source) { source = element; told = JSON.parse(element.dataset.alertRules); dialog = null; }
    return told;
  }
  const figure = (id) => about().figures.find((one) => one.id === id);
  const options = (pairs, chosen) => pairs.map(([code, name]) => dom.make("option", name, { value: code, selected: code === chosen ? "" : undefined }));

  /* 90 and 1:30 are both 90 seconds; 80 is 0.8 of a share. Empty is null, nonsense is NaN. */
  function read(value, unit) {
    const typed = value.trim().replace("，", ".").replace("％", "").replace("%", "").replace("：", ":");
    if (!typed) return null;
    if (unit === "seconds" && /^\d+(:\d{1,2}){1,2}$/.test(typed)) return typed.split(":").reduce((all, part) => all * 60 + Number(part), 0);
    if (!/^\d+(\.\d+)?$/.test(typed)) return NaN;
    return unit === "share" ? Number(typed) / 100 : Number(typed);
  }
  function written(number, unit) {
    if (number === null || number === undefined) return "";
    if (unit === "seconds") return text.duration(number);
    return String(unit === "share" ? Math.round(number * 1000) / 10 : number);
  }
  const measured = (value, unit) => window.hotlineAlerts.measured(value, unit, about().words);

  // --- the figures of now ---
  async function now() {
    const me = about();
    if (!me || Date.now() - asked < ASK_EVERY_MS) return;
    asked = Date.now();
    let found;
    try { found = (await live.ask("GET", "/api/v1/alert-figures")).figures; } catch (_) { return; }
    for (const rule of me.rules) {
      const one = found.find((read_) => read_.id === rule.figure);
      dom.write(`rule-now-${rule.id}`, one ? said(rule, one) : "");
    }
  }
  function said(rule, one) {
    const kinds = rule.scope === "group" && !one.readings.some((read_) => read_.kind === "group") ? ["agent"] : [rule.scope];
    const readings = one.readings.filter((read_) => kinds.includes(read_.kind) && (!rule.scope_id || read_.subject === rule.scope_id) && read_.value !== null);
    if (!readings.length) return "";
    const worst = readings.reduce((bad, read_) => ((rule.comparison === "above" ? read_.value > bad.value : read_.value < bad.value) ? read_ : bad));
    const value = measured(worst.value, one.unit);
    return readings.some((read_) => read_.value !== worst.value) ? `${value} ${worst.subject_name || worst.subject}` : value;
  }

  // --- the form ---
  function build() {
    const me = about(), words = me.words;
    fields = {};
    const label = (name, field) => {
      fields[name] = field;
      return dom.make("label", [dom.make("span", [words[name] || name, " ", dom.make("small", "", { "data-hint": name })]), field, dom.make("small", "", { class: "rule-wrong", role: "alert", "data-wrong": name })], { "data-row": name });
    };
    const input = (attributes) => dom.make("input", null, { class: "field", autocomplete: "off", ...attributes });
    const check = (name) => { fields[name] = input({ type: "checkbox", class: "" }); return dom.make("label", [fields[name], dom.make("span", words[name])], { class: "rule-check", "data-row": name }); };
    const roles = dom.make("div", [], { class: "rule-roles" });
    fields.recipients = roles;
    const form = dom.make("form", [
      dom.make("h2", ""),
      label("figure", dom.make("select", options(me.figures.map((one) => [one.id, one.name])), { class: "field" })),
      label("target", dom.make("select", [], { class: "field" })),
      label("comparison", dom.make("select", options([["above", words.above], ["below", words.below]]), { class: "field" })),
      check("queue_limits"),
      dom.make("div", [label("warn", input()), label("alarm", input()), label("clear", input({ placeholder: words.clear_hint, title: words.clear_hint }))], { class: "rule-three" }),
      dom.make("div", [label("raise_after_s", input({ inputmode: "numeric" })), label("clear_after_s", input({ inputmode: "numeric" })), label("least_sample", input({ inputmode: "numeric" }))], { class: "rule-three" }),
      dom.make("div", [dom.make("span", words.recipients), roles, dom.make("small", "", { class: "rule-wrong", role: "alert", "data-wrong": "recipients" })], { class: "rule-notify" }),
      label("name", input({ maxlength: 100, placeholder: words.name_hint })),
      dom.make("div", [check("sound"), check("enabled")], { class: "rule-three" }),
      dom.make("p", "", { class: "rule-wrong", role: "alert", "data-wrong": "" }),
      dom.make("div", [dom.make("button", words.save, { class: "primary", type: "submit" }), dom.make("button", words.close, { class: "bar-button", type: "button", "data-rule-close": "1" })], { class: "rule-go" }),
    ]);
    form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
    fields.figure.addEventListener("change", () => { fields.comparison.value = figure(fields.figure.value).comparison; targets(""); shape(); });
    fields.target.addEventListener("change", shape);
    fields.queue_limits.addEventListener("change", shape);
    dialog = dom.make("dialog", [form], { class: "rule-dialog", "aria-label": words.change });
    document.querySelector("[data-alert-rules]").after(dialog);
  }
  function targets(chosen) {
    const me = about(), all = [];
    for (const scope of figure(fields.figure.value).scopes) {
      if (scope === "site") { all.push(["site:", me.scopes.site]); continue; }
      if (scope !== "group" || !figure(fields.figure.value).scopes.includes("agent")) all.push([`${scope}:`, text.fill(me.words.each, { scope: me.scopes[scope].toLowerCase() })]);
      for (const [id, name] of Object.entries(me.subjects[scope] || {})) all.push([`${scope}:${id}`, `${me.scopes[scope]} ${name}`]);
    }
    if (chosen && !all.some(([code]) => code === chosen)) all.push([chosen, chosen]);
    fields.target.replaceChildren(...options(all, chosen));
  }
  /* Only what the figure needs. */
  function shape() {
    const one = figure(fields.figure.value), flag = one.unit === "flag", words = about().words;
    const own = one.id === "longest_wait_s" && fields.target.value === "queue:", limits = own && fields.queue_limits.checked;
    const hide = { queue_limits: !own, comparison: flag || limits, warn: limits, alarm: limits, clear: flag || limits, least_sample: one.unit !== "share" };
    for (const [name, hidden] of Object.entries(hide)) dialog.querySelector(`[data-row="${name}"]`).hidden = hidden;
    for (const name of NUMBERS) dialog.querySelector(`[data-hint="${name}"]`).textContent = words[`unit_${one.unit}`];
    for (const name of ["warn", "alarm"]) fields[name].type = flag ? "checkbox" : "text";
  }
  function open(rule) {
    const me = about();
    if (!dialog || !dialog.isConnected) build();
    current = rule;
    const one = rule || { figure: me.figures[0].id, scope: me.figures[0].scopes[0], scope_id: "", comparison: me.figures[0].comparison, raise_after_s: 0, clear_after_s: 10, least_sample: 0, sound: true, enabled: true, recipients: [], name: "" };
    dialog.querySelector("h2").textContent = rule ? me.words.change : me.words.new;
    fields.figure.value = one.figure;
    targets(`${one.scope}:${one.scope_id}`);
    fields.comparison.value = one.comparison;
    for (const name of ["queue_limits", "sound", "enabled"]) fields[name].checked = Boolean(one[name]);
    shape();
    const unit = figure(one.figure).unit;
    for (const name of NUMBERS) { fields[name].value = written(one[name], unit); fields[name].checked = Boolean(one[name]); }
    for (const name of ["raise_after_s", "clear_after_s", "least_sample", "name"]) fields[name].value = one[name];
    const people = { ...me.roles, ...Object.fromEntries(one.recipients.filter((who) => !me.roles[who]).map((who) => [who, who])) };
    fields.recipients.replaceChildren(...Object.entries(people).map(([code, name]) => dom.make("label", [dom.make("input", null, { type: "checkbox", value: code, checked: one.recipients.includes(code) ? "" : undefined }), dom.make("span", name)], { class: "rule-check" })));
    wrong({});
    dialog.showModal();
  }
  function wrong(problems) {
    for (const element of dialog.querySelectorAll("[data-wrong]")) {
      const said_ = problems[element.dataset.wrong] || "";
      if (element.textContent !== said_) element.textContent = said_;
    }
    const first = Object.keys(problems)[0];
    if (first && fields[first] && fields[first].focus) fields[first].focus();
  }
  async function save() {
    const words = about().words, unit = figure(fields.figure.value).unit, [scope, ...id] = fields.target.value.split(":");
    const own = !dialog.querySelector('[data-row="queue_limits"]').hidden && fields.queue_limits.checked;
    const wanted = { figure: fields.figure.value, scope, scope_id: id.join(":"), comparison: fields.comparison.value, queue_limits: own, name: fields.name.value.trim(), sound: fields.sound.checked, enabled: fields.enabled.checked };
    const problems = {};
    for (const name of NUMBERS) {
      if (own) { wanted[name] = null; continue; }
      wanted[name] = unit === "flag" ? (name !== "clear" && fields[name].checked ? 1 : null) : read(fields[name].value, unit);
      if (Number.isNaN(wanted[name])) problems[name] = words.not_a_number;
    }
    // A flag is so or not: its alarm takes the place of its warning.
    if (unit === "flag") { wanted.comparison = "above"; if (wanted.alarm) wanted.warn = null; }
    for (const name of ["raise_after_s", "clear_after_s", "least_sample"]) {
      wanted[name] = read(fields[name].value, name === "least_sample" ? "calls" : "seconds") || 0;
      if (Number.isNaN(read(fields[name].value, name === "least_sample" ? "calls" : "seconds"))) problems[name] = words.not_a_number;
    }
    wanted.recipients = [...fields.recipients.querySelectorAll("input:checked")].map((box) => box.value);
    wrong(problems);
    if (Object.keys(problems).length) return;
    const button = dialog.querySelector(".primary");
    button.disabled = true;
    try {
      await live.ask(current ? "PUT" : "POST", `/api/v1/alert-rules${current ? `/${current.id}` : ""}`, wanted);
      location.reload();
    } catch (no) {
      const at = { scope: "target", scope_id: "target" }[no.data && no.data.field] || (no.data && no.data.field) || "";
      const where = dialog.querySelector(`[data-wrong="${at}"]`) ? at : "";
      wrong({ [where]: [no.message, no.data && no.data.remedy].filter(Boolean).join(" ") });
      button.disabled = false;
    }
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-rule-new],[data-rule-change],[data-rule-remove],[data-rule-examples],[data-rule-close]");
    const me = button && about();
    if (!me) return;
    const id = Number(button.dataset.ruleChange || button.dataset.ruleRemove), rule = me.rules.find((one) => one.id === id);
    if (button.dataset.ruleClose) dialog.close();
    else if (button.dataset.ruleNew) open(null);
    else if (button.dataset.ruleChange) open(rule);
    else {
      const name = rule && (rule.name || (figure(rule.figure) || {}).name || rule.figure);
      if (rule && !window.confirm(text.fill(me.words.remove_sure, { name }))) return;
      try {
        await (rule ? live.ask("DELETE", `/api/v1/alert-rules/${id}`) : live.ask("POST", "/api/v1/alert-rules/examples"));
        location.reload();
      } catch (no) { window.alert(no.message); }
    }
  });
  live.subscribe(now);
})();
