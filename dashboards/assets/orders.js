/* Work orders, what only the browser can do: say that a list has grown old, tell a narrow window, go on after a step. */
import { dom } from "./dom.js";
import { live } from "./live.js";

const OLD_MS = 20000, SAID = "order-said", LIST = "/orders";
const narrow = window.matchMedia("(max-width: 700px)");
/** @type {Element | null} */
let told = null;
let wide = true;
/** @type {HTMLElement | null} */
let focused = null;

/* A list that is no longer written anew says so. */
function age() {
  const mark = document.querySelector("[data-as-of]");
  if (!mark) return;
  const old = live.now() - Number(mark.dataset.asOf) > OLD_MS;
  dom.set(mark, "data-fresh", old ? "lost" : "live");
  if (old && mark.textContent !== mark.dataset.lost) mark.textContent = mark.dataset.lost;
  dom.set(document.querySelector(".order-rows"), "data-old", old ? "1" : null);
}
/* The list is drawn for the window as it is: cards on a phone, a table else. */
function fit() {
  const list = document.querySelector(".order-cards");
  // A page comes with its table.
  if (list !== told) { told = list; wide = true; }
  if (!list || wide !== narrow.matches) return;
  wide = !narrow.matches;
  window.dash_clientside.set_props("orders-narrow", { data: !wide });
}
/* An order that is out of sight is told of in the list, once. */
function go() {
  const said = document.querySelector("[data-leads]"), place = document.querySelector("[data-orders-said]");
  if (said) {
    sessionStorage.setItem(SAID, said.textContent || "");
    location.assign(LIST);
  } else if (place && sessionStorage.getItem(SAID)) {
    place.textContent = sessionStorage.getItem(SAID);
    place.hidden = false;
    sessionStorage.removeItem(SAID);
  }
}
/* The page is drawn anew after a step: whoever took it goes on at its head. */
function head() {
  if (!focused || focused.isConnected) return;
  focused = null;
  /** @type {HTMLElement | null} */ (document.querySelector(".order h1"))?.focus();
}
document.addEventListener("hotline:form", (/** @type {any} */ event) => {
  const shown = /** @type {HTMLElement | null} */ (document.querySelector(".order h1"));
  if (!shown) return;
  const { name, answer } = event.detail, { site, site_name, assignee_name } = answer.order || answer;
  window.dash_clientside.set_props("order-seen", { data: { event: name, site, site_name, assignee_name, at: Date.now() } });
  if (name === "ring") return;
  shown.focus();
  focused = shown;
});
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
live.subscribe(() => { age(); fit(); go(); head(); });
