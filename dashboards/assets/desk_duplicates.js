/* Open orders like the one being taken: same category, near in place and time. Looked for while it is typed and once
   more before it is saved; nobody makes a second one without having seen the first. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { phone } from "./phone.js";
import { desk } from "./desk.js";

const LOOK_AFTER_MS = 400, SHOWN = 3;
let found = [], asked = "", agreed = "", waiting = 0;

function query(category, address, customer) {
  const given = new URLSearchParams({ category, address });
  if (customer) given.set("customer", customer);
  return given.toString();
}
async function look(wanted) {
  asked = wanted;
  try {
    const orders = (await live.ask("GET", `/api/v1/work-orders/duplicates?${wanted}`)).items;
    if (asked === wanted) { found = orders; draw(); }
  } catch (_) { if (asked === wanted) { found = []; draw(); } }
}
const names = () => found.map((one) => one.id).join(" ");

desk.duplicates = {
  /* True when there are some that were not seen before the key was pressed: they are shown, and the next press goes on. */
  async stop(body) {
    clearTimeout(waiting);
    const wanted = query(body.category, body.address, body.customer_id);
    await look(wanted);
    if (!found.length || agreed === `${wanted} ${names()}`) return false;
    agreed = `${wanted} ${names()}`;
    draw();
    phone.complain("order", desk.words.duplicates_ask);
    const first = desk.box("duplicates").querySelector("button");
    if (first) first.focus();
    return true;
  },
  forget() { clearTimeout(waiting); found = []; asked = agreed = ""; draw(); },
};

function start() { found = []; asked = agreed = ""; draw(); }
function show(draft) { if (!draft || draft.order) desk.duplicates.forget(); }
function render(draft) {
  if (!draft || draft.order) { if (asked) desk.duplicates.forget(); return; }
  const category = desk.me.categories.find((one) => one.id === draft.category), address = (draft.address || "").trim();
  const wanted = category && address && !category.immediate ? query(category.id, address, draft.known) : "";
  if (wanted === asked) return;
  clearTimeout(waiting);
  asked = wanted;
  if (!wanted) { found = []; draw(); return; }
  waiting = setTimeout(() => look(wanted), LOOK_AFTER_MS);
}
function draw() {
  const holder = desk.box("duplicates");
  if (!holder) return;
  if (!found.length) { holder.replaceChildren(); return; }
  holder.replaceChildren(dom.make("div", [
    dom.make("b", desk.say("duplicates", { n: found.length }), { class: "warn" }),
    ...found.slice(0, SHOWN).map(row),
  ], { class: "desk-duplicates" }));
}
function row(one) {
  const near = one.distance_m === null || one.distance_m < 1 ? desk.words.same_address : desk.say("metres", { n: Math.round(one.distance_m) });
  const when = new Date(one.created_at);
  return dom.make("div", [
    dom.make("a", one.id, { href: `/orders/${one.id}`, target: "_blank" }),
    dom.make("span", [one.state_name, near, text.ago(when, live.now()) || text.when(when, live.now()), one.address].join(" · "), { class: "desk-duplicate-about" }),
    dom.make("button", desk.words.link, { type: "button", class: "quiet", "data-link": one.id }),
  ], { class: "desk-duplicate" });
}
desk.fields.push({ start, show, read: () => ({}), render });
document.addEventListener("click", (event) => {
  const hit = desk.here() && event.target.closest("[data-link]");
  if (hit && desk.root.contains(hit)) desk.link(hit.dataset.link);
});
