/* What tables show: durations, links with times, outcomes; columns stay as a person left them. */
(function () {
  "use strict";
  const text = window.hotlineText, live = window.hotlineLive;
  const TABLE = "calls-table", KEY = "columns-calls-table", REFRESH_MS = 20000;
  let known = null, drawn = 0;

  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.hotlineDuration = text.duration;

  const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  components.HotlineCallLink = (props) => {
    const at = new Date(props.value), day = text.day(at);
    const link = window.React.createElement("a", { href: `/calls/${props.data.id}`, title: `${day} ${text.clock(at, true)}`, tabIndex: -1 }, text.when(at, live.now()));
    return window.React.createElement("span", {}, link, window.React.createElement("span", { className: "ago" }, text.ago(at, live.now())));
  };
  components.HotlineOutcome = (props) =>
    window.React.createElement("span", { className: props.data.open ? "running" : undefined }, props.value);

  const kept = () => { try { return JSON.parse(localStorage.getItem(KEY) || "null"); } catch (_) { return null; } };
  const reset = () => document.querySelector("[data-columns-reset]");

  async function look() {
    const element = document.getElementById(TABLE);
    if (!element) { known = null; return; }
    if (element === known) { refresh(); return; }
    if (!window.dash_ag_grid) return;
    known = element;
    let grid = null;
    try { grid = await window.dash_ag_grid.getApiAsync(TABLE); } catch (_) { known = null; return; }
    const state = kept();
    if (state) grid.applyColumnState({ state, applyOrder: true });
    if (reset()) reset().hidden = !state;
    for (const event of ["columnMoved", "columnResized", "columnVisible", "columnPinned", "sortChanged"]) {
      grid.addEventListener(event, (what) => {
        if (what.source === "api" || what.source === "flex" || what.finished === false) return;
        localStorage.setItem(KEY, JSON.stringify(grid.getColumnState()));
        if (reset()) reset().hidden = false;
      });
    }
  }
  /* "3 minutes ago" grows older. */
  function refresh() {
    if (Date.now() - drawn < REFRESH_MS) return;
    drawn = Date.now();
    const grid = window.dash_ag_grid.getApi(TABLE);
    if (grid) grid.refreshCells({ columns: ["at"], force: true });
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-columns-reset]")) return;
    localStorage.removeItem(KEY);
    location.reload();
  });
  /* The keyboard opens the line that the grid's focus is on. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.closest("a")) return;
    const row = event.target.closest(".calls-table .ag-row"), link = row && row.querySelector("a");
    if (link) link.click();
  });
  live.subscribe(look);
})();
