/* The review of scores: what its ranking shows, and going to a person without leaving the page. */
import "./address.js";

/** @type {Window["dashAgGridComponentFunctions"]} */
const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
/* In the grid the keyboard goes from cell to cell; Enter opens the row. */
components.HotlineWho = (props) =>
  window.React.createElement("a", { href: props.data.href, tabIndex: -1, "data-go": "1", "aria-current": props.data.chosen ? "true" : undefined }, props.value);
/* The rank, and beside it those that the data allow. */
components.HotlineRank = (props) =>
  window.React.createElement("span", { className: "kpi-rank" }, window.React.createElement("b", {}, props.value ?? "—"), window.React.createElement("small", {}, props.data.range));
/* A bar as long as the total, and over it how far chance alone reaches. */
components.HotlineTotal = (props) => {
  const { share, low, high } = props.data;
  const make = window.React.createElement, reach = low === null ? null : make("s", { style: { left: `${low}%`, width: `${high - low}%` } });
  const bar = make("span", { className: "kpi-share" }, make("i", { style: { width: `${share}%` } }), reach);
  return make("span", { className: "kpi-total", title: props.data.total_title || undefined }, bar, make("b", {}, props.data.total_words));
};
components.HotlineMoved = (props) => {
  const moved = props.value;
  return window.React.createElement("span", { className: moved > 0 ? "gain" : moved < 0 ? "warn" : "dim" }, props.data.moved_words);
};

/* Sorts as a number and reads as people write it; what does not count is dim. */
components.HotlineFigure = (props) =>
  window.React.createElement("span", { className: props.data[`${props.colDef.field}_dim`] ? "dim" : undefined }, props.data[`${props.colDef.field}_words`]);

/* A row is its link. */
document.addEventListener("click", (event) => {
  if (event.target.closest("a")) return;
  event.target.closest(".kpi-ranking .ag-row, .kpi-people .ag-row")?.querySelector("a[data-go]")?.click();
});
