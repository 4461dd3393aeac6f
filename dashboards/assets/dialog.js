/* Dialogs that the server draws: shown when they come, opened by what carries data-opens, cleared when they close. With
   the first form of a page comes the script that draws forms. */
const page = () => /** @type {HTMLElement | null} */ (document.querySelector("[data-dialogs]"))?.dataset.dialogs;
const shown = new WeakSet();
/** @type {Promise<unknown> | null} */
let forms = null;
/** @type {object | null} */
let last = null;

export const dialog = {
  /** @param {object} what comes to the page's callback as it is */
  open(what) {
    last = what;
    window.dash_clientside.set_props?.(`${page()}-dialog-opened`, { data: { ...what, at: Date.now() } });
  },
  close: () => /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog[data-dialog][open]"))?.close(),
};

function show() {
  if (!forms && document.querySelector("[data-described], [data-form-act]")) forms = import(new URL("./form.js", import.meta.url).href);
  const found = /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog[data-dialog]"));
  if (!found || shown.has(found) || found.open) return;
  shown.add(found);
  // Gone at once, and not only after the next answer: another one may be asked for.
  found.addEventListener("close", () => window.dash_clientside.set_props?.(`${page()}-dialog`, { children: null }));
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  // Unless what was done there has put it elsewhere.
  found.addEventListener("close", () => { if (document.activeElement === document.body) before?.focus(); });
  found.showModal();
  document.dispatchEvent(new Event("hotline:dialog"));
}
new MutationObserver(show).observe(document.documentElement, { childList: true, subtree: true });
show();
document.addEventListener("hotline:opens", (/** @type {any} */ event) => dialog.open(event.detail));
/* What was done is told to the page, and a dialog that is open still is drawn anew. */
document.addEventListener("hotline:form", (/** @type {any} */ event) => {
  if (page() === undefined) return;
  window.dash_clientside.set_props?.(`${page()}-dialog-done`, { data: { name: event.detail.name, at: Date.now() } });
  if (last && document.querySelector("dialog[data-dialog][open]")) dialog.open(last);
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) dialog.open(JSON.parse(opener.dataset.opens || "{}"));
  else if (event.target.closest("[data-dialog-close]")) dialog.close();
});
