/* The form that the server describes (components/form.py): drawn, checked, sent to its route, its refusals beside the
   field that they name. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { address } from "./address.js";
import { drafts } from "./drafts.js";
import { body as bodyOf, changed as changedOf, due as dueOf, meant, options, wanted } from "./form_values.js";

/** @typedef {import("./form_values.js").Field} Field */
/** @typedef {{caption: string, method?: string, path?: string, body?: object, sends?: boolean, confirm?: string, armed?: boolean, sure?: object, device?: boolean, focus?: boolean, said?: string, stop?: boolean, leads?: string, opens?: object, otherwise?: Record<string, object>, name?: string}} Act */
/** @typedef {{name: string, about?: string, warning?: string, only?: string, draft?: string, dialog?: boolean, stays?: boolean, quick?: boolean, disabled?: boolean, fields: Field[], acts: Act[], words: Record<string, string>}} Described */

const SLOW_MS = 200;
/* Parts that only some pages bring: a map to set a place on, the device's own position. */
/** @type {{pin?: (about: any, tell: (place: [number, number]) => void) => {element: HTMLElement, show: (place: [number, number]) => void}, device?: () => Promise<object>}} */
export const parts = {};

/** @param {Field} field */
const ticked = (field) => field.kind === "check" || field.kind === "ask";
/** @param {Field} field */
function control(field) {
  const kind = field.kind || "text";
  if (kind === "many") {
    const box = (/** @type {[any, string]} */ [value, caption]) => {
      const made = dom.make("input", null, { type: "checkbox", value });
      made.checked = (field.value || []).includes(value);
      return dom.make("label", [made, dom.make("span", caption)], { class: "form-check" });
    };
    return dom.make("div", (field.options || []).map(box), { class: "form-many", role: "group", "aria-label": field.caption });
  }
  if (field.options) {
    const made = dom.make("select", null, { class: "field", name: field.name });
    for (const [value, caption] of field.options || []) made.append(new Option(caption, value, false, String(value) === String(field.value ?? "")));
    return made;
  }
  const shared = { name: field.name, placeholder: field.placeholder, maxlength: field.most, autocomplete: "off", "aria-required": field.required ? "true" : undefined };
  if (kind === "area") {
    const made = dom.make("textarea", null, { class: "field", rows: "3", ...shared });
    made.value = field.value ?? "";
    return made;
  }
  if (kind === "json") return dom.make("input", null, { class: "field", type: "file", accept: ".json,application/json", name: field.name, "aria-required": "true" });
  if (kind === "file") return dom.make("input", null, { class: "field", type: "file", name: field.name, "aria-required": field.required ? "true" : undefined });
  const type = { check: "checkbox", ask: "checkbox", date: "date", time: "datetime-local" }[kind] || "text";
  const made = dom.make("input", null, { class: ticked(field) ? undefined : "field", type, inputmode: ["number", "share"].includes(kind) ? "decimal" : undefined, ...shared });
  if (ticked(field)) made.checked = Boolean(field.value);
  else made.value = field.value ?? "";
  return made;
}
/** What the route made of the chosen file; refused here when it is too large to be sent. @param {Field} field @param {any} element @param {Record<string, string>} words */
async function uploaded(field, element, words) {
  const file = element.files[0];
  if (file.size > (field.most || 0)) throw new Error(text.fill(words.upload_large, { most: text.count((field.most || 0) >> 20) }));
  return { [field.sends || field.name]: (await live.ask("POST", `${field.upload}?name=${encodeURIComponent(file.name)}`, file)).id };
}

/** @param {any} element */
function typedIn(element) {
  if (element.matches(".form-many")) return [...element.querySelectorAll("input:checked")].map((one) => one.value);
  return element.type === "checkbox" ? element.checked : element.value;
}

/** What the chosen file says; refused here when it is too large to be sent, or no JSON. @param {Field} field @param {any} element @param {Record<string, string>} words */
async function fileOf(field, element, words) {
  const file = element.files[0];
  if (file.size > (field.most || 0)) throw new Error(text.fill(words.file_large, { most: text.count((field.most || 0) / 1024) }));
  try {
    const said = JSON.parse(await file.text());
    if (said && typeof said === "object" && !Array.isArray(said)) return said;
  } catch (_) { /* told below */ }
  throw new Error(words.file_no_json);
}

