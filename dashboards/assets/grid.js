/* What tables show: durations, links with times, outcomes; columns stay as a person left them. */
import { text } from "./text.js";
import { live } from "./live.js";

const TABLES = ["calls-table", "orders-table", "kpi-schemes-table", "qa-tasks"], AGEING = ["at", "opened", "due", "closed"], REFRESH_MS = 20000;
let known = null, drawn = 0;

/** @type {Window["dashAgGridFunctions"]} */
const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
functions.hotlineDuration = text.duration;

/** @type {Window["dashAgGridComponentFunctions"]} */
const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
components.HotlineCallLink = (props) => {
  const at = new Date(props.value), day = text.day(at);
  const link = window.React.createElement("a", { href: `/calls/${props.data.id}`, title: `${day} ${text.clock(at, true)}`, tabIndex: -1 }, text.when(at, live.now()));
  return window.React.createElement("span", {}, link, window.React.createElement("span", { className: "ago" }, text.ago(at, live.now())));
};
/* A way to the thing itself; in the grid the keyboard goes from cell to cell. */
components.HotlineLink = (props) => window.React.createElement("a", { href: props.below + props.value, tabIndex: -1 }, props.value);
/* A way that the line itself names: column_href; column_tag beside it, column_name for a file that it is. */
components.HotlinePath = (props) => {
  const of = (part) => props.data[`${props.colDef.field}_${part}`];
  const link = window.React.createElement("a", { href: of("href"), download: of("name"), tabIndex: -1 }, props.value);
  return window.React.createElement("span", {}, link, of("tag") ? window.React.createElement("span", { className: "tag-demo" }, of("tag")) : null);
};
/* A figure that opens what was counted: column_words, column_href; column_low is worse than its target. */
components.HotlineFigure = (props) => {
  const of = (part) => props.data[`${props.colDef.field}_${part}`], words = of("words") || text.none;
  const shown = of("href") ? window.React.createElement("a", { href: of("href"), tabIndex: -1 }, words) : words;
  return window.React.createElement("span", { className: of("low") ? "warn" : undefined }, shown);
};
/* What sorts as a number and is shown in words: column_words, column_note beside them, column_title and column_level. */
components.HotlineWords = (props) => {
  const of = (part) => props.data[`${props.colDef.field}_${part}`];
  if (!props.value) return text.none;
  const note = of("note") ? window.React.createElement("span", { className: "ago" }, of("note")) : null;
  return window.React.createElement("span", { title: of("title"), className: of("level") ? `due-${of("level")}` : undefined }, of("words"), note);
};
components.HotlineOutcome = (props) =>
  window.React.createElement("span", { className: props.data.open ? "running" : undefined }, props.value);

const key = (table) => `columns-${table}`;
const kept = (table) => { try { return JSON.parse(localStorage.getItem(key(table)) || "null"); } catch (_) { return null; } };
const reset = () => document.querySelector("[data-columns-reset]");

async function look() {
  const element = TABLES.map((id) => document.getElementById(id)).find(Boolean) || null;
  if (!element) { known = null; return; }
  if (element === known) { refresh(); return; }
  if (!window.dash_ag_grid) return;
  known = element;
  let grid = null;
  try { grid = await window.dash_ag_grid.getApiAsync(element.id); } catch (_) { known = null; return; }
  const state = kept(element.id);
  if (state) grid.applyColumnState({ state, applyOrder: true });
  if (reset()) reset().hidden = !state;
  for (const event of ["columnMoved", "columnResized", "columnVisible", "columnPinned", "sortChanged"]) {
    grid.addEventListener(event, (what) => {
      if (what.source === "api" || what.source === "flex" || what.finished === false) return;
      localStorage.setItem(key(element.id), JSON.stringify(grid.getColumnState()));
      if (reset()) reset().hidden = false;
    });
  }
}
/* "3 minutes ago" grows older. */
function refresh() {
  if (Date.now() - drawn < REFRESH_MS) return;
  drawn = Date.now();
  const grid = window.dash_ag_grid.getApi(known.id);
  if (grid) grid.refreshCells({ columns: AGEING.filter((name) => grid.getColumn(name)), force: true });
}
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-columns-reset]")) return;
  if (known) localStorage.removeItem(key(known.id));
  location.reload();
});
/* The keyboard opens the line that the grid's focus is on. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.closest("a")) return;
  const row = event.target.closest(".calls-table .ag-row"), link = row && row.querySelector("a");
  if (link) link.click();
});
live.subscribe(look);
