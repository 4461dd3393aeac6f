/* The order of the call in hand: one form, filled in with what is known of the caller, saved by one key. F7 goes to the
   first empty field, F8 saves. What was saved is read out from here; what is refused is said beside its field. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { phone } from "./phone.js";
import { desk } from "./desk.js";

const PLACES = {
  category: "category", summary: "note", note: "note", address: "address", longitude: "address", latitude: "address",
  district: "district", contact: "contact", caller: "contact", site: "site", assignee: "site", urgency: "urgency",
};
const SUGGEST_AFTER_MS = 250;
let saving = false, suggested = "", shownOrder, spoken = null;

const box = () => desk.box("order");
const field = (name) => box().querySelector(`[data-field="${name}"]`);
const kind = (draft) => desk.me.categories.find((one) => one.id === draft.category) || null;
const customer = () => phone.caller.customer || null;
const draftOf = () => desk.draft.get();

/* --- fields ------------------------------------------------------------------------------------------------ */

function start() {
  const words = desk.words;
  const error = (place) => dom.make("span", null, { class: "phone-error", role: "alert", "data-error": place });
  const line = (label, ...content) => dom.make("div", [
    dom.make("span", label, { class: "desk-group" }), dom.make("div", content, { class: "desk-line" }),
  ], { class: "desk-choice" });
  const input = (name, label, most, more) => dom.make("input", null, {
    class: "field", "data-field": name, maxlength: most, "aria-label": label, autocomplete: "off", ...more,
  });
  const tick = (name, label) => dom.make("label", [
    dom.make("input", null, { type: "checkbox", "data-field": name }), dom.make("span", label),
  ], { class: "desk-tick" });
  const mark = (name) => dom.make("span", "", { class: "desk-known", "data-known": name });
  const urgency = (one) => dom.make("label", [
    dom.make("input", null, { type: "radio", name: "desk-urgency", value: one.id }), dom.make("span", one.name),
  ], { class: "desk-category" });
  const urgencies = dom.make("div", desk.me.urgencies.map(urgency), {
    class: "desk-choices", role: "radiogroup", "aria-label": words.urgency,
  });
  const sites = [["", words.site_auto], ...desk.me.sites.map((one) => [one.id, one.name])];
  const site = dom.make("select", sites.map(([value, name]) => dom.make("option", name, { value })), {
    class: "field", "data-field": "site", "aria-label": words.site,
  });
  const districts = [["", words.district_auto], ...desk.me.districts.map((one) => [one, one])];
  const district = dom.make("select", districts.map(([value, name]) => dom.make("option", name, { value })), {
    class: "field", "data-field": "district", "aria-label": words.district,
  });
  const places = dom.make("datalist", [], { id: "desk-places" });
  box().replaceChildren(
    line(words.urgency, urgencies, tick("answered", words.answered_now), error("urgency")),
    line(words.address, input("address", words.address, "200", { list: "desk-places" }), mark("address"), district, places, error("address"), error("district")),
    line(words.contact, input("contact", words.contact, "100"), mark("contact"), error("contact")),
    line(words.site, site, tick("dispatch", words.dispatch_now), error("site")),
  );
  shownOrder = undefined; saving = false; suggested = "";
}
function show(draft) {
  if (draft && !draft.order) spoken = null;
  for (const name of ["address", "contact", "district", "site"]) field(name).value = (draft && draft[name]) || "";
  drawKind(draft);
}
/* By the category, unless it was chosen otherwise. */
function drawKind(draft) {
  const category = draft && kind(draft), usual = category ? category.urgency : "";
  const urgency = draft && (usual === "emergency" ? usual : draft.urgency || usual);
  for (const radio of box().querySelectorAll("[name=desk-urgency]")) radio.checked = radio.value === urgency;
  field("answered").checked = Boolean(draft) && answered(draft);
  field("dispatch").checked = Boolean(draft) && dispatched(draft);
}
const answered = (draft) => {
  if (draft.answered !== undefined && draft.answered !== null) return draft.answered;
  return Boolean(kind(draft) && kind(draft).immediate);
};
const dispatched = (draft) => !answered(draft) && desk.me.sites.length > 0 && draft.dispatch !== false;
function read() {
  return Object.fromEntries(["address", "contact", "district", "site"].map((name) => [name, field(name).value]));
}
/* What the person chose by hand stays, whatever the category says. */
function touched(target) {
  if (!draftOf()) return;
  if (target.name === "desk-urgency") desk.draft.know({ urgency: target.value });
  if (target.dataset.field === "answered") desk.draft.know({ answered: target.checked });
  if (target.dataset.field === "dispatch") desk.draft.know({ dispatch: target.checked });
}

