/* A sound for alerts, made here; off until somebody switches it on in this browser. A warning sounds once, an alarm
   until somebody acknowledges it. Browsers keep a page silent until the first click or key in it. */
(function () {
  "use strict";
  const alerts = window.hotlineAlerts, dom = window.hotlineDom;
  const KEY = "alerts-sound", AGAIN_MS = 5000;
  const WARN = [[660, 0, 0.18]], ALARM = [[880, 0, 0.16], [660, 0.22, 0.16], [880, 0.44, 0.22]];
  const sounded = new Map();
  let context = null;

  const on = () => localStorage.getItem(KEY) === "on";
  function wake() {
    if (!on()) return;
    context = context || new AudioContext();
    if (context.state === "suspended") context.resume().then(draw, () => {});
  }
  function play(tones) {
    const begin = context.currentTime + 0.02;
    for (const [hz, after, long] of tones) {
      const tone = context.createOscillator(), loud = context.createGain();
      tone.frequency.value = hz;
      // Soft edges: a square start and end would click.
      loud.gain.setValueAtTime(0, begin + after);
      loud.gain.linearRampToValueAtTime(0.25, begin + after + 0.02);
      loud.gain.setValueAtTime(0.25, begin + after + long - 0.03);
      loud.gain.linearRampToValueAtTime(0, begin + after + long);
      tone.connect(loud).connect(context.destination);
      tone.start(begin + after);
      tone.stop(begin + after + long);
    }
    api.played += 1;
  }
  function sound() {
    const waiting = alerts.waiting().filter((row) => row.sound), now = Date.now();
    const due = waiting.filter((row) => {
      const last = sounded.get(`${row.id} ${row.severity}`);
      return last === undefined || (row.severity === "alarm" && now - last >= AGAIN_MS);
    });
    for (const key of sounded.keys()) if (!waiting.some((row) => `${row.id} ${row.severity}` === key)) sounded.delete(key);
    if (!due.length || !on() || !context || context.state !== "running") return;
    for (const row of due) sounded.set(`${row.id} ${row.severity}`, now);
    play(due.some((row) => row.severity === "alarm") ? ALARM : WARN);
  }
  function draw() {
    const me = alerts.about();
    if (!me) return;
    for (const button of document.querySelectorAll("[data-alert-sound]")) dom.set(button, "aria-pressed", String(on()));
    dom.write("alerts-sound", on() ? me.words.sound_on : me.words.sound_off);
    dom.write("alerts-note", on() && (!context || context.state !== "running") ? me.words.sound_asleep : "");
    sound();
  }
  const api = { played: 0, draw };
  window.hotlineAlertSound = api;

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-alert-sound]")) {
      localStorage.setItem(KEY, on() ? "off" : "on");
      wake();
      if (on()) context.resume().then(() => { play(WARN); draw(); }, draw);
      draw();
    }
  });
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, wake, { capture: true });
  alerts.subscribe(draw);
})();
