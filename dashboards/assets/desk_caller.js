/* Who is calling: customer, meters, bills and earlier calls of the number, asked for once a call. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { phone } from "./phone.js";
import { desk } from "./desk.js";

const BILLS = 2, METERS = 3;
let shown = null;

function start() { shown = null; }

function render({ row, call, mode }) {
  const id = call ? call.id : mode === "wrap_up" && row ? row.call_id : "";
  // Once the call is over its number is shown as everywhere else.
  if (mode === "wrap_up" && id && phone.caller.call === id && phone.caller.masked) mask();
  if (id === shown) return;
  shown = id;
  phone.caller = { ...phone.caller, name: "", number: "", masked: "", customer: null, call: "" };
  if (id) load(id); else empty();
}
function mask() {
  const { masked, call } = phone.caller, draft = desk.draft.get();
  if (phone.caller.number !== masked) { phone.caller.number = masked; phone.redraw(); }
  if (draft && draft.call === call && draft.number !== masked) desk.draft.know({ number: masked });
}
desk.refresh = () => { if (shown) load(shown); };
function empty() {
  desk.box("customer").replaceChildren(dom.make("p", desk.words.caller_later, { class: "dim" }));
  desk.box("orders").replaceChildren(dom.make("p", desk.words.orders_later, { class: "dim" }));
  desk.box("earlier").replaceChildren(dom.make("p", desk.words.earlier_later, { class: "dim" }));
  dom.write("desk-earlier", "", desk.root);
  dom.write("desk-orders", "", desk.root);
}
async function load(id) {
  const card = desk.box("customer"), earlier = desk.box("earlier");
  if (phone.caller.call !== id) { card.replaceChildren(); earlier.replaceChildren(); desk.box("orders").replaceChildren(); }
  try {
    const found = await live.ask("GET", `/api/v1/desk/calls/${id}`);
    if (shown !== id) return;
    const one = found.customer;
    phone.caller = { ...phone.caller, name: one ? one.name : "", number: found.number, masked: found.masked, customer: one, call: id };
    const draft = desk.draft.get();
    if (draft && draft.call === id) desk.draft.know({ masked: found.masked });
    if (found.customer) customer(card, found.customer);
    else card.replaceChildren(dom.make("b", desk.words.unknown, { class: "desk-name" }), dom.make("p", desk.words.unknown_hint));
    orders(found);
    phone.redraw();
    history(earlier, found);
  } catch (problem) {
    if (shown === id) card.replaceChildren(dom.make("p", text.problem(problem), { class: "phone-error" }));
  }
}

function table(titles, rows) {
  const line = (tag, cells) => dom.make("tr", cells.map((cell) => dom.make(tag, cell)));
  return dom.make("table", [dom.make("thead", [line("th", titles)]), dom.make("tbody", rows.map((cells) => line("td", cells)))], { class: "plain desk-table" });
}
function customer(card, one) {
  const w = desk.words, money = (fen) => (fen / 100).toFixed(2), owed = one.bills.filter((bill) => !bill.paid);
  const facts = dom.make("dl", [dom.make("dt", w.account), dom.make("dd", one.account_no), dom.make("dt", w.address), dom.make("dd", one.address)], { class: "facts" });
  card.replaceChildren(
    dom.make("div", [dom.make("b", one.name, { class: "desk-name" }), dom.make("span", w[one.kind] || one.kind, { class: "tag" })]),
    facts,
    table([w.meter, "DN", w.reading, w.read_on], one.meters.slice(0, METERS).map((meter) => [meter.number, String(meter.diameter_mm), `${text.count(meter.last_reading)} m³`, meter.read_on])),
    table([w.period, w.volume, w.amount, w.state], one.bills.slice(0, BILLS).map((bill) => [bill.period, text.count(bill.volume_m3), money(bill.amount_fen), bill.paid ? w.paid : w.open])),
    dom.make("p", [`${w.debt} `, dom.make("b", `${money(owed.reduce((sum, bill) => sum + bill.amount_fen, 0))} ${w.amount}`)], { class: owed.length ? "warn" : "dim" }),
  );
  if (one.note) card.append(dom.make("p", one.note));
}
function orders(found) {
  const w = desk.words, holder = desk.box("orders");
  dom.write("desk-orders", found.orders_open ? desk.say("orders_open", { n: found.orders_open }) : "", desk.root);
  if (!found.orders.length) { holder.replaceChildren(dom.make("p", w.orders_none, { class: "dim" })); return; }
  holder.replaceChildren(...found.orders.map((one) => dom.make("div", [
    dom.make("div", [
      dom.make("a", one.id, { href: `/orders/${one.id}`, target: "_blank" }),
      dom.make("span", one.overdue ? `${one.state_name} · ${w.late}` : one.state_name, { class: one.open ? "tag" : "dim" }),
      one.open ? dom.make("button", w.link, { type: "button", class: "quiet desk-right", "data-link": one.id }) : null,
    ]),
    dom.make("div", `${one.category.name} · ${one.summary}`, { class: "dim" }),
  ], { class: "desk-past" })));
}
function history(holder, found) {
  const days = found.earlier_days;
  dom.write("desk-earlier", found.earlier_count ? desk.say("earlier_some", { n: found.earlier_count, days }) : "", desk.root);
  if (!found.earlier.length) { holder.replaceChildren(dom.make("p", desk.say("earlier_none", { days }), { class: "dim" })); return; }
  holder.replaceChildren(...found.earlier.map((one) => {
    const at = new Date(one.arrived_at), when = text.when(at, live.now()), about = one.category_name || desk.me.queues[one.queue] || "";
    // Only own calls open; of the others this line is what there is to know.
    const head = one.agent === phone.me.extension ? dom.make("a", when, { href: `/calls/${one.id}`, target: "_blank" }) : dom.make("span", when);
    const result = `${desk.words[`outcome_${one.outcome}`] || one.outcome}${one.agent ? ` · ${phone.who(one.agent)}` : ""}`;
    return dom.make("div", [dom.make("div", [head, dom.make("b", about)]), dom.make("div", result, { class: "dim" }), one.note ? dom.make("div", one.note) : null], { class: "desk-past" });
  }));
}
desk.parts.push({ start, render });
