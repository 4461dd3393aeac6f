/* The review of scores: what its ranking shows, and going to a person without leaving the page. */
import "./address.js";

/** @type {Window["dashAgGridComponentFunctions"]} */
const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
/* In the grid the keyboard goes from cell to cell; Enter opens the row. */
components.HotlineWho = (props) =>
  window.React.createElement("a", { href: props.data.href, tabIndex: -1, "data-go": "1", "aria-current": props.data.chosen ? "true" : undefined }, props.value);
components.HotlineTotal = (props) => {
  const bar = window.React.createElement("span", { className: "kpi-share" }, window.React.createElement("i", { style: { width: `${props.data.share}%` } }));
  return window.React.createElement("span", { className: "kpi-total" }, bar, window.React.createElement("b", {}, props.data.total_words));
};
components.HotlineMoved = (props) => {
  const moved = props.value;
  return window.React.createElement("span", { className: moved > 0 ? "gain" : moved < 0 ? "warn" : "dim" }, props.data.moved_words);
};

/* A row is its link. */
document.addEventListener("click", (event) => {
  if (event.target.closest("a")) return;
  event.target.closest(".kpi-ranking .ag-row, .kpi-people .ag-row")?.querySelector("a[data-go]")?.click();
});
