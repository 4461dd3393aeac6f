/* Why and by which way a supervisor enters a call: a reason is chosen for each call, the way stays with this browser.
   What a reload has cut off is said, with a button to go on. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, floor = window.hotlineFloor;
  const OTHER = "other", BY = "floor-by", LISTENING = "floor-listening";
  const chosen = new Map();
  let root = null, call = "", leaving = false, ended = null;

  const select = () => floor.field("reason"), words = () => floor.field("own-words");
  const reason = {
    /* The reason given for the chosen call; empty when there is none, and then the page says what is missing. */
    given() {
      const said = reason.chosen();
      if (said) return said;
      const other = select().value === OTHER, field = other ? words() : select();
      complain(other ? floor.words.reason_missing : floor.words.reason_choose);
      field.focus();
      return "";
    },
    chosen: () => (select().value === OTHER ? words().value.trim() : select().value),
    offered: () => [...select().options].map((option) => option.value).filter((value) => value && value !== OTHER),
    /* Listening in this browser, which ends with the page. */
    listens(about) { sessionStorage.setItem(LISTENING, JSON.stringify(about)); ended = null; },
    changes(mode) {
      const about = read();
      if (about) sessionStorage.setItem(LISTENING, JSON.stringify({ ...about, mode }));
    },
    stopped() { if (!leaving) { sessionStorage.removeItem(LISTENING); ended = null; } },
    cutOff: () => ended,
  };
  floor.reason = reason;

  function read() {
    try { return JSON.parse(sessionStorage.getItem(LISTENING)); } catch (_) { return null; }
  }
  function complain(said) {
    dom.write("reason-error", said, floor.root);
    for (const field of [select(), words()]) {
      dom.set(field, "aria-invalid", said ? "true" : null);
      dom.set(field, "aria-describedby", said ? "floor-reason-error" : null);
    }
  }
  function render() {
    if (root !== floor.root) begin();
    const now = floor.chosen().call, id = now ? now.id : "";
    if (id !== call) { call = id; show(chosen.get(id)); }
    cutOff();
  }
  function begin() {
    root = floor.root;
    call = "";
    ended = read();
    floor.field("by").value = localStorage.getItem(BY) || "phone";
    if (!floor.field("by").value) floor.field("by").value = "phone";
    show(null);
  }
  function show(before) {
    select().value = before ? before.value : "";
    words().value = before ? before.words : "";
    words().hidden = select().value !== OTHER;
    complain("");
  }
  function keep() {
    complain("");
    if (call) chosen.set(call, { value: select().value, words: words().value });
  }
  /* As long as the call is up and nobody has gone on with it here. */
  function cutOff() {
    const found = ended && live.state().calls.get(ended.call), at = live.freshness() === "live";
    if (ended && at && !found) { sessionStorage.removeItem(LISTENING); ended = null; }
    floor.box("ended").hidden = !found || floor.listens();
    if (found) dom.write("ended", floor.say("ended", { caller: text.phone(found.caller) }), floor.root);
  }

  window.addEventListener("pagehide", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("change", (event) => {
    if (!floor.root || !floor.root.contains(event.target)) return;
    if (event.target.matches("[data-by]")) localStorage.setItem(BY, event.target.value);
    if (!event.target.matches("[data-reason]")) return;
    words().hidden = select().value !== OTHER;
    keep();
    if (!words().hidden) words().focus();
  });
  document.addEventListener("input", (event) => {
    if (floor.root && event.target.matches("[data-own-words]")) keep();
  });
  floor.parts.push(render);
})();
