/* The chosen call on the floor: who speaks, the way so far, and what a supervisor may do: F5 to F8, Esc. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, floor = window.hotlineFloor;
  const listen = () => window.hotlineListen;
  const KEYS = { F5: "listen", F6: "whisper", F7: "barge", F8: "take_over" };
  const SAYS = { listen: "listening", whisper: "whispering", barge: "barging" };
  let note = "", stopping = false;

  const mine = (call) => (call && (call.supervision || []).find((one) => one.by === text.about().user.name)) || null;
  /* Also when another seat is chosen meanwhile. */
  const supervised = () => [...live.state().calls.values()].find(mine) || null;
  const talks = (call) => Boolean(call && call.answered_at && (call.parties || []).length);

  function render() {
    const { agent, call } = floor.chosen(), head = floor.box("chosen-head"), one = mine(call), busy = supervised();
    dom.set(head, "data-state", agent ? agent.state : call ? "ringing" : null);
    const since = agent ? agent.since : call ? call.since : null;
    const state = agent ? text.about().states[agent.state] : call ? floor.me.queues[call.queue] || "" : "";
    const over = agent && floor.over(agent);
    heading(head, state, since ? text.duration(live.seconds(since)) : "", over, agent ? `${agent.extension} ${agent.name}` : call ? text.phone(call.caller) : floor.words.pick);
    facts(agent, call);
    dom.set(floor.box("controls"), "hidden", agent || call || busy ? null : "");
    for (const button of floor.root.querySelectorAll("[data-mode]")) {
      button.disabled = !talks(call) || (!floor.me.steers && button.dataset.mode !== "listen") || Boolean(busy && busy !== call);
      dom.set(button, "aria-pressed", String(Boolean(one && one.mode === button.dataset.mode)));
    }
    floor.root.querySelector("[data-stop]").disabled = !busy;
    const end = floor.root.querySelector("[data-end]");
    end.disabled = !call || !floor.me.steers;
    const force = floor.field("force");
    force.disabled = !agent || !floor.me.steers;
    const move = floor.field("move");
    move.disabled = !call || !agent || !floor.me.steers || !talks(call);
    floor.options(move, floor.words.to_agent, [...floor.able().filter((other) => !agent || other.extension !== agent.extension).map((other) => [other.extension, `${other.extension} ${other.name}`]), ...Object.entries(floor.me.queues).map(([id, name]) => [`queue:${id}`, name])]);
    const watching = mine(busy);
    const said = watching ? `${floor.say(SAYS[watching.mode] || "listening")} ${text.phone(busy.caller)} · ${floor.say(watching.mode === "listen" ? "since" : "since_heard", { time: text.clock(new Date(watching.since), true) })}` : note;
    dom.write("supervising", said, floor.root);
    links(agent, call);
  }
  function heading(head, state, time, over, whom) {
    if (!head.childElementCount) head.append(dom.make("i", null, { class: "icon" }), dom.make("b"), dom.make("span", null, { class: "floor-chosen-time" }), dom.make("span", null, { class: "floor-chosen-over" }), dom.make("span", null, { class: "floor-chosen-who" }));
    const [, word, clock, late, who] = head.children;
    floor.put(word, state);
    floor.put(clock, time);
    dom.set(clock, "data-level", over ? "warn" : null);
    floor.put(late, over ? floor.say("over", { time: text.duration(floor.me.limits[head.dataset.state]) }) : "");
    floor.put(who, whom);
  }
  function facts(agent, call) {
    const rows = [];
    if (call) {
      const found = floor.who(call.id), number = text.phone(call.direction === "inbound" ? call.caller : call.did);
      const customer = found && found.customer;
      rows.push([floor.words.caller, [number, customer ? customer.name : found ? floor.words.unknown : "", customer ? (customer.kind === "business" ? floor.words.business : floor.words.household) : ""].filter(Boolean).join(" · ")]);
      rows.push([floor.words.about, [floor.me.queues[call.queue], customer ? customer.address : ""].filter(Boolean).join(" · ") || text.none]);
      if (found) rows.push([floor.words.contacts, found.earlier ? floor.say("earlier", { n: found.earlier }) : floor.words.first]);
      const gap = (from, to) => (Date.parse(to) - Date.parse(from)) / 1000;
      const way = [];
      if (call.queued_at) way.push(floor.say("way_menu", { time: text.duration(gap(call.arrived_at, call.queued_at)) }));
      if (call.queued_at) way.push(floor.say("way_waited", { time: text.duration(call.answered_at ? gap(call.queued_at, call.answered_at) : live.seconds(call.queued_at)) }));
      if (call.answered_at) way.push(floor.say("way_talk", { time: text.duration(live.seconds(call.answered_at)) }));
      rows.push([floor.words.way, way.join(" → ") || text.none]);
    } else if (agent) {
      rows.push([floor.words.about, agent.registered ? [floor.words.no_call, agent.reason].filter(Boolean).join(" · ") : floor.words.phone_lost]);
    }
    const list = floor.box("chosen-facts");
    dom.list(list, rows.flat(), () => dom.make("span"), () => {});
    rows.flat().forEach((content, n) => {
      const tag = n % 2 ? "DD" : "DT";
      let element = list.children[n];
      if (element.tagName !== tag) { const made = dom.make(tag); element.replaceWith(made); element = made; }
      floor.put(element, content);
    });
  }
  /* Last calls of the seat one click away; the call itself; marks for QA and training. */
  function links(agent, call) {
    const box = floor.box("links"), key = `${agent ? agent.extension : ""} ${call ? call.id : ""}`;
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    const made = [];
    if (agent) made.push(dom.make("a", floor.words.last_calls, { class: "quiet", href: `/calls?agent=${agent.extension}` }));
    if (call) {
      made.push(dom.make("a", floor.words.open_call, { class: "quiet", href: `/calls/${call.id}` }));
      if (floor.me.steers) for (const kind of ["qa", "training"]) made.push(dom.make("button", floor.words[`mark_${kind}`], { class: "quiet", type: "button", "data-mark": kind }));
    }
    box.replaceChildren(...made);
  }

  async function supervise(mode) {
    const { call } = floor.chosen(), button = floor.root.querySelector(`[data-mode="${mode}"]`);
    if (!call || !button || button.disabled) return;
    const reason = floor.field("reason").value, browser = floor.field("by").value === "browser";
    if (browser && !listen().possible()) { floor.complain(floor.words.insecure); return; }
    note = "";
    await floor.attempt(async () => {
      const answer = await live.ask("POST", `/api/v1/calls/${call.id}/supervision`, { mode, reason, browser });
      if (answer.socket) await listen().start(answer.socket, (why) => { if (floor.root) floor.complain(why || (stopping ? "" : floor.words.line_over)); stopping = false; });
      if (listen().on() && !(await listen().speak(mode !== "listen"))) note = floor.words.no_microphone;
    });
  }
  async function stop() {
    const call = supervised();
    note = "";
    stopping = listen().on();
    if (stopping) await listen().stop();
    else if (call) await floor.attempt(() => live.ask("POST", `/api/v1/calls/${call.id}/supervision`, { mode: "stop" }));
  }

  document.addEventListener("click", (event) => {
    if (!floor.root || !floor.root.contains(event.target)) return;
    const mode = event.target.closest("[data-mode]"), mark = event.target.closest("[data-mark]");
    const { call, agent } = floor.chosen();
    if (mode) supervise(mode.dataset.mode);
    else if (event.target.closest("[data-stop]")) stop();
    else if (event.target.closest("[data-end]") && call && window.confirm(floor.say("end_sure", { who: agent ? `${agent.extension} ${agent.name}` : text.phone(call.caller) }))) {
      floor.attempt(() => live.ask("POST", `/api/v1/calls/${call.id}/steering`, { do: "end", reason: floor.field("reason").value }));
    } else if (mark && call) {
      floor.attempt(() => live.ask("POST", `/api/v1/calls/${call.id}/marks`, { kind: mark.dataset.mark })).then((ok) => { if (ok) mark.textContent = floor.words.marked; });
    }
  });
  document.addEventListener("change", async (event) => {
    const select = event.target;
    if (!floor.root || !floor.root.contains(select) || !select.value) return;
    const { call, agent } = floor.chosen();
    if (select.matches("[data-force]") && agent) await floor.attempt(() => live.ask("POST", `/api/v1/agents/${agent.extension}/state`, { state: select.value, reason: select.value === "break" ? floor.me.break_reasons[0] || "" : "" }));
    else if (select.matches("[data-move]") && call && agent) await floor.attempt(() => live.ask("POST", `/api/v1/calls/${call.id}/actions`, { action: "transfer", target: select.value, by: agent.extension }));
    else return;
    select.value = "";
    select.blur();
  });
  document.addEventListener("keydown", (event) => {
    if (!floor.root || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    // Also when it is of no use now: F5 would load the page anew and end the listening.
    if (KEYS[event.key]) { event.preventDefault(); supervise(KEYS[event.key]); }
    else if (event.key === "Escape" && supervised() && !floor.root.querySelector("dialog[open]")) { event.preventDefault(); stop(); }
  });
  floor.parts.push(render);
})();