function render(draft) {
  know(draft);
  if (draft) drawKind(draft);
  const done = Boolean(draft && draft.order), button = desk.root.querySelector("[data-order=save]");
  dom.set(button, "disabled", !draft || done || saving || live.freshness() === "lost" ? "" : null);
  const word = draft && answered(draft) ? "save_answered" : draft && dispatched(draft) ? "save_dispatch" : "save_order";
  if (button.firstChild.textContent !== desk.words[word]) button.firstChild.textContent = desk.words[word];
  for (const name of ["dispatch", "site"]) if (draft && answered(draft)) dom.set(field(name), "disabled", "");
  const fields = "[data-box=categories] input, [data-box=order] :is(input, select)";
  if (done) for (const one of desk.root.querySelectorAll(fields)) dom.set(one, "disabled", "");
  marks(draft);
  saved(draft && draft.order);
}
/* Of the customer whose number it is: what is empty is filled in, once for each draft. */
function know(draft) {
  const one = customer();
  if (!draft || !one || draft.known === one.id || phone.caller.call !== draft.call) return;
  const changes = { known: one.id };
  if (!field("address").value) changes.address = one.address;
  if (!field("contact").value) changes.contact = one.name;
  desk.draft.know(changes);
  for (const name of ["address", "contact"]) if (changes[name]) field(name).value = changes[name];
}
function marks(draft) {
  const one = customer(), known = { address: one && one.address, contact: one && one.name };
  for (const name of ["address", "contact"]) {
    const mark = box().querySelector(`[data-known="${name}"]`), same = draft && known[name] && field(name).value === known[name];
    const said = same ? desk.words.from_call : "";
    if (mark.textContent !== said) mark.textContent = said;
    dom.set(field(name), "data-known-now", said ? "1" : null);
  }
  const home = one && field("address").value === one.address, district = field("district").value || (home && one.district);
  const site = district && desk.me.sites.find((each) => each.districts.includes(district));
  const auto = site ? desk.say("site_auto_is", { site: site.name }) : desk.words.site_auto, option = field("site").options[0];
  if (option.textContent !== auto) option.textContent = auto;
}

/* --- saving ------------------------------------------------------------------------------------------------ */

function wanted(draft) {
  const category = kind(draft), one = customer();
  return {
    category: category ? category.id : "", summary: draft.note, urgency: draft.urgency || null,
    address: draft.address || "", district: draft.district || "",
    contact: draft.contact || "", site: draft.site || "", caller: (draft.number || "").includes("*") ? "" : draft.number || "", from_call: draft.call,
    customer_id: one && draft.known === one.id ? one.id : draft.known || null,
    then: answered(draft) ? "answer" : dispatched(draft) ? "dispatch" : "accept",
  };
}
function refuse(place, said) {
  phone.complain(place, said);
  const first = { category: "[name=desk-category]", note: ".desk-note", urgency: "[name=desk-urgency]" }[place];
  const element = desk.root.querySelector(first || `[data-field="${place}"]`);
  if (element) element.focus();
}
async function save() {
  let draft = draftOf();
  if (!draft || draft.order || saving) return;
  phone.complain("order", "");
  const body = wanted(draft);
  if (!body.category) { refuse("category", desk.words.choose_category); return; }
  if (!body.summary.trim()) { refuse("note", desk.words.note_first); return; }
  if (body.then !== "answer" && !body.address.trim()) { refuse("address", desk.words.address_first); return; }
  saving = true;
  try {
    // The same words under the same key: a repeat after a lost answer makes no second order.
    const said = JSON.stringify(body), same = draft.request && draft.request.said === said;
    if (!same && body.then !== "answer" && await desk.duplicates.stop(body)) return;
    const key = `${draft.call}-${Date.now()}-${Math.random().toString(36).slice(2)}`;
    if (!same) desk.draft.put({ request: { said, key } });
    draft = draftOf();
    const order = await live.ask("POST", "/api/v1/work-orders", body, { "Idempotency-Key": draft.request.key });
    finished(draft, { id: order.id, state: order.state_name, site: order.site_name, due_at: order.due_at, closed: !order.open });
  } catch (problem) {
    const name = ((problem.data || {}).field || "").replace(/^fields\./, "");
    refuse(PLACES[name] || "order", text.problem(problem));
  } finally { saving = false; }
}
function finished(draft, order) {
  if (draftOf() && draftOf().call === draft.call) desk.draft.put({ order });
  desk.duplicates.forget();
  desk.refresh();
  desk.draft.settle();
  spoken = order;
  phone.redraw();
}
/* The call becomes one more reason to hurry with an order that is there already. */
async function link(id) {
  const draft = draftOf(), who = draft && [draft.contact, text.phone(draft.number)].filter(Boolean).join(" ");
  const said = [draft && draft.note, who].filter(Boolean).join(" · ");
  phone.complain("order", "");
  try {
    const body = { event: "urge", note: said };
    // Pressed twice it is urged once.
    const order = await live.ask("POST", `/api/v1/work-orders/${id}/events`, body, draft ? { "Idempotency-Key": `${draft.call}-link-${id}` } : {});
    if (draftOf()) linked(order);
    else desk.refresh();
  } catch (problem) { phone.complain("order", text.problem(problem)); }
}
function linked(order) {
  const mine = draftOf(), category = desk.me.categories.find((one) => one.id === order.category.id);
  const radio = !mine.category && category && desk.root.querySelector(`[name=desk-category][value="${category.id}"]`);
  if (radio) radio.checked = true;
  finished(mine, { id: order.id, state: order.state_name, site: order.site_name, due_at: order.due_at, linked: true });
}

