/* One call: playback on the server's peaks, so that nothing is decoded here; an open call's page is drawn anew. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";

const SKIP_S = 5, SETTLE_MS = 1600, WAVE = "calls-wave", SEEN = "calls-seen";
let wave = null, box = null, seen = "", due = 0, times = 0;
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colours = () => ({
  cursorColor: css("--text"),
  splitChannels: [css("--text3"), css("--s-talking")].map((waveColor) => ({ waveColor, progressColor: css("--accent"), height: 72 })),
});

async function mount(element) {
  const id = element.dataset.call;
  const peaks = await live.ask("GET", `/api/v1/calls/${id}/peaks`);
  if (box !== element) return;
  // Without a purpose nothing is asked for: every hearing stands in the audit with what it was for.
  const media = Object.assign(new Audio(), { preload: "metadata" });
  wave = window.WaveSurfer.create({
    container: element, media, peaks: [peaks.left, peaks.right], duration: peaks.duration,
    normalize: true, barWidth: 2, barGap: 1, cursorWidth: 2, dragToSeek: true, ...colours(),
  });
  const time = () => dom.write("wave-time", `${text.duration(wave.getCurrentTime())} / ${text.duration(peaks.duration)}`);
  for (const event of ["timeupdate", "seeking"]) wave.on(event, time);
  for (const event of ["play", "pause", "finish"]) wave.on(event, () => dom.set(document.querySelector('[data-wave="toggle"]'), "aria-pressed", String(event === "play")));
  wave.on("error", () => { element.textContent = text.about().words.no_sound; });
  time();
  dom.set(element, "data-ready", "1");
}
function look() {
  const element = document.getElementById(WAVE);
  if (element === box) return;
  if (wave) { wave.destroy(); wave = null; }
  box = element;
  if (element) mount(element).catch((problem) => { element.textContent = problem.data ? live.told(problem) : text.about().words.no_sound; });
}
const purpose = () => document.querySelector("[data-wave-purpose]");
function complain(said) {
  const error = document.querySelector("[data-wave-error]");
  if (error) error.textContent = said ? error.dataset.waveError : "";
}
/* Another purpose is another hearing; the place in the recording stays. */
function choose() {
  const media = wave.getMediaElement(), at = media.currentTime;
  complain(false);
  media.pause();
  if (!purpose().value) media.removeAttribute("src");
  else media.src = `/api/v1/calls/${box.dataset.call}/recording?purpose=${encodeURIComponent(purpose().value)}`;
  media.load();
  if (purpose().value && at) wave.setTime(at);
}
function act(what) {
  if (!purpose().value) { complain(true); purpose().focus(); return; }
  if (what === "toggle") wave.playPause();
  else wave.setTime(Math.min(Math.max(wave.getCurrentTime() + (what === "on" ? SKIP_S : -SKIP_S), 0), wave.getDuration()));
}
document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-wave],[data-wave-rate]");
  if (!target || !wave) return;
  if (target.dataset.wave) { act(target.dataset.wave); return; }
  wave.setPlaybackRate(Number(target.dataset.waveRate), true);
  for (const button of document.querySelectorAll("[data-wave-rate]")) dom.set(button, "aria-pressed", String(button === target));
});
document.addEventListener("change", (event) => { if (wave && event.target === purpose()) choose(); });
document.addEventListener("keydown", (event) => {
  const action = { " ": "toggle", ArrowLeft: "back", ArrowRight: "on" }[event.key];
  if (!wave || !action || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input,textarea,select")) return;
  if (event.key === " " && event.target.closest("button,a")) return;
  event.preventDefault();
  act(action);
});
document.addEventListener("hotline:scheme", () => { if (wave) wave.setOptions(colours()); });

/* What the floor says of the open call; after each change the marts need a second. */
function follow() {
  look();
  const mark = document.querySelector("[data-running-call]");
  if (!mark) { seen = ""; due = 0; return; }
  const id = mark.dataset.runningCall, state = live.state();
  if (live.freshness() !== "live") return;
  const agents = [...state.agents.values()].filter((agent) => agent.call_id === id).map((agent) => agent.extension + agent.state);
  const now = JSON.stringify([id, state.calls.get(id) || null, agents]);
  if (now !== seen) {
    if (seen || !state.calls.has(id)) due = Date.now() + SETTLE_MS;
    seen = now;
  }
  if (due && Date.now() > due) {
    due = 0;
    times += 1;
    window.dash_clientside.set_props(SEEN, { data: { call: id, times } });
  }
}
live.subscribe(follow);
