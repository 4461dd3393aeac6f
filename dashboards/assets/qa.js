/* One review: the browser's player with its keys, the playhead over the waveform, spans that are marked, answers by keys. */
import { text } from "./text.js";
import { dom } from "./dom.js";

const SKIP_S = 3, SHORTEST_S = 0.2, SLOWEST = 0.75, FASTEST = 2, STEP = 0.25;
/** @type {number | null} */
let begun = null;
let frame = 0;

const audio = () => /** @type {HTMLAudioElement | null} */ (document.getElementById("qa-audio"));
const seek = () => /** @type {HTMLElement | null} */ (document.querySelector("[data-wave-seek]"));
const length = () => Number(seek()?.dataset.seconds || 0);
/** @param {string} what */
const button = (what) => /** @type {HTMLElement | null} */ (document.querySelector(`[data-play="${what}"]`));

function show() {
  const media = audio(), place = seek();
  if (!media || !place) return;
  const at = media.currentTime, whole = length();
  const head = /** @type {HTMLElement | null} */ (place.querySelector(".qa-playhead"));
  if (head) head.style.left = `${whole ? Math.min(at / whole, 1) * 100 : 0}%`;
  dom.write("qa-time", text.duration(at));
  dom.set(place, "aria-valuenow", Math.round(at));
  dom.set(place, "aria-valuetext", text.duration(at));
}
/* As often as the screen is drawn, while it plays. */
function follow() {
  cancelAnimationFrame(frame);
  const media = audio();
  show();
  if (media && !media.paused) frame = requestAnimationFrame(follow);
}
/** @param {number} at in seconds */
function to(at) {
  const media = audio();
  if (!media) return;
  media.currentTime = Math.min(Math.max(at, 0), length());
  show();
}
/** @param {number} rate */
function pace(rate) {
  const media = audio();
  if (!media) return;
  media.preservesPitch = true;
  media.defaultPlaybackRate = media.playbackRate = Math.min(Math.max(rate, SLOWEST), FASTEST);
  for (const one of document.querySelectorAll("[data-speed]")) dom.set(one, "aria-pressed", String(Number(one.dataset.speed) === media.playbackRate));
}
function problem() {
  const said = document.querySelector("[data-sound-problem]");
  if (said) said.textContent = audio()?.dataset.problem || "";
}
async function toggle() {
  const media = audio();
  if (!media) return;
  if (!media.paused) { media.pause(); return; }
  try { await media.play(); } catch (away) { if (/** @type {Error} */ (away).name !== "AbortError") problem(); }
}
function silence() {
  const at = audio()?.currentTime ?? 0, next = JSON.parse(seek()?.dataset.silences || "[]").find((/** @type {number} */ one) => one > at + 0.1);
  if (next !== undefined) to(next);
}
/* The first press begins a span, the second ends it; it belongs to the item that is being answered. */
function mark() {
  const media = audio(), pressed = button("mark");
  if (!media || !pressed) return;
  const words = /** @type {HTMLElement} */ (pressed.querySelector("[data-mark-words]")), other = words.dataset.markWords || "";
  words.dataset.markWords = words.textContent || "";
  words.textContent = other;
  if (begun === null) begun = media.currentTime;
  else {
    const [from_s, to_s] = [begun, media.currentTime].sort((one, two) => one - two);
    begun = null;
    const item = /** @type {HTMLElement | null} */ (document.querySelector("[data-item][data-current]"))?.dataset.item || "";
    window.dash_clientside.set_props?.("qa-marked", { data: { from_s, to_s: Math.max(to_s, from_s + SHORTEST_S), item, at: Date.now() } });
  }
  dom.set(pressed, "aria-pressed", String(begun !== null));
}
/** @param {string} what */
function act(what) {
  const at = audio()?.currentTime ?? 0;
  if (what === "toggle") toggle();
  else if (what === "back") to(at - SKIP_S);
  else if (what === "on") to(at + SKIP_S);
  else if (what === "silence") silence();
  else if (what === "mark") mark();
}