/* Of dialogs that stay: each is drawn anew around what is being typed. */
const living = new Map();

/** @param {HTMLElement} host @param {Described} described */
function draw(host, described) {
  const controls = new Map(), boxes = new Map(), maps = new Map();
  for (const field of described.fields) {
    const made = control(field), box = dom.make(field.kind === "many" ? "div" : "label", null, { class: `form-${ticked(field) ? "check" : "field"}${field.wide ? " wide" : ""}` });
    made.disabled = Boolean(described.disabled);
    const caption = dom.make("span", field.caption || ""), wrong = dom.make("small", "", { class: "form-wrong", "data-error-of": field.name });
    const input = field.unit ? dom.make("span", [made, dom.make("small", field.unit)], { class: "form-unit" }) : made;
    box.append(...(ticked(field) ? [made, caption] : [caption, input]), dom.make("small", field.hint || "", { class: "form-hint dim" }), wrong);
    controls.set(field.name, made);
    boxes.set(field.name, box);
  }
  const holder = dom.make("div", null, { class: "form-fields" });
  const error = dom.make("p", "", { class: "form-error", role: "alert" }), said = dom.make("p", "", { class: "form-said", role: "status" });
  const warning = dom.make("p", "", { class: "form-warning warn", role: "alert" });
  const anew = dom.make("button", described.words.draft_anew, { type: "button", class: "quiet", hidden: "" });
  const buttons = described.acts.map((act, n) =>
    dom.make("button", act.caption, { type: n ? "button" : "submit", class: (n ? "bar-button" : "primary") + (act.stop ? " stop" : "") }));
  described.acts.forEach((act, n) => {
    buttons[n].hidden = Boolean(described.disabled);
    if (act.armed) { buttons[n].dataset.armed = "1"; buttons[n].textContent = act.confirm; }
  });
  const leave = described.dialog ? dom.make("button", [described.words.close, dom.make("kbd", "Esc")], { type: "button", class: "bar-button", "data-dialog-close": "1" }) : null;
  const form = dom.make("form", [
    described.about ? dom.make("p", described.about, { class: "dim" }) : null,
    holder, warning, error, said, anew,
    dom.make("div", [...buttons, dom.make("div", null, { class: "bar-space" }), leave], { class: "form-acts" }),
  ], { novalidate: "1", "data-form-name": described.name });
  const mine = drafts(localStorage, text.about()?.user?.name || "", () => Date.now());
  const typed = () => Object.fromEntries([...controls].map(([name, element]) => [name, typedIn(element)]));

  /* What is not shown is not there: each caption stands once in the form. */
  function react() {
    const now = typed(), boxesNow = dueOf(described.fields, now).flatMap((field) => (maps.has(field.name) ? [maps.get(field.name).element] : []).concat(boxes.get(field.name)));
    if (boxesNow.length !== holder.childElementCount || boxesNow.some((box, n) => holder.children[n] !== box)) {
      const focused = /** @type {HTMLElement | null} */ (document.activeElement);
      holder.replaceChildren(...boxesNow);
      if (holder.contains(focused)) focused?.focus();
    }
    count();
    for (const field of described.fields) {
      for (const [name, hint] of Object.entries((field.hints || {})[String(now[field.name])] || {})) boxes.get(name).querySelector(".form-hint").textContent = hint;
    }
  }
  function count() {
    for (const field of described.fields.filter((one) => one.counts))
      boxes.get(field.name).querySelector(".form-hint").textContent = text.fill(described.words.characters, { n: text.count(controls.get(field.name).value.length), most: text.count(field.most) });
  }
  /** What was typed before, in the order of the fields: one may offer what the next chooses from. */
  function restore() {
    const kept = mine.read(described.draft || "");
    for (const field of described.fields) {
      const element = controls.get(field.name), before = typedIn(element);
      if (!(field.name in kept) || field.kind === "many") continue;
      if (element.type === "checkbox") element.checked = Boolean(kept[field.name]);
      else element.value = kept[field.name];
      // What can no longer be chosen.
      if (typedIn(element) !== kept[field.name]) element.value = before;
      else { said.textContent = described.words.draft_there; anew.hidden = false; }
      offer();
    }
  }
  function offer() {
    for (const field of described.fields.filter((one) => one.options_of)) {
      const made = controls.get(field.name), chosen = made.value;
      made.replaceChildren(...(options(field, typed()) || []).map(([value, caption]) => new Option(caption, value, false, String(value) === chosen)));
    }
  }
  /** @param {string} content */
  function warn(content) {
    warning.textContent = content;
    dom.set(buttons[0], "data-danger", content ? "1" : null);
  }
  /** What was wrong is no longer said once it is changed, and what was doubted is asked about again. */
  function touched() {
    error.textContent = "";
    for (const [name, box] of boxes) { box.querySelector(".form-wrong").textContent = ""; controls.get(name).removeAttribute("aria-invalid"); }
    if (sure) { sure = false; warn(described.warning || ""); buttons[0].textContent = described.acts[0].caption; }
    if (described.draft) mine.keep(described.draft, changedOf(typed(), begun));
  }
  function show() {
    for (const [name, map] of maps) map.show([name, described.fields.find((one) => one.name === name)?.goes_with].map((one) => (controls.get(one).value.trim() === "" ? NaN : Number(controls.get(one).value))));
  }
  const there = (/** @type {Field} */ field) => holder.contains(boxes.get(field.name));
  /** @param {string} name @param {string} words */
  function refuse(name, words) {
    const here = described.fields.filter(there), field = here.find((one) => one.name === name) || here.find((one) => meant(one, name));
    if (!field) { error.textContent = words; return; }
    boxes.get(field.name).querySelector(".form-wrong").textContent = words;
    const made = controls.get(field.name);
    made.setAttribute("aria-invalid", "true");
    (made.querySelector("input") || made).focus();
  }
  const leaveDialog = () => /** @type {HTMLDialogElement | null} */ (host.closest("dialog"))?.close();
  function clear() {
    error.textContent = said.textContent = "";
    anew.hidden = true;
    for (const [name, box] of boxes) { box.querySelector(".form-wrong").textContent = ""; controls.get(name).removeAttribute("aria-invalid"); }
  }
  let sure = false, busy = false;
  /** @param {Act} act @param {HTMLButtonElement} button */
  async function run(act, button) {
    if (busy) return;
    if (act.opens) { leaveDialog(); opens(act.opens); return; }
    if (act.confirm && button.dataset.armed !== "1") { button.dataset.armed = "1"; button.textContent = act.confirm; return; }
    clear();
    const now = typed(), sends = act.sends !== false && act.method !== "DELETE";
    const due = described.fields.filter(there);
    const empty = sends && due.find((field) => field.required && String(now[field.name]).trim() === "");
    if (empty) { refuse(empty.name, empty.missing || described.words.required); return; }
    busy = button.disabled = true;
    let files = {};
    const slow = setTimeout(() => { said.textContent = described.words.saving; }, SLOW_MS);
    try {
      const device = act.device && parts.device ? await parts.device() : {};
      for (const field of due.filter((one) => sends && one.kind === "json" && now[one.name])) {
        try { files = await fileOf(field, controls.get(field.name), described.words); }
        catch (/** @type {any} */ no) { throw Object.assign(no, { data: { field: field.name, detail: no.message } }); }
      }
      for (const field of due.filter((one) => sends && one.kind === "file" && now[one.name])) {
        try { files = { ...files, ...(await uploaded(field, controls.get(field.name), described.words)) }; }
        catch (/** @type {any} */ no) { throw Object.assign(no, { data: { ...no.data, field: field.name, detail: no.data?.detail || no.message } }); }
      }
      const values = sends ? { ...bodyOf(wanted(due, described.only, now, begun), now), ...files, ...act.body, ...(sure ? act.sure : {}), ...device } : act.body;
      const answer = act.path ? await live.ask(act.method || "POST", act.path, values) : values;
      clearTimeout(slow);
      said.textContent = "";
      if (described.draft) mine.forget(described.draft);
      if (described.stays) for (const field of due) if (field.kind === "area") controls.get(field.name).value = "";
      count();
      if (described.dialog && !described.stays) leaveDialog();
      else said.textContent = act.said || "";
      document.dispatchEvent(new CustomEvent("hotline:form", { detail: { name: described.name, said: described.dialog && !described.stays ? act.said || "" : "", answer } }));
    } catch (/** @type {any} */ problem) {
      clearTimeout(slow);
      said.textContent = "";
      if (act.sure && problem.data?.code === "confirm") { sure = true; warn(live.told(problem)); button.textContent = described.words.meant; }
      else refuse(String(problem.data?.field || "").replace(/^body\./, ""), live.told(problem));
    }
    busy = button.disabled = false;
    if (act.confirm) { delete button.dataset.armed; button.textContent = act.caption; }
  }
  form.addEventListener("submit", (/** @type {Event} */ event) => { event.preventDefault(); if (buttons[0] && !described.disabled) run(described.acts[0], buttons[0]); });
  buttons.forEach((button, n) => { if (n) button.addEventListener("click", () => run(described.acts[n], button)); });
  form.addEventListener("change", (/** @type {Event} */ event) => {
    const changed = /** @type {any} */ (event.target), field = described.fields.find((one) => one.name === changed.name);
    for (const [name, value] of Object.entries((field?.fills || {})[String(typedIn(changed))] || {})) controls.get(name).value = value;
    if (field?.warns) warn(field.warns[String(typedIn(changed))] || described.warning || "");
    offer();
    const before = new Set(holder.children);
    react();
    // Own words are asked for because of what was chosen.
    [...holder.children].find((box) => !before.has(box))?.querySelector("textarea")?.focus();
  });
  form.addEventListener("input", () => { count(); touched(); show(); });
  anew.addEventListener("click", () => { mine.forget(described.draft || ""); draw(host, described); });
  // Enter begins a line in a text, and Ctrl+Enter sends.
  form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || !event.ctrlKey) return;
    event.preventDefault();
    form.requestSubmit();
  });
  /* A line break in a text of several lines is Shift and Enter there. */
  if (described.quick) form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target?.matches("select, textarea")) return;
    event.preventDefault();
    form.requestSubmit();
  });
  for (const field of described.fields.filter((one) => one.pin && parts.pin)) {
    const both = [field.name, field.goes_with].map((name) => controls.get(name));
    maps.set(field.name, parts.pin?.(field.pin, (place) => { both.forEach((one, n) => { one.value = place[n].toFixed(5); }); touched(); }));
  }
  offer();
  const begun = typed();
  if (described.draft) restore();
  const old = living.get(described.name);
  if (described.stays) {
    for (const [name, value] of Object.entries(old?.typed() || {})) if (controls.has(name)) controls.get(name).value = value;
    said.textContent = old?.said.textContent || "";
    living.set(described.name, { typed, said });
    host.closest("dialog")?.addEventListener("close", () => living.delete(described.name));
  }
  host.replaceChildren(form);
  warn(described.warning || "");
  react();
  show();
  const first = described.fields.find((field) => field.focus) || (described.acts[0]?.focus ? null : described.fields.find(there));
  if (described.dialog && !first) buttons[0]?.focus();
  if (described.dialog && first && (!old || document.activeElement === document.body)) controls.get(first.name).focus();
}

