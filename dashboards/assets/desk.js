/* The agent's desk: own state and call from window.hotlineLive, actions by HTTP. Nothing here takes the focus away.
   Other files of the desk add their parts to window.hotlineDesk. */
(function () {
  "use strict";
  const TODAY_EVERY_MS = 20000, PICK_UP_MS = 4000, RINGS_MS = 32000;
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom;
  /* What the keys do, by what goes on. A key without an entry stays the browser's own. */
  const ACTIONS = {
    ringing: { F1: "answer" },
    dialling: { F9: "hangup" },
    talking: { F2: "hold", F3: "transfer", F4: "consult", F9: "hangup" },
    conference: { F9: "hangup" },
    hold: { F2: "resume", F3: "transfer", F4: "consult", F9: "hangup" },
    consult_rings: { F2: "back" },
    consulting: { F2: "back", F3: "complete", F4: "conference_now" },
    wrap_up: { F10: "finish" },
  };
  const REQUESTS = { back: "cancel_consult", complete: "complete_transfer", conference_now: "conference" };
  const CAPTIONS = { F1: "answer", F2: "hold", F3: "transfer", F4: "consult", F9: "hangup" };
  const NEEDS_TARGET = ["transfer", "consult"];
  let todayAsked = 0, todayAt = "", announced = "", title = "", asked = null;

  const desk = {
    root: null, me: null, words: null, now: null, parts: [],
    /* Parts of the form: show(draft) puts a draft into their fields, read() gives what stands in them. */
    fields: [],
    box: (name) => desk.root.querySelector(`[data-box="${name}"]`),
    say: (pattern, values) => text.fill(desk.words[pattern], values || {}),
    who(extension) {
      const agent = live.state().agents.get(extension);
      return agent ? `${extension} ${agent.name}` : text.phone(extension);
    },
    /* The other end: whoever calls, or whom we call. */
    number: (call) => (call.direction === "outbound" || call.caller === desk.me.extension ? call.did : call.caller),
    /* Name and number of the caller in hand, as soon as they are known. */
    caller: { name: "", number: "" },
    complain(place, said) {
      blamed = said ? standing() : "";
      for (const element of desk.root.querySelectorAll("[data-error]")) {
        const content = element.dataset.error === place ? said : "";
        if (element.textContent !== content) element.textContent = content;
      }
    },
    async attempt(place, work) {
      desk.complain(place, "");
      try { await work(); return true; } catch (problem) {
        const remedy = problem.data && problem.data.remedy ? problem.data.remedy : "";
        desk.complain(place, problem.message.includes(remedy) ? problem.message : `${problem.message} ${remedy}`);
        return false;
      }
    },
    act: (call, action, target) => live.ask("POST", `/api/v1/calls/${call.id}/actions`, target ? { action, target } : { action }),
    /* Whom to transfer to or ask; set by the list of colleagues. */
    target: () => "",
    needTarget: () => {},
    finish: () => {},
    secondRinging: () => null,
    answerSecond: () => {},
  };
  /* What was refused is told as long as what it was refused for stands: phone, state and call. */
  let blamed = "";
  function standing() {
    const now = desk.root ? look() : null, row = now && now.row;
    return now ? [row && row.registered, row && row.state, now.call && now.call.id, now.call && now.call.state, live.freshness()].join(" ") : "";
  }
  desk.redraw = () => render();
  window.hotlineDesk = desk;

  /* The call in hand, what goes on with it, and the person's other calls. */
  function look() {
    const state = live.state(), extension = desk.me.extension, row = state.agents.get(extension) || null;
    const mine = [...state.calls.values()].filter((call) => call.agent === extension || (call.parties || []).includes(extension) || (row && row.call_id === call.id));
    const call = mine.find((one) => row && one.id === row.call_id) || mine.find((one) => one.state !== "ringing") || (row && row.state !== "ringing" ? null : mine[0]) || null;
    const seat = row ? row.state : !call ? "offline" : call.state === "held" ? "hold" : call.state === "ringing" ? "ringing" : "talking";
    return { row, call, others: mine.filter((one) => one !== call), seat, mode: mode(seat, call) };
  }
  /* Who else is in the call or is being rung for it; the seats know it before the call's own row does. */
  function others(call, ringing) {
    const seats = [...live.state().agents.values()].filter((agent) => agent.call_id === call.id && (agent.state === "ringing") === ringing).map((agent) => agent.extension);
    return [...new Set(ringing ? seats : [...(call.parties || []), ...seats])].filter((one) => one !== desk.me.extension);
  }
  function mode(seat, call) {
    if (seat === "wrap_up") return "wrap_up";
    if (!call) return "idle";
    const parties = others(call, false);
    if (seat === "ringing") return "ringing";
    if (call.state === "ringing" && !call.answered_at) return "dialling";
    if (call.agent !== desk.me.extension && call.state === "held") return "asked";
    if (seat === "hold") {
      if (parties.length) return "consulting";
      return others(call, true).length || (asked && asked.call === call.id && Date.now() - asked.at < RINGS_MS) ? "consult_rings" : "hold";
    }
    if (seat === "talking") return parties.length ? "conference" : "talking";
    return "idle";
  }

  function start(element) {
    desk.root = element.closest(".desk");
    desk.me = JSON.parse(element.dataset.desk);
    desk.words = desk.me.words;
    todayAsked = 0; asked = null; announced = "";
    for (const part of desk.parts) if (part.start) part.start();
  }

  function render() {
    const element = document.getElementById("desk-about");
    if (!element) { desk.root = null; return; }
    if (!desk.root || !document.contains(desk.root)) start(element);
    if (!live.lastFigures()) return;
    desk.now = look();
    if (asked && (!desk.now.call || desk.now.seat === "talking")) asked = null;
    dom.set(desk.root, "data-fresh", live.freshness());
    if (blamed && blamed !== standing()) desk.complain("", "");
    own(desk.now);
    inHand(desk.now);
    buttons(desk.now);
    announce(desk.now);
    for (const part of desk.parts) if (part.render) part.render(desk.now);
    if (Date.now() - todayAsked > TODAY_EVERY_MS) today();
  }

  const put = (key, content) => dom.write(key, content, desk.root);

  function own({ row, seat }) {
    const extension = desk.me.extension, waiting = [...live.state().queues.values()].filter((queue) => row && (row.queues || []).includes(queue.id));
    const phone = desk.root.querySelector('[data-live="desk-phone"]');
    put("desk-phone", !row || row.registered ? desk.words.registered : desk.say("unregistered", { extension }));
    dom.set(phone, "data-registered", String(!row || row.registered));
    const since = waiting.map((queue) => queue.longest_wait_since).filter(Boolean).sort()[0];
    put("desk-waiting", row ? desk.say("mine_waiting", { n: waiting.reduce((sum, queue) => sum + queue.waiting, 0), time: since ? text.duration(live.seconds(since)) : "0:00" }) : "");
    put("desk-today", todayAt);
    for (const button of desk.root.querySelectorAll("[data-state-to]")) {
      dom.set(button, "aria-pressed", String(seat === button.dataset.stateTo));
      dom.set(button, "disabled", row ? null : "");
    }
  }

  function inHand({ row, call, seat, mode: going }) {
    const strip = desk.root.querySelector(".desk-in-hand"), names = text.about().states;
    dom.set(strip, "data-state", seat);
    dom.set(strip, "data-mode", going);
    put("desk-state", names[seat]);
    // 1970 is a seat that nobody has ever sat on.
    const known = row && Date.parse(row.since) > 86400000;
    const since = (going === "talking" || going === "conference") && call.answered_at ? call.answered_at : known ? row.since : null;
    put("desk-time", since ? text.duration(live.seconds(since)) : text.none);
    const number = call ? desk.who(desk.number(call)) : going === "wrap_up" && desk.caller.number ? text.phone(desk.caller.number) : desk.words.none;
    // Whom we know has our name; a stranger the one that the phone sends, if that is no number again.
    const name = desk.caller.name || (call && call.direction === "inbound" && !/^[+\d]*$/.test(call.caller_name || "") ? call.caller_name : "");
    put("desk-call", name && number !== desk.words.none ? `${number} ${name}` : number);
    put("desk-note", note(row, call, going));
    const back = desk.root.querySelector("[data-call-back]"), over = going === "wrap_up" && row && row.call_id ? row.call_id : "";
    back.hidden = !over || live.freshness() !== "live";
    dom.set(back, "data-call", over || null);
  }
  function note(row, call, going) {
    if (live.freshness() !== "live") return desk.say("not_live", { time: text.clock(live.lastFigures(), true) });
    const said = [];
    if (call) {
      said.push(desk.me.queues[call.queue] || desk.words[call.direction]);
      if (call.queued_at) said.push(desk.say("waited", { time: text.duration(((call.answered_at ? Date.parse(call.answered_at) : live.now()) - Date.parse(call.queued_at)) / 1000) }));
      if (call.answered_at && going === "hold") said.push(desk.say("talked", { time: text.duration(live.seconds(call.answered_at)) }));
      const who = others(call, false).map(desk.who).join(", "), rung = others(call, true)[0] || (asked && asked.target);
      if (going === "asked") said.push(desk.words.asked);
      if (going === "consulting") said.push(desk.say("consulting", { who }));
      if (going === "consult_rings") said.push(desk.say("consult_rings", { who: rung ? desk.who(rung) : "" }));
      if (going === "conference") said.push(desk.say("conference", { who }));
      if (call.returned && (going === "talking" || going === "hold")) said.push(desk.say("returned", { who: desk.who(call.returned.target), reason: desk.words[`code_${call.returned.why}`] || desk.words.code_unreachable }));
    } else if (row && !row.registered) said.push(desk.say("switch_on", { extension: desk.me.extension }));
    else if (row && row.reason === "core_restarted") said.push(desk.words.core_restarted);
    else if (row && row.reason) said.push(desk.words[`code_${row.reason}`] ? desk.say("set_aside", { reason: desk.words[`code_${row.reason}`] }) : text.reason(row.reason));
    if (row && row.wanted) said.push(desk.say("wants", { state: text.about().states[row.wanted] }));
    return said.join(" · ");
  }

  const possible = (now) => {
    const found = { ...(ACTIONS[now.mode] || {}) };
    if (desk.secondRinging(now)) found.F1 = "hold_answer";
    return live.freshness() === "live" ? found : {};
  };
  function buttons(now) {
    const found = possible(now);
    for (const button of desk.root.querySelectorAll("[data-press]")) {
      const action = found[button.dataset.press];
      dom.set(button, "disabled", action ? null : "");
      if (button.dataset.press === "F10") continue;
      const caption = desk.words[action || CAPTIONS[button.dataset.press]], span = button.firstElementChild;
      if (span.textContent !== caption) span.textContent = caption;
    }
  }

  /* Said once for screen readers, and in the tab's title for a window that lies behind another. */
  function announce({ call, mode: going }) {
    const ringing = going === "ringing" && call ? call.id : "";
    if (ringing === announced) return;
    announced = ringing;
    const said = ringing ? desk.say("incoming", { number: text.phone(desk.number(call)) }) : "";
    desk.root.querySelector("[data-say]").textContent = said;
    if (ringing) { title = document.title; document.title = `☎ ${said}`; } else if (title) { document.title = title; title = ""; }
    if (ringing && !document.activeElement.closest("input,textarea")) window.scrollTo({ top: 0 });
  }

  async function today() {
    todayAsked = Date.now();
    try {
      const day = await live.ask("GET", "/api/v1/desk/today");
      todayAt = day.handled ? desk.say("today", { n: day.handled, time: text.duration(day.mean_handling_s) }) : desk.words.today_none;
    } catch (_) { todayAt = text.none; }
  }

  function press(key) {
    const now = look(), action = possible(now)[key], call = now.call;
    if (!action) return false;
    if (action === "finish") desk.finish();
    else if (action === "hold_answer") desk.answerSecond();
    else if (NEEDS_TARGET.includes(action)) {
      const target = desk.target();
      if (!target) { desk.needTarget(); return true; }
      desk.attempt("target", async () => {
        if (action === "consult") asked = { call: call.id, target, at: Date.now() };
        try { await desk.act(call, action, target); } catch (problem) { asked = null; throw problem; }
      });
    } else {
      if (action === "back") asked = null;
      desk.attempt("call", () => desk.act(call, REQUESTS[action] || action));
      if (action === "answer") setTimeout(() => byHand(call.id), PICK_UP_MS);
    }
    return true;
  }
  /* Not every phone can be told to pick up. */
  function byHand(id) {
    if (!desk.root) return;
    const now = look();
    if (now.mode === "ringing" && now.call && now.call.id === id) desk.complain("call", desk.words.answer_by_hand);
  }
  function setState(state) {
    const reason = state === "break" ? desk.root.querySelector("[data-reason]").value : "";
    desk.attempt("state", () => live.ask("POST", `/api/v1/agents/${desk.me.extension}/state`, { state, reason }));
  }

  document.addEventListener("click", (event) => {
    const back = desk.root && event.target.closest("[data-call-back]");
    if (back) { desk.attempt("call", () => live.ask("POST", `/api/v1/desk/calls/${back.dataset.call}/call-back`)); return; }
    const hit = desk.root && event.target.closest("[data-press],[data-state-to]");
    // F10 is its form's own button.
    if (!hit || !desk.root.contains(hit) || hit.dataset.press === "F10") return;
    if (hit.dataset.press) press(hit.dataset.press);
    else setState(hit.dataset.stateTo);
  });
  document.addEventListener("keydown", (event) => {
    if (!desk.root || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat) return;
    const state = { 1: "ready", 2: "break", 3: "offline" }[event.key];
    if (event.altKey) { if (state) { event.preventDefault(); setState(state); } return; }
    if (press(event.key)) event.preventDefault();
  });
  live.subscribe(render);
})();
