/* The history: its cells, and drawn anew whenever something happens to an alert. */
import { text } from "./text.js";
import { live } from "./live.js";
import { alerts } from "./alerts.js";

/** @type {Window["dashAgGridComponentFunctions"]} */
const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
const make = (...all) => window.React.createElement(...all);
components.HotlineAlertTime = (props) => {
  const at = new Date(props.value);
  return make("span", { title: `${text.day(at)} ${text.clock(at, true)}` }, text.when(at, live.now()), make("span", { className: "ago" }, text.ago(at, live.now())));
};
components.HotlineAlertSeverity = (props) => make("span", { className: "alert-level", "data-level": props.data.level }, props.value);
components.HotlineAlertTitle = (props) => (props.data.href ? make("a", { href: props.data.href, tabIndex: -1 }, props.value) : make("span", {}, props.value));
/* What is open lasts longer every second. */
components.HotlineAlertLasted = (props) => text.duration(props.data.open ? Math.max(0, live.now() - props.data.at) / 1000 : props.value);

let body = null, seen = "";
alerts.subscribe(() => {
  const found = document.getElementById("alerts-body"), state = alerts.state();
  if (!found || !state) { body = null; return; }
  const now = JSON.stringify([...state.open, ...state.settled].map((row) => [row.id, row.severity, row.acknowledged_at, row.cleared_at]));
  // The first state is what the page was drawn with, or a moment younger: the next one tells.
  if (found === body && now !== seen) window.dash_clientside.set_props("alerts-seen", { data: { query: location.search, at: Date.now() } });
  body = found; seen = now;
  const grid = document.getElementById("alerts-table") && window.dash_ag_grid && window.dash_ag_grid.getApi("alerts-table");
  if (grid) grid.refreshCells({ columns: ["lasted", "at"], force: true });
});
