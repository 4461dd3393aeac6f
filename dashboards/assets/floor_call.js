/* What a supervisor may do with the chosen call: F5 to F8, Esc, move, end, force. A supervision belongs to this window:
   what another window or person does in the call stands above, by name. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { dialog } from "./dialog.js";
import { floor } from "./floor.js";

/* --- a supervisor's ear and voice in the browser: a websocket and an audio worklet ----------------------------- */

let socket = null, context = null, node = null, microphone = null;

const listen = {
  possible: () => window.isSecureContext && typeof AudioWorkletNode !== "undefined",
  on: () => socket !== null,
  /* Called from a click, so that the browser lets sound begin. ended() once, whoever ends it. */
  async start(path, ended) {
    await listen.stop();
    context = new AudioContext({ latencyHint: "interactive" });
    await context.audioWorklet.addModule(new URL("./floor_line.js", import.meta.url));
    node = new AudioWorkletNode(context, "hotline-line", { numberOfInputs: 1, numberOfOutputs: 1, outputChannelCount: [1] });
    node.connect(context.destination);
    const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`);
    mine.binaryType = "arraybuffer";
    socket = mine;
    /* The first four bytes count the frames. */
    mine.onmessage = (event) => { if (node) { const voice = event.data.slice(4); node.port.postMessage(voice, [voice]); } };
    mine.onclose = (event) => { if (mine === socket) { socket = null; quiet(); } ended(event.reason); };
    node.port.onmessage = (event) => { if (socket && socket.readyState === 1 && microphone) socket.send(event.data); };
    await context.resume();
  },
  /* Opens the microphone for whisper and barge, closes it for listening; false when there is none. */
  async speak(on) {
    if (on === Boolean(microphone)) return true;
    if (!on) { silence(); return true; }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
      if (!node) { stream.getTracks().forEach((track) => track.stop()); return true; }
      microphone = { stream, source: context.createMediaStreamSource(stream) };
      microphone.source.connect(node);
      return true;
    } catch (_) { return false; }
  },
  async stop() {
    const mine = socket;
    socket = null;
    if (mine) mine.close();
    quiet();
  },
};
function silence() {
  if (!microphone) return;
  microphone.source.disconnect();
  microphone.stream.getTracks().forEach((track) => track.stop());
  microphone = null;
}
function quiet() {
  silence();
  if (node) { node.disconnect(); node = null; }
  if (context) { context.close(); context = null; }
}
/* For the console: whether it is on. */
window.hotlineListen = listen;

/* --- keys and buttons -------------------------------------------------------------------------------------- */

const KEYS = { F5: "listen", F6: "whisper", F7: "barge", F8: "take_over" };
const SAYS = { listen: "listening", whisper: "whispering", barge: "barging" };
let note = "", stopping = false;

/* Lives as long as the window, also over a reload; a window made as the copy of another takes a name of its own. */
const fresh = () => Math.random().toString(36).slice(2, 12);
const copy = fresh(), windows = new BroadcastChannel("floor-tab");
let tab = sessionStorage.getItem("floor-tab") || fresh();
sessionStorage.setItem("floor-tab", tab);
windows.onmessage = ({ data }) => {
  if (data.tab !== tab || data.copy === copy) return;
  if (data.asks) windows.postMessage({ tab, copy });
  else { tab = fresh(); sessionStorage.setItem("floor-tab", tab); floor.reason.stopped(); }
};
windows.postMessage({ tab, copy, asks: true });

const own = (one) => one.by === text.about().user.name && one.tab === tab;
const mine = (call) => (call && (call.supervision || []).find(own)) || null;
const others = (call) => ((call && call.supervision) || []).filter((one) => !own(one));
/* Also when another seat is chosen meanwhile. */
const supervised = () => floor.calls().find(mine) || null;
const takenOver = () => floor.calls().find((call) => (call.tabs || []).includes(tab)) || null;
const talks = (call) => Boolean(call && call.answered_at && (call.parties || []).length);
const off = (element) => !element || element.matches(":disabled");

function render() {
  const { agent, call } = floor.chosen(), one = mine(call), busy = supervised(), talking = takenOver();
  dom.set(floor.box("controls"), "hidden", agent || call || busy || talking || floor.reason.cutOff() ? null : "");
  for (const button of floor.root.querySelectorAll("[data-mode]")) {
    const may = floor.me.steers || button.dataset.mode === "listen";
    button.disabled = !talks(call) || !may || Boolean(talking) || Boolean(busy && busy !== call);
    dom.set(button, "aria-pressed", String(Boolean(one && one.mode === button.dataset.mode)));
  }
  floor.root.querySelector("[data-stop]").disabled = !busy && !talking;
  dom.write("stop-word", talking ? floor.words.hang_up : floor.words.stop, floor.root);
  floor.root.querySelector("[data-end]").disabled = !call || !floor.me.steers;
  floor.field("force").disabled = !agent || !floor.me.steers;
  const move = floor.field("move");
  move.disabled = !call || !agent || !floor.me.steers || !talks(call);
  floor.options(move, floor.words.to_agent, targets(agent));
  dom.write("supervising", doing(busy, talking), floor.root);
  dom.keyed(floor.box("others"), others(call), (other) => other.id, makeOther, fillOther);
}
function targets(agent) {
  const people = floor.able().filter((other) => !agent || other.extension !== agent.extension);
  const queues = Object.entries(floor.me.queues).map(([id, name]) => [`queue:${id}`, name]);
  return [...people.map((other) => [other.extension, floor.who(other)]), ...queues];
}
function doing(busy, talking) {
  if (talking) return floor.say("talking_now", { caller: text.phone(talking.caller) });
  const one = mine(busy);
  if (!one) return note;
  const since = floor.say(one.mode === "listen" ? "since" : "since_heard", { time: text.clock(new Date(one.since), true) });
  return `${floor.words[SAYS[one.mode]] || floor.words.listening} ${text.phone(busy.caller)} · ${since}`;
}
function makeOther() {
  const take = dom.make("button", floor.words.take_here, { class: "bar-button", type: "button", "data-take": "1" });
  return dom.make("li", [dom.make("span"), take]);
}
function fillOther(row, one) {
  const me = one.by === text.about().user.name, mode = floor.words[`mode_${one.mode}`];
  const about = { name: floor.person(one.by), mode, time: text.clock(new Date(one.since), true) };
  floor.put(row.children[0], floor.say(me ? "other_window" : "other_person", about));
  dom.set(row.children[1], "data-take", one.id);
  row.children[1].disabled = !me && !floor.me.steers;
}

floor.listens = () => Boolean(supervised() || takenOver() || listen.on());

async function supervise(mode, how) {
  const about = { call: (floor.chosen().call || {}).id, browser: floor.field("by").value === "browser", instead_of: "", ...how };
  const { browser, instead_of } = about, reason = about.reason || floor.reason.given();
  if (!reason) return;
  if (browser && !listen.possible()) { floor.complain(floor.words.insecure); return; }
  note = "";
  await floor.attempt(async () => {
    const body = { mode, reason, browser, tab, instead_of };
    const answer = await live.ask("POST", `/api/v1/calls/${about.call}/supervision`, body);
    if (answer.socket) await listen.start(answer.socket, lineOver);
    if (answer.socket) floor.reason.listens({ call: about.call, mode, reason });
    else floor.reason.changes(mode);
    if (listen.on() && !(await listen.speak(mode !== "listen"))) note = floor.words.no_microphone;
  });
}
function lineOver(why) {
  floor.reason.stopped();
  if (floor.root) floor.complain(why || (stopping ? "" : floor.words.line_over));
  stopping = false;
}
async function press(mode) {
  const { call } = floor.chosen(), button = floor.root.querySelector(`[data-mode="${mode}"]`);
  if (!call || off(button)) return;
  if (mode === "take_over") dialog.open({ what: "take_over", call: call.id, chosen: floor.reason.chosen() });
  else await supervise(mode);
}

/* What another window does goes on here; of another person it is taken, so that is asked. */
async function take(id) {
  const { call } = floor.chosen(), one = others(call).find((other) => other.id === id);
  if (!one) return;
  if (one.by === text.about().user.name) await supervise(one.mode, { instead_of: id });
  else dialog.open({ what: "take_listening", call: call.id, id, chosen: floor.reason.chosen() });
}
/* The question was answered. */
document.addEventListener("hotline:form", (/** @type {any} */ event) => {
  const { name, answer } = event.detail;
  if (floor.root && name === "supervise") supervise(answer.mode, answer);
});
/* A take-over cannot go on: the caller was hung up with the page. */
function goOn() {
  const about = floor.reason.cutOff();
  if (about) supervise(about.mode === "take_over" ? "listen" : about.mode, { call: about.call, reason: about.reason, browser: true });
}
async function stop() {
  const call = supervised(), talking = takenOver();
  note = "";
  stopping = listen.on();
  if (stopping) await listen.stop();
  else if (call) {
    await floor.attempt(() => live.ask("POST", `/api/v1/calls/${call.id}/supervision`, { mode: "stop", tab }));
  } else if (talking) {
    const by = text.about().user.extension || text.about().user.name;
    await floor.attempt(() => live.ask("POST", `/api/v1/calls/${talking.id}/actions`, { action: "hangup", by }));
  }
}
document.addEventListener("click", (event) => {
  if (!floor.root || !floor.root.contains(event.target)) return;
  const mode = event.target.closest("[data-mode]"), taken = event.target.closest("[data-take]");
  if (mode) press(mode.dataset.mode);
  else if (taken) take(taken.dataset.take);
  else if (event.target.closest("[data-go-on]")) goOn();
  else if (event.target.closest("[data-stop]")) stop();
  else if (event.target.closest("[data-end]")) dialog.open({ what: "end", call: floor.chosen().call.id });
});
document.addEventListener("change", (event) => {
  const select = event.target;
  if (!floor.root || !floor.root.contains(select) || !select.matches("[data-force],[data-move]") || !select.value) return;
  const { agent, call } = floor.chosen();
  dialog.open(select.matches("[data-force]") ? { what: "force", extension: agent.extension, state: select.value } : { what: "move", call: call.id, target: select.value });
  select.value = "";
  select.blur();
});
document.addEventListener("keydown", (event) => {
  if (!floor.root || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const asking = floor.root.querySelector("dialog[open]");
  // Also when it is of no use now: F5 would load the page anew and end the listening.
  if (KEYS[event.key]) { event.preventDefault(); if (!asking) press(KEYS[event.key]); }
  else if (event.key === "Escape" && !asking && (supervised() || takenOver())) { event.preventDefault(); stop(); }
});
floor.parts.push(render);
