/* A link that signs a screen on as the wall: made, shown once, copied; and all of them ended. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";

/** @returns {HTMLDialogElement | null} */
const dialog = () => document.querySelector("[data-link-dialog]");
const part = (name) => dialog().querySelector(`[data-link-${name}]`);
const words = () => JSON.parse(dialog().dataset.words);
const say = (said) => { part("said").textContent = said; };

function clear() {
  part("field").replaceChildren();
  part("made").hidden = true;
  part("ask").hidden = true;
  say("");
}
async function attempt(button, work) {
  button.disabled = true;
  say("");
  try { await work(); } catch (problem) { say(text.fill(words().failed, { problem: [problem.message, problem.data && problem.data.remedy].filter(Boolean).join(" ") })); } finally { button.disabled = false; }
}
async function make() {
  const made = await live.ask("POST", "/api/v1/wall-links", {}), hours = Math.round(made.expires_in / 3600);
  const input = dom.make("input", null, { class: "field", readonly: "", "aria-label": dialog().getAttribute("aria-label") });
  input.value = location.origin + made.path;
  part("field").replaceChildren(input);
  part("made").hidden = false;
  input.select();
  say(hours < 48 ? text.fill(words().hours, { n: hours }) : text.fill(words().days, { n: Math.round(hours / 24) }));
}
async function copy() {
  const field = part("field").querySelector("input");
  field.select();
  try { await navigator.clipboard.writeText(field.value); say(words().copied); } catch (_) { say(words().by_hand); }
}
async function end() {
  await live.ask("DELETE", "/api/v1/wall-links");
  clear();
  say(words().ended);
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-wall-link]")) { clear(); dialog().showModal(); return; }
  const button = dialog() && event.target.closest("[data-link-dialog] button");
  if (!button) return;
  if (button.matches("[data-link-make]")) { part("ask").hidden = true; attempt(button, make); }
  else if (button.matches("[data-link-copy]")) copy();
  else if (button.matches("[data-link-end]")) { clear(); part("ask").hidden = false; part("not").focus(); }
  else if (button.matches("[data-link-sure]")) attempt(button, end);
  else if (button.matches("[data-link-not]")) part("ask").hidden = true;
  else if (button.matches("[data-link-close]")) dialog().close();
});
document.addEventListener("close", (event) => { if (event.target.matches && event.target.matches("[data-link-dialog]")) clear(); }, true);
