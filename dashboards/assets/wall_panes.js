/* The wall's panes that take turns, and what the second ones show: the day's work orders, by category and by district.
   /wall?rotate=30 sets the seconds of a turn, rotate=0 stops them; pane=1 shows the second ones only. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { map } from "./wall_map.js";

const TURN_S = 20, ROWS = 5, COUNTS = ["opened", "closed", "overdue"];

const asked = () => new URLSearchParams(location.search);
function turn() {
  const root = document.querySelector('[data-page="wall"]');
  if (!root) return;
  const given = asked().get("rotate"), every = given === null ? TURN_S : Number(given), fixed = asked().get("pane");
  for (const set of root.querySelectorAll("[data-panes]")) {
    const count = set.childElementCount;
    const shown = fixed !== null ? Number(fixed) % count : every > 0 ? Math.floor(Date.now() / 1000 / every) % count : 0;
    [...set.children].forEach((pane, n) => dom.set(pane, "data-off", n === shown ? null : "1"));
  }
}
setInterval(turn, 500);

export function panes(root, answer) {
  turn();
  if (!root || !answer.orders) return;
  const told = JSON.parse(root.dataset.wall), words = told.words, orders = answer.orders;
  const values = { open: text.count(orders.open), at_once: text.count(orders.closed_at_once) };
  for (const name of COUNTS) {
    const n = text.count(orders[name]), box = root.querySelector(`[data-order-count="orders-${name}"]`);
    dom.write(`orders-${name}`, n, root);
    dom.set(box, "title", text.fill(words[`hover_orders_${name}`], { ...values, n }));
  }
  dom.set(root.querySelector('[data-order-count="orders-overdue"]'), "data-level", orders.overdue ? "warn" : null);
  dom.write("reports-note", text.fill(words.reports, { n: text.count(orders.located) }), root);
  const unplaced = orders.opened - orders.located, place = root.querySelector('[data-live="reports-unplaced"]');
  dom.write("reports-unplaced", text.fill(words.unplaced, { m: text.count(unplaced) }), root);
  if (told.opens) dom.set(place.closest("a") || place, "href", unplaced ? `/orders?${new URLSearchParams(told.orders["orders-unplaced"])}` : null);
  for (const [what, field] of [["categories", "category"], ["districts", "district"]]) {
    bars(root.querySelector(`[data-bars="${what}"]`), shorten(orders[what], words.others), told, field);
  }
  milestones(root.querySelector('[data-kept="milestones"]'), orders.timeliness, told);
  map(root.querySelector('[data-map="reports"]'), orders, told);
}
/* The share kept of each milestone's deadlines of today, with its counts. */
function milestones(holder, entries, told) {
  const box = () => dom.make(told.opens ? "a" : "span", [dom.make("span"), dom.make("b"), dom.make("small")]);
  dom.list(holder, entries, box, (element, one) => {
    const [name, share, counts] = element.children, shown = one.due ? `${text.percent(one.share)}%` : text.none;
    if (name.textContent !== one.name) name.textContent = one.name;
    if (share.textContent !== shown) share.textContent = shown;
    const said = `${text.count(one.kept)} / ${text.count(one.due)}`;
    if (counts.textContent !== said) counts.textContent = said;
    dom.set(element, "title", one.due ? text.fill(told.words.hover_kept, { ...one, share: text.percent(one.share) }) : null);
    if (told.opens) dom.set(element, "href", one.due ? `/orders?${new URLSearchParams({ ...told.orders["orders-due"], by: one.clock })}` : null);
  });
}
/* The most of the day first, then the most overdue; the rest is one row, which opens exactly those. */
function shorten(entries, others) {
  if (entries.length <= ROWS) return entries;
  const sorted = [...entries].sort((a, b) => b.opened - a.opened || b.overdue - a.overdue), shown = sorted.slice(0, ROWS - 1), rest = sorted.slice(ROWS - 1);
  const sum = (name) => rest.reduce((total, one) => total + one[name], 0);
  return [...shown, { id: rest.map((one) => one.id).join(","), name: others, opened: sum("opened"), closed: sum("closed"), overdue: sum("overdue") }];
}
function bars(holder, entries, told, field) {
  if (!entries.length) { if (holder.dataset.empty !== "1") { holder.dataset.empty = "1"; holder.textContent = told.words.nothing_today; } return; }
  if (holder.dataset.empty) { delete holder.dataset.empty; holder.replaceChildren(); }
  const most = Math.max(1, ...entries.map((one) => one.opened));
  dom.list(holder, entries, () => row(told.opens), (element, one) => {
    const [label, bar, ...counts] = element.children;
    if (label.textContent !== one.name) label.textContent = one.name;
    bar.firstChild.style.width = `${one.opened / most * 100}%`;
    dom.set(element, "title", text.fill(told.words.hover_share, one));
    COUNTS.forEach((name, n) => {
      const cell = counts[n], content = text.count(one[name]);
      if (cell.textContent !== content) cell.textContent = content;
      dom.set(cell, "data-level", name === "overdue" && one.overdue ? "warn" : null);
      if (told.opens) dom.set(cell, "href", one.id && one[name] ? `/orders?${new URLSearchParams({ ...told.orders[`orders-${name}`], [field]: one.id })}` : null);
    });
  });
}
function row(opens) {
  const counts = COUNTS.map(() => dom.make(opens ? "a" : "span"));
  return dom.make("div", [dom.make("span"), dom.make("i", [dom.make("b")]), ...counts], { class: "wall-bar-row" });
}
