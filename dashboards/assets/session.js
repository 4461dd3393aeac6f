/* Requests with the session's proof, and the session's end: the password is asked for over the page as it stands, and what
   waits for it is sent then. Nothing that was typed is lost. A page without the bar has nobody who could be asked. */
import { text } from "./text.js";
import { dom } from "./dom.js";

/* --- what went wrong on a page, said in the office's words at its foot: one line, the newest, until it is closed --------- */

/* Browsers report this where nothing is wrong: sizes that are looked at again in the next frame. */
const HARMLESS = /^ResizeObserver loop/;

/** @type {HTMLElement | null} */
let line = null;

function makeLine() {
  const close = dom.make("button", text.about()?.words.close, { type: "button", class: "bar-button" });
  const made = dom.make("div", [dom.make("span"), close], { class: "problem", role: "alert" });
  close.addEventListener("click", () => { made.hidden = true; });
  document.body.append(made);
  return made;
}

const problems = {
  /** @param {string | undefined} said */
  say(said) {
    if (!said || !text.about()) return;
    const shown = line || (line = makeLine());
    shown.hidden = false;
    if (shown.firstElementChild.textContent !== said) shown.firstElementChild.textContent = said;
  },
};

/* The console has the rest for whoever mends it. */
window.addEventListener("error", (event) => {
  if (!HARMLESS.test(event.message)) problems.say(text.problem(event.error || {}));
});
window.addEventListener("unhandledrejection", (event) => problems.say(text.problem(event.reason || {})));

/* --- the session --------------------------------------------------------------------------------------------------------- */

/* What moves a call or a person is of its moment: it is refused, and not done minutes later. */
const OF_THE_MOMENT = /\/(actions|supervision|steering|state|forced-state|override|call|call-back|calls)$/;
/* No dialog opens under the hands of somebody who types. */
const TYPING_MS = 1500, LOOK_MS = 250;
const SIGNED_OUT = "signed-out";

let over = false, left = false, typed = 0;
/** @type {(() => void)[]} */
let waiting = [];
/** @type {(() => void)[]} */
const listeners = [];
/** @type {HTMLDialogElement | null} */
let dialog = null;

/** @param {string} name */
const cookie = (name) => (document.cookie.split("; ").find((c) => c.startsWith(name + "=")) || "").slice(name.length + 1);
const user = () => text.about()?.user || null;
const toLogIn = () => location.assign("/login?next=" + encodeURIComponent(location.pathname + location.search));

function end() {
  if (left || over) return;
  const me = text.about();
  if (!me || !me.user || me.bare.includes(location.pathname)) { toLogIn(); return; }
  over = true;
  open();
}
function open() {
  if (!over) return;
  if (Date.now() - typed < TYPING_MS) { setTimeout(open, LOOK_MS); return; }
  const shown = dialog || (dialog = make());
  count();
  if (!shown.open) shown.showModal();
}
function renew() {
  if (!over) return;
  over = false;
  dialog?.close();
  const sent = waiting;
  waiting = [];
  for (const one of [...listeners, ...sent]) one();
}
function make() {
  const words = text.about()?.words || {}, me = user();
  const name = dom.make("input", null, { name: "username", class: "field", autocomplete: "username", readonly: "", value: me?.name });
  const password = dom.make("input", null, { name: "password", type: "password", class: "field", autocomplete: "current-password", required: "", autofocus: "", maxlength: "300" });
  const button = dom.make("button", words.sign_in, { class: "primary" });
  const refused = dom.make("p", "", { class: "sign-in-refused", role: "alert" });
  const form = dom.make("form", [
    dom.make("h2", words.session_over),
    dom.make("p", words.session_kept),
    dom.make("p", "", { class: "dim", "data-sign-in-waiting": "1", role: "status" }),
    dom.make("label", [words.user_name, name]),
    dom.make("label", [words.password, password]),
    refused,
    dom.make("div", [button, dom.make("a", words.somebody_else, { href: "/login", class: "quiet" })], { class: "sign-in-go" }),
  ]);
  const made = dom.make("dialog", [form], { class: "sign-in", "aria-label": words.session_over });
  // There is nothing else to do on this page.
  made.addEventListener("cancel", (/** @type {Event} */ event) => event.preventDefault());
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    button.disabled = true;
    refused.textContent = await signIn(name.value, password.value);
    button.disabled = false;
    password.value = "";
    if (over) password.focus();
  });
  document.body.append(made);
  return made;
}
function count() {
  const said = waiting.length ? text.fill(text.about()?.words.sent_then || "", { n: waiting.length }) : "";
  const line = dialog?.querySelector("[data-sign-in-waiting]");
  if (line && line.textContent !== said) line.textContent = said;
}
/** @param {string} username @param {string} password @returns {Promise<string>} why not, in words */
async function signIn(username, password) {
  try {
    const answer = await fetch("/login", {
      method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify({ username, password }),
    });
    const data = await json(answer);
    if (!answer.ok) return text.problem({ data, status: answer.status });
    taken(data);
    return "";
  } catch (_) { return text.problem({ status: 0 }); }
}
/** @param {Response} answer @returns {Promise<Record<string, any>>} nothing of what is no JSON: it was not written for people */
const json = (answer) => answer.json().catch(() => ({}));

