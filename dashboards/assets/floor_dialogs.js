/* The floor's dialogs: a message to agents, an announcement to callers. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, floor = window.hotlineFloor;
  const dialog = (name) => floor.root.querySelector(`[data-dialog-box="${name}"]`);

  async function attempt(name, work) {
    dom.write(`${name}-error`, "", floor.root);
    try { await work(); } catch (problem) { dom.write(`${name}-error`, problem.message, floor.root); }
  }
  async function standing() {
    const answer = await live.ask("GET", "/api/v1/announcements");
    floor.box("announcements").replaceChildren(...answer.announcements.map((one) => dom.make("p", [
      dom.make("b", one.area || floor.words.all_callers), dom.make("span", ` ${one.text} `),
      dom.make("button", floor.words.end, { class: "quiet", type: "button", "data-end-announcement": one.id }),
    ])));
    floor.options(floor.field("announce-area"), floor.words.all_callers, answer.areas.map((area) => [area.name, `${area.name} · ${area.callers}`]));
  }
  const FORMS = {
    async message() {
      const to = floor.field("message-to"), words = floor.field("message-text");
      const sent = await live.ask("POST", "/api/v1/messages", { to: to.value || null, text: words.value });
      words.value = "";
      dom.write("message-error", floor.say("sent", { who: to.selectedOptions[0].textContent, time: text.clock(new Date(sent.at), true) }), floor.root);
    },
    async announcement() {
      const words = floor.field("announce-text");
      await live.ask("POST", "/api/v1/announcements", { text: words.value, area: floor.field("announce-area").value });
      words.value = "";
      await standing();
    },
  };
  document.addEventListener("click", (event) => {
    if (!floor.root || !floor.root.contains(event.target)) return;
    const open = event.target.closest("[data-dialog]"), close = event.target.closest("[data-close]"), end = event.target.closest("[data-end-announcement]");
    if (open) { dialog(open.dataset.dialog).showModal(); if (open.dataset.dialog === "announcement") attempt("announcement", standing); }
    else if (close) dialog(close.dataset.close).close();
    else if (end) attempt("announcement", async () => { await live.ask("DELETE", `/api/v1/announcements/${end.dataset.endAnnouncement}`); await standing(); });
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.dataset && event.target.dataset.form;
    if (!floor.root || !FORMS[form] || !floor.root.contains(event.target)) return;
    event.preventDefault();
    attempt(form, FORMS[form]);
  });
})();