/** @param {object} what a dialog that comes instead */
const opens = (what) => document.dispatchEvent(new CustomEvent("hotline:opens", { detail: what }));

/* A button that does something by itself (form.act). */
/** @param {HTMLButtonElement} button */
async function press(button) {
  /** @type {Act} */
  const act = JSON.parse(button.dataset.formAct || "{}");
  if (act.confirm && button.dataset.armed !== "1") { button.dataset.armed = "1"; button.textContent = act.confirm; return; }
  dom.write("act-error", "");
  button.disabled = true;
  try {
    const answer = await live.ask(act.method || "POST", act.path || "", act.body);
    document.dispatchEvent(new CustomEvent("hotline:form", { detail: { name: act.name || "", said: act.said || "", answer } }));
    if (act.leads) address.to(act.leads);
  } catch (/** @type {any} */ problem) {
    const instead = (act.otherwise || {})[problem.data?.field];
    if (instead) opens({ ...instead, why: live.told(problem) });
    else dom.write("act-error", live.told(problem));
  }
  button.disabled = false;
  if (act.confirm) { delete button.dataset.armed; button.textContent = act.caption; }
}

if (typeof window !== "undefined") {
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLButtonElement | null} */ (event.target.closest("[data-form-act]"));
    if (button) press(button);
  });
  const drawn = new WeakMap();
  const look = () => {
    for (const host of document.querySelectorAll("[data-described]")) {
      const told = host.dataset.described || "";
      if (drawn.get(host) === told || !host.isConnected) continue;
      drawn.set(host, told);
      draw(host, JSON.parse(told));
    }
  };
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-described"] });
  document.addEventListener("hotline:dialog", look);
  look();
}
