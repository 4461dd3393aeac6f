/* The floor's dialogs: a message to agents, an announcement to callers. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, floor = window.hotlineFloor;
  const dialog = (name) => floor.root.querySelector(`[data-dialog-box="${name}"]`);
  const HOUR_MS = 3600000;
  /* What a dialog shows when it is opened, and what its form sends; others add theirs. */
  const openers = { announcement: standing }, forms = { message, announcement: announce };
  floor.dialogs = { openers, forms };

  async function attempt(name, work) {
    dom.write(`${name}-error`, "", floor.root);
    dom.write(`${name}-note`, "", floor.root);
    try { await work(); } catch (problem) { dom.write(`${name}-error`, floor.problem(problem), floor.root); }
  }
  const when = (iso) => text.when(new Date(iso), live.now());

  async function standing() {
    const answer = await live.ask("GET", "/api/v1/announcements"), box = floor.box("announcements");
    const rows = answer.announcements.map(stands);
    box.replaceChildren(...(rows.length ? rows : [dom.make("p", floor.words.none_standing, { class: "dim" })]));
    const areas = answer.areas.map((area) => [area.name, `${area.name} · ${area.callers}`]);
    floor.options(floor.field("announce-area"), floor.words.all_callers, areas);
  }
  function stands(one) {
    const until = one.active_until ? floor.say("until_time", { time: when(one.active_until) }) : floor.words.until_ended;
    const about = { from: when(one.active_from), name: one.by_name, until };
    const end = dom.make("button", floor.words.end, { class: "quiet", type: "button", "data-end-announcement": one.id });
    return dom.make("p", [
      dom.make("b", one.area || floor.words.all_callers), dom.make("span", ` ${one.text}`),
      dom.make("small", floor.say("announced", about)), end,
    ]);
  }
  async function announce() {
    const words = floor.field("announce-text"), hours = Number(floor.field("announce-hours").value);
    const until = hours ? new Date(live.now() + hours * HOUR_MS).toISOString() : null;
    const body = { text: words.value, area: floor.field("announce-area").value, until };
    await live.ask("POST", "/api/v1/announcements", body);
    words.value = "";
    count(words);
    await standing();
  }
  async function message() {
    const to = floor.field("message-to"), words = floor.field("message-text");
    const sent = await live.ask("POST", "/api/v1/messages", { to: to.value || null, text: words.value });
    words.value = "";
    count(words);
    const about = { who: to.selectedOptions[0].textContent, time: text.clock(new Date(sent.at), true) };
    dom.write("message-note", floor.say("sent", about), floor.root);
  }
  function count(words) {
    const about = { n: words.value.length, most: words.maxLength };
    dom.write(`${words.dataset.counted}-count`, floor.say("characters", about), floor.root);
  }

  document.addEventListener("click", (event) => {
    if (!floor.root || !floor.root.contains(event.target)) return;
    const open = event.target.closest("[data-dialog]"), close = event.target.closest("[data-close]");
    const end = event.target.closest("[data-end-announcement]");
    if (open) show(open.dataset.dialog);
    else if (close) dialog(close.dataset.close).close();
    else if (end) attempt("announcement", () => ended(end.dataset.endAnnouncement));
  });
  function show(name) {
    dialog(name).showModal();
    attempt(name, openers[name] || (async () => {}));
    for (const words of dialog(name).querySelectorAll("[data-counted]")) count(words);
  }
  async function ended(id) {
    await live.ask("DELETE", `/api/v1/announcements/${id}`);
    await standing();
  }
  document.addEventListener("input", (event) => {
    if (floor.root && event.target.matches("[data-counted]")) count(event.target);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.dataset && event.target.dataset.form;
    if (!floor.root || !forms[form] || !floor.root.contains(event.target)) return;
    event.preventDefault();
    attempt(form, forms[form]);
  });
})();
