/* The agent's desk: own state and call from window.hotlineLive, actions by HTTP. Nothing here takes the focus away. */
(function () {
  "use strict";
  const KEYS = { F1: "answer", F2: "hold", F3: "transfer", F4: "conference", F9: "hangup" };
  const live = window.hotlineLive;
  let me = null, shownCall = "", target = "", root = null, todayAsked = 0;

  const box = (name) => root.querySelector(`[data-box="${name}"]`);
  const fill = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);
  const make = (tag, text, attributes) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
    return element;
  };

  function start(element) {
    root = element.closest(".desk");
    me = JSON.parse(element.dataset.desk);
    shownCall = ""; target = ""; todayAsked = 0;
    const note = root.querySelector("[data-note]");
    note.replaceChildren(make("textarea", "", { rows: "4", class: "field desk-note", maxlength: "2000" }));
    const dial = root.querySelector("[data-dial-box]");
    dial.replaceChildren(make("input", undefined, { class: "field", inputmode: "tel", maxlength: "20", "aria-label": "number" }));
    restore();
  }
  const note = () => root.querySelector(".desk-note");
  const category = () => root.querySelector('[data-draft="category"]');
  const draftKey = () => `desk-draft-${me.extension}`;

  /* A draft survives a reload and a closed window. */
  function restore() {
    try {
      const draft = JSON.parse(localStorage.getItem(draftKey()) || "{}");
      note().value = draft.note || ""; category().value = draft.category || "";
    } catch (_) { localStorage.removeItem(draftKey()); }
  }
  function keep() {
    localStorage.setItem(draftKey(), JSON.stringify({ note: note().value, category: category().value }));
    live.write("desk-draft", fill(me.words.saved, { time: live.clock(new Date(), true) }), root);
  }

  function mine() {
    const state = live.state(), row = state.agents.get(me.extension);
    let call = row && row.call_id ? state.calls.get(row.call_id) : null;
    if (!call) call = [...state.calls.values()].find((one) => one.agent === me.extension || (one.parties || []).includes(me.extension)) || null;
    return { row, call };
  }

  function render() {
    const element = document.getElementById("desk-about");
    if (!element) { root = null; return; }
    if (!root || !document.contains(root)) start(element);
    const shell = live.about(), { row, call } = mine(), fresh = live.freshness();
    root.dataset.fresh = fresh;
    if (row) {
      const head = root.querySelector(".desk-head");
      if (head.dataset.state !== row.state) head.dataset.state = row.state;
      live.write("desk-state", shell.states[row.state] + (row.wanted ? ` · ${fill(me.words.wants, { state: shell.states[row.wanted] })}` : ""), root);
      live.write("desk-since", live.duration(live.seconds(row.since)), root);
    }
    header(call, row);
    buttons(call, row);
    pop(call);
    queues(); colleagues(shell);
    if (Date.now() - todayAsked > 15000) today();
  }

  function header(call, row) {
    if (!call) { live.write("desk-call", me.words.none, root); live.write("desk-call-note", "", root); return; }
    const queue = me.queues[call.queue] || call.queue || me.words.internal;
    const number = call.direction === "inbound" ? call.caller : call.did;
    live.write("desk-call", (row && row.state === "ringing" ? `${me.words.ringing}: ` : "") + number, root);
    const wait = call.queued_at && call.answered_at ? ` · ${me.words.waiting} ${live.duration((Date.parse(call.answered_at) - Date.parse(call.queued_at)) / 1000)}` : "";
    live.write("desk-call-note", queue + wait, root);
  }

  function buttons(call, row) {
    const state = row ? row.state : "offline", talking = state === "talking" || state === "hold";
    const consulting = Boolean(call && (call.parties || []).length > 1);
    const allowed = {
      answer: state === "ringing", hold: talking, transfer: talking, conference: talking && consulting, hangup: talking || state === "ringing",
      consult: talking && !consulting, complete_transfer: talking && consulting, cancel_consult: state === "hold",
    };
    for (const button of root.querySelectorAll("[data-action]")) {
      const disabled = !allowed[button.dataset.action];
      if (button.disabled !== disabled) button.disabled = disabled;
      if (button.dataset.action === "hold") {
        const text = state === "hold" ? me.words.resume : me.words.hold;
        if (button.firstChild.textContent !== text) button.firstChild.textContent = text;
      }
    }
    for (const button of root.querySelectorAll("[data-state-to]")) {
      const pressed = String(row && row.state === button.dataset.stateTo);
      if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
    }
  }

  /* The screen pop: comes to the front, leaves the keyboard where it is. */
  async function pop(call) {
    const id = call ? call.id : "";
    if (!id || id === shownCall) return;
    shownCall = id;
    const number = call.direction === "inbound" ? call.caller : call.did;
    const card = box("customer"), earlier = box("earlier");
    card.replaceChildren(); earlier.replaceChildren();
    try {
      const customer = await live.ask("GET", `/api/v1/customers?phone=${encodeURIComponent(number)}`);
      if (shownCall === id) draw(card, customer);
    } catch (problem) {
      if (shownCall === id) card.replaceChildren(make("b", problem.status === 404 ? me.words.unknown : problem.message), make("p", problem.status === 404 ? me.words.unknown_hint : ""));
    }
    try {
      const answer = await live.ask("GET", `/api/v1/calls?limit=6&caller=${encodeURIComponent(number)}`);
      if (shownCall !== id) return;
      for (const one of answer.calls.filter((other) => other.id !== id)) {
        const link = make("a", `${live.clock(new Date(one.arrived_at))} ${one.category || me.queues[one.queue] || ""}`, { href: `/calls/${one.id}`, target: "_blank" });
        earlier.appendChild(link);
      }
      if (!earlier.childElementCount) earlier.appendChild(make("span", "—", { class: "quiet" }));
    } catch (problem) { earlier.appendChild(make("span", problem.message, { class: "quiet" })); }
  }

  function draw(card, customer) {
    card.replaceChildren(make("b", customer.name, { class: "desk-name" }), make("span", customer.kind, { class: "tag" }));
    const facts = make("dl", undefined, { class: "facts" });
    const add = (name, value) => { facts.append(make("dt", name), make("dd", value)); };
    add("#", customer.account_no); add("⌂", `${customer.district || ""} ${customer.address}`);
    for (const meter of customer.meters.slice(0, 2)) add("DN" + meter.diameter_mm, `${meter.number} · ${meter.last_reading} m³ · ${meter.read_on}`);
    for (const bill of customer.bills.slice(0, 3)) add(bill.period, `${(bill.amount_fen / 100).toFixed(2)} 元 · ${bill.volume_m3} m³ · ${bill.paid ? me.words.paid : me.words.open}`);
    card.append(facts);
    if (customer.note) card.append(make("p", customer.note));
  }

  function list(name, rows) {
    const holder = box(name);
    while (holder.childElementCount > rows.length) holder.lastElementChild.remove();
    while (holder.childElementCount < rows.length) { const row = make("div"); row.append(make("span"), make("b")); holder.appendChild(row); }
    rows.forEach(([left, right, state], n) => {
      const row = holder.children[n];
      if (row.children[0].textContent !== left) row.children[0].textContent = left;
      if (row.children[1].textContent !== right) row.children[1].textContent = right;
      if ((row.dataset.state || "") !== (state || "")) row.dataset.state = state || "";
    });
  }
  function queues() {
    list("queues", [...live.state().queues.values()].map((queue) => [queue.name, `${queue.waiting} · ${queue.longest_wait_since ? live.duration(live.seconds(queue.longest_wait_since)) : "0:00"}`]));
  }
  function colleagues(shell) {
    const others = [...live.state().agents.values()].filter((agent) => agent.extension !== me.extension);
    list("colleagues", others.map((agent) => [`${agent.extension} ${agent.name}`, shell.states[agent.state], agent.state]));
    const holder = box("targets"), key = others.map((a) => a.extension + a.state).join() + target;
    if (holder.dataset.key === key) return;
    holder.dataset.key = key;
    const typed = holder.querySelector("input") ? holder.querySelector("input").value : "";
    const focused = document.activeElement === holder.querySelector("input");
    holder.replaceChildren();
    const chip = (value, text, state) => {
      const button = make("button", text, { type: "button", class: "desk-chip", "data-target": value, "aria-pressed": String(target === value) });
      if (state) button.dataset.state = state;
      holder.appendChild(button);
    };
    for (const [id, name] of Object.entries(me.queues)) chip(`queue:${id}`, `${me.words.queue} ${name}`);
    for (const agent of others.filter((one) => one.registered)) chip(agent.extension, `${agent.extension} ${agent.name}`, agent.state);
    const input = make("input", undefined, { class: "field", placeholder: me.words.free, "data-free": "1", maxlength: "20" });
    input.value = typed;
    holder.appendChild(input);
    if (focused) input.focus();
  }

  async function today() {
    todayAsked = Date.now();
    try {
      const day = new Date(live.now()); day.setHours(0, 0, 0, 0);
      const answer = await live.ask("GET", `/api/v1/calls?limit=500&agent=${me.extension}&from=${encodeURIComponent(day.toISOString())}`);
      const taken = answer.calls.filter((call) => call.outcome === "answered");
      const handling = taken.reduce((sum, call) => sum + (call.talk_seconds || 0) + (call.hold_seconds || 0) + (call.wrap_up_seconds || 0), 0);
      live.write("desk-today", fill(me.words.taken, { n: taken.length, time: taken.length ? live.duration(handling / taken.length) : "—" }), root);
    } catch (_) { live.write("desk-today", "—", root); }
  }

  function complain(text) { live.write("desk-error", text, root); }
  async function attempt(work) {
    complain("");
    try { await work(); } catch (problem) {
      const remedy = problem.data && problem.data.remedy ? ` ${problem.data.remedy}` : "";
      complain(problem.message + (problem.message.includes(remedy.trim()) ? "" : remedy));
    }
  }
  function act(action) {
    const { row, call } = mine();
    const button = root.querySelector(`[data-action="${action}"]`);
    if (!call || !button || button.disabled) return;
    const body = { action: action === "hold" && row.state === "hold" ? "resume" : action };
    if (action === "transfer" || action === "consult") {
      const typed = root.querySelector("[data-free]");
      body.target = (typed && typed.value.trim()) || target;
      if (!body.target) { complain(me.words.choose_target); return; }
    }
    attempt(() => live.ask("POST", `/api/v1/calls/${call.id}/actions`, body));
  }
  function setState(state) {
    const reason = state === "break" ? root.querySelector("[data-reason]").value : "";
    attempt(() => live.ask("POST", `/api/v1/agents/${me.extension}/state`, { state, reason }));
  }
  function finish() {
    attempt(async () => {
      await live.ask("POST", `/api/v1/agents/${me.extension}/wrap-up`, { category: category().value, note: note().value });
      localStorage.removeItem(draftKey());
      note().value = ""; category().value = "";
      live.write("desk-draft", "", root);
    });
  }
  function dial() {
    const number = root.querySelector("[data-dial-box] input").value.trim();
    if (!number) { complain(me.words.dial_first); return; }
    attempt(() => live.ask("POST", "/api/v1/calls", { from_extension: me.extension, to: number }));
  }

  document.addEventListener("click", (event) => {
    if (!root) return;
    const hit = event.target.closest("[data-action],[data-state-to],[data-dial],[data-target]");
    if (!hit || !root.contains(hit)) return;
    if (hit.dataset.action) act(hit.dataset.action);
    else if (hit.dataset.stateTo) setState(hit.dataset.stateTo);
    else if (hit.dataset.dial) dial();
    else if (hit.dataset.target) { target = hit.dataset.target; colleagues(live.about()); }
  });
  document.addEventListener("submit", (event) => {
    if (root && event.target.matches("[data-wrap]")) { event.preventDefault(); finish(); }
  });
  document.addEventListener("input", (event) => { if (root && event.target.closest("[data-wrap]")) keep(); });
  document.addEventListener("keydown", (event) => {
    if (!root || event.ctrlKey || event.metaKey) return;
    if (event.altKey && ["1", "2", "3"].includes(event.key)) { event.preventDefault(); setState(["ready", "break", "offline"][Number(event.key) - 1]); return; }
    if (event.key === "F10") { event.preventDefault(); finish(); return; }
    if (KEYS[event.key] && !event.shiftKey) { event.preventDefault(); act(KEYS[event.key]); }
  });
  live.subscribe(render);
})();
