/* The bar on top: freshness, clock, language, light or dark, log-out; the way from page to page; announcements and messages. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { session } from "./session.js";

function bar() {
  const me = text.about();
  if (!me) return;
  const fresh = live.freshness(), last = live.lastFigures();
  const stops = live.state().health.stopping_at;
  const now = stops ? text.fill(me.words.stopping, { time: text.clock(new Date(stops), true) }) : me.words.live;
  const said = fresh === "live" ? now : last ? text.fill(me.words.stale, { time: text.clock(last, true) }) : me.words.connecting;
  for (const element of document.querySelectorAll(".fresh")) dom.set(element, "data-fresh", fresh);
  dom.write("freshness", said);
  dom.write("clock", text.clock(new Date(live.now()), true));
  dom.set(document.body, "data-bare", me.bare.includes(location.pathname) ? "1" : "0");
  for (const link of document.querySelectorAll("a.bar-link")) {
    const path = new URL(link.href).pathname;
    dom.set(link, "aria-current", location.pathname === path || location.pathname.startsWith(path + "/") ? "page" : null);
  }
}
/* Pages are as high as what the frame leaves of the window. */
function frame() {
  const main = document.querySelector("main");
  if (main) document.documentElement.style.setProperty("--frame", `${main.offsetTop}px`);
}
const resized = new ResizeObserver(frame);
function watch() { for (const part of document.querySelectorAll(".bar,.notices,.phone")) resized.observe(part); }
function scheme(value) {
  const page = document.documentElement, me = text.about();
  dom.set(page, "data-scheme", value);
  dom.set(page, "data-ag-theme-mode", value);
  if (me) dom.write("scheme", value === "dark" ? me.words.light : me.words.dark);
}
document.addEventListener("click", async (event) => {
  const target = event.target.closest("[data-language],[data-scheme-switch],[data-log-out]");
  if (!target) return;
  if (target.dataset.language) {
    document.cookie = `lang=${target.dataset.language}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  } else if (target.dataset.schemeSwitch) {
    const next = document.documentElement.dataset.scheme === "dark" ? "light" : "dark";
    localStorage.setItem("scheme", next); scheme(next);
    document.dispatchEvent(new Event("hotline:scheme"));
  } else {
    session.leaving();
    try { await live.ask("POST", "/logout"); } catch (_) { /* the session is gone either way */ }
    session.leave();
  }
});
live.subscribe(() => { bar(); watch(); scheme(localStorage.getItem("scheme") || "light"); });

/* --- From page to page without a new index: what the next page needs is brought before it is shown. --- */
const coming = new Map();

/* The page's entry in what the server said of pages; none where it names no page. */
const needs = (path) => text.about().loads.find((one) => new RegExp(one.path).test(path)) || null;
const here = (address) => Boolean(document.querySelector(`link[rel="stylesheet"][href="${address}"],script[src="${address}"]`));
const all = (page) => [...page.styles, ...page.scripts, ...page.modules];
const ready = (page) => all(page).every((address) => here(address) && !coming.has(address));

function load(tag, attributes) {
  const address = attributes.href || attributes.src;
  if (coming.has(address)) return coming.get(address);
  if (here(address)) return Promise.resolve();
  const loaded = new Promise((resolve, reject) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.addEventListener("load", () => { coming.delete(address); resolve(); });
    element.addEventListener("error", () => { coming.delete(address); element.remove(); reject(new Error(address)); });
    document.head.append(element);
  });
  coming.set(address, loaded);
  return loaded;
}
function bring(page) {
  return Promise.all([
    ...page.styles.map((href) => load("link", { rel: "stylesheet", href })),
    ...page.scripts.map((src) => load("script", { src })),
    ...page.modules.map((src) => load("script", { type: "module", src })),
  ]);
}

/* A file of before an update is no longer there: then the page is opened anew, as it is where nobody helps. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.bar-link");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const page = needs(new URL(link.href).pathname);
  if (!page || ready(page)) return;
  event.preventDefault();
  event.stopPropagation();
  bring(page).then(() => link.click(), () => location.assign(link.href));
}, { capture: true });
/* Back to a page that this document has not shown yet. */
window.addEventListener("popstate", (event) => {
  const page = text.about() && needs(location.pathname);
  if (!page || ready(page)) return;
  event.stopImmediatePropagation();
  bring(page).then(() => window.dispatchEvent(new PopStateEvent("popstate", { state: event.state })), () => location.reload());
}, { capture: true });

/* --- Announcements that callers hear now, and what supervisors wrote to this person, until it has been read. --- */
/** @typedef {{id: number, text: string, area: string | null, active_until: string | null}} Announcement */
/** @typedef {{id: number, text: string, by: string, at: string}} Message */

/** @type {Announcement[]} */
let standing = [];
/** @type {Message[]} */
let messages = [];
let asked = false;

const read = () => `messages-read-${text.about()?.user?.name}`;
const seen = () => Number(localStorage.getItem(read()) || 0);
/** @param {Element} element @param {string} content */
const put = (element, content) => { if (element.textContent !== content) element.textContent = content; };

/** Those that are not over yet: the server tells of the end a little later. @param {Announcement} one */
const stands = (one) => !one.active_until || Date.parse(one.active_until) > live.now();

function render() {
  const me = text.about();
  if (!me) return;
  for (const holder of document.querySelectorAll('[data-box="standing"]')) dom.list(holder, standing.filter(stands), announcement, tell);
  const holder = document.querySelector('[data-box="messages"]');
  if (!holder) return;
  // A page without the bar shows none.
  if (!asked && document.body.dataset.bare !== "1") { asked = true; ask(); }
  const last = seen();
  dom.list(holder, messages.filter((one) => one.id > last), message, show);
}
function announcement() {
  const parts = ["standing-area", "standing-text", "standing-end"].map((name) => dom.make("span", null, { class: name }));
  return dom.make("p", [dom.make("b", text.about()?.words.announcement), ...parts]);
}
/** @param {Element} element @param {Announcement} one */
function tell(element, one) {
  const words = text.about()?.words || {}, [, area, said, end] = element.children;
  put(area, one.area || words.all_callers);
  put(said, one.text);
  dom.set(said, "title", one.text);
  put(end, one.active_until ? text.fill(words.until, { time: text.minute(new Date(one.active_until)).slice(5) }) : words.until_ended);
}
async function ask() {
  try { messages = (await live.ask("GET", "/api/v1/messages")).items; } catch (_) { asked = false; }
  render();
}
function message() {
  const button = dom.make("button", text.about()?.words.read, { class: "bar-button", type: "button" });
  return dom.make("p", [dom.make("b"), dom.make("span"), button], { class: "message" });
}
/** @param {Element} element @param {Message} one */
function show(element, one) {
  put(element.children[0], `${text.clock(new Date(one.at))} ${one.by}`);
  put(element.children[1], one.text);
  dom.set(element.children[2], "data-read", one.id);
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-read]") : null;
  if (!button) return;
  localStorage.setItem(read(), String(Math.max(Number(button.dataset.read), seen())));
  render();
});
live.on("snapshot", (given) => { standing = given.announcements || []; });
live.on("announcements", (given) => { standing = given.announcements; render(); });
live.on("message", (given) => { messages = [given.message, ...messages]; render(); });
live.subscribe(render);