/** Whose session it is now; another person's page is not this one. @param {Record<string, any>} now */
function taken(now) {
  const me = user();
  if (!me || now.name !== me.name) { left = true; location.reload(); return; }
  renew();
  if (now.role !== me.role || now.extension !== me.extension) problems.say(text.about()?.words.you_changed);
}

export const session = {
  over: () => over,
  /** After the session has been renewed. @param {() => void} listener */
  onRenewed(listener) { listeners.push(listener); },
  /** How many requests wait for the password. */
  waiting: () => waiting.length,
  /** What becomes of it when a connection was refused: nothing, the dialog, or another person's page. */
  async check() {
    let answer;
    try { answer = await fetch("/api/v1/me", { headers: { Accept: "application/json" } }); } catch (_) { return; }
    if (answer.status === 401) end();
    else if (answer.ok) taken(await json(answer));
  },
  /** Signed out on purpose, in every window of this browser: whoever comes next sees nothing of these pages, and what was
   *  typed into forms and not sent is gone from here. */
  leave() {
    left = true;
    const mine = `draft/${encodeURIComponent(user()?.name || "")}/`;
    for (const one of Object.keys(localStorage)) if (one.startsWith(mine)) localStorage.removeItem(one);
    localStorage.setItem(SIGNED_OUT, String(Date.now()));
    location.assign("/login");
  },
  leaving() { left = true; },
  /**
   * As ``fetch``, with the proof; when the session is over it is sent again after the password.
   * @param {string} path
   * @param {RequestInit} request
   * @returns {Promise<Response>}
   */
  async fetch(path, request) {
    const send = () => fetched(path, { ...request, headers: { .../** @type {object} */ (request.headers), "X-CSRFToken": decodeURIComponent(cookie("_csrf_token")) } });
    const answer = await send();
    if (answer.status !== 401) return answer;
    end();
    if (!over || (request.method !== "GET" && OF_THE_MOMENT.test(path))) return answer;
    await new Promise((resolve) => { waiting.push(() => resolve(null)); count(); });
    return send();
  },
};

/* The renderer's own requests are proven in the same way, and what is refused there is said. */
const CALLBACK = "/_dash-update-component";
const fetched = window.fetch.bind(window);
window.fetch = async (address, request) => {
  if (typeof address !== "string" || !request || !address.includes("/_dash-")) return fetched(address, request);
  let answer;
  try { answer = await session.fetch(address, request); } catch (problem) {
    problems.say(text.problem({ status: 0 }));
    if (!address.includes(CALLBACK)) throw problem;
    // The renderer takes back what a callback switched off while it ran only where there is an answer: this one changes nothing.
    return new Response(null, { status: 204 });
  }
  if (answer.status >= 400) problems.say(text.problem({ data: await json(answer.clone()), status: answer.status }));
  return answer;
};

window.addEventListener("storage", (event) => { if (event.key === SIGNED_OUT) { left = true; location.assign("/login"); } });
/* Signed in again in another window. */
window.addEventListener("focus", () => { if (over) session.check(); });
document.addEventListener("input", (event) => { if (!dialog?.contains(/** @type {Node} */ (event.target))) typed = Date.now(); }, true);