/* --- items ------------------------------------------------------------------------------------------------------ */
/** @returns {any[]} those that can be answered */
const rows = () => [...document.querySelectorAll("[data-item][data-keys]")];
/** @param {any} row */
function choose(row) {
  for (const one of rows()) dom.set(one, "data-current", one === row ? "1" : null);
  row?.scrollIntoView({ block: "nearest" });
}
/** @param {number} by */
function move(by) {
  const all = rows(), now = all.findIndex((one) => one.dataset.current);
  choose(all[Math.min(Math.max(now + by, 0), all.length - 1)]);
}
/** @param {string} key @returns {boolean} whether the item that is being answered knows it */
function answer(key) {
  const row = rows().find((one) => one.dataset.current), n = row ? row.dataset.keys.split(",").indexOf(key) : -1;
  const button = n < 0 ? null : row.querySelectorAll("[data-answer]")[n];
  if (!button) return false;
  give(button);
  return true;
}
/** @param {any} button of an answer */
function give(button) {
  const all = button.closest("[data-answers]");
  for (const one of all.querySelectorAll("[data-answer]")) dom.set(one, "aria-checked", String(one === button));
  window.dash_clientside.set_props?.(JSON.parse(all.dataset.answers), { data: JSON.parse(button.dataset.answer) });
}

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target), row = target.closest("[data-item][data-keys]");
  if (row) choose(row);
  const given = target.closest("[data-answer]");
  if (given) give(given);
  const chosen = /** @type {HTMLElement | null} */ (target.closest("[data-play],[data-speed],[data-seek]"));
  if (chosen?.dataset.play) act(chosen.dataset.play);
  else if (chosen?.dataset.speed) pace(Number(chosen.dataset.speed));
  else if (chosen?.dataset.seek) to(Number(chosen.dataset.seek));
  const place = /** @type {HTMLElement | null} */ (target.closest("[data-wave-seek]"));
  if (!place) return;
  const box = place.getBoundingClientRect();
  to((event.clientX - box.left) / box.width * length());
});
document.addEventListener("focusin", (event) => {
  const row = /** @type {HTMLElement} */ (event.target).closest("[data-item][data-keys]");
  if (row) choose(row);
});
for (const name of ["play", "pause", "ended", "seeked", "timeupdate"]) {
  document.addEventListener(name, (event) => {
    if (event.target !== audio()) return;
    dom.set(button("toggle"), "aria-pressed", String(!audio()?.paused));
    if (name === "play") pace(audio()?.playbackRate ?? 1);
    follow();
  }, true);
}
document.addEventListener("error", (event) => { if (event.target === audio()) problem(); }, true);

const KEYS = { " ": "toggle", ArrowLeft: "back", ArrowRight: "on", n: "silence", m: "mark" };
document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (!document.querySelector('[data-page="qa-review"]') || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey) {
    const submit = event.key === "Enter" ? document.getElementById("qa-submit") : null;
    if (submit) { event.preventDefault(); /** @type {HTMLElement | null} */ (document.activeElement)?.blur(); submit.click(); }
    return;
  }
  // What is typed is typed; items are answered by digits, so that arrows stay with the sound.
  if (target.closest("input,textarea,select,summary")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === " " && target.closest("button,a")) return;
  const what = KEYS[/** @type {keyof typeof KEYS} */ (key)];
  if (what) act(what);
  else if (key === "ArrowDown" || key === "ArrowUp") move(key === "ArrowDown" ? 1 : -1);
  else if (key === "j" || key === "l") pace((audio()?.playbackRate ?? 1) + (key === "l" ? STEP : -STEP));
  else if (!/^\d$/.test(key) || !answer(key)) return;
  event.preventDefault();
});
/* Another page's player is not this one's. */
window.addEventListener("popstate", () => { begun = null; });