/* What the caller is told: the number, large enough to be read out. */
function saved(order) {
  const name = order ? `${order.id}${order.state}` : "";
  if (name === shownOrder) return;
  shownOrder = name;
  const holder = desk.box("saved");
  // Of an earlier call's order the number stays until the next draft: its form is closed already.
  if (!order) { if (!spoken) holder.replaceChildren(); return; }
  const words = desk.words, when = order.due_at ? text.when(new Date(order.due_at), live.now()).slice(0, -3) : "";
  const due = when ? desk.say("order_due", { time: when }) : "";
  holder.replaceChildren(dom.make("div", [
    dom.make("b", desk.say(order.linked ? "order_linked" : "order_saved", { id: order.id }), { class: "desk-order-id" }),
    dom.make("span", [order.state, order.closed ? "" : order.site, due].filter(Boolean).join(" · ")),
    dom.make("button", words.order_again, { type: "button", class: "quiet", "data-order": "again" }),
  ], { class: "desk-saved" }));
}

/* --- addresses --------------------------------------------------------------------------------------------- */

let waiting = 0;
function suggest() {
  const words = field("address").value.trim();
  clearTimeout(waiting);
  if (words.length < 2 || words === suggested) return;
  waiting = setTimeout(async () => {
    suggested = words;
    try {
      const found = await live.ask("GET", `/api/v1/geo/locate?q=${encodeURIComponent(words)}`);
      const list = document.getElementById("desk-places");
      if (list) list.replaceChildren(...found.items.map((one) => dom.make("option", null, { value: one.text })));
    } catch (_) { /* without suggestions it is typed */ }
  }, SUGGEST_AFTER_MS);
}
function toFirstEmpty() {
  const draft = draftOf();
  if (!draft) return false;
  const note = desk.root.querySelector(".desk-note");
  if (!draft.category) desk.root.querySelector("[name=desk-category]").focus();
  else (field("address").value ? note : field("address")).focus();
  return true;
}

desk.link = link;
desk.fields.push({ start, show, read, render });
document.addEventListener("input", (event) => {
  if (!desk.here() || !event.target.closest("[data-wrap]")) return;
  touched(event.target);
  if (event.target.dataset.field === "address") suggest();
}, true);
// After the draft has been kept.
document.addEventListener("input", (event) => { if (desk.here() && event.target.closest("[data-wrap]")) phone.redraw(); });
document.addEventListener("click", (event) => {
  const hit = desk.here() && event.target.closest("[data-order]");
  if (!hit) return;
  if (hit.dataset.order === "save") save();
  else { desk.draft.again(); phone.redraw(); toFirstEmpty(); }
});
document.addEventListener("keydown", (event) => {
  if (!desk.here() || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.repeat) return;
  if (event.key === "F7" && toFirstEmpty()) event.preventDefault();
  if (event.key === "F8" && draftOf()) { event.preventDefault(); save(); }
});
