/* What supervisors write to this desk: on top until it has been read, without taking the focus. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom;
  const READ = "desk-messages-read";
  let root = null, messages = [];

  function render() {
    const desk = document.querySelector(".desk");
    if (!desk) { root = null; return; }
    if (desk !== root) { root = desk; ask(); }
    const holder = desk.querySelector('[data-box="messages"]'), read = Number(localStorage.getItem(READ) || 0);
    if (holder) dom.list(holder, messages.filter((one) => one.id > read), make, fill);
  }
  async function ask() {
    try { messages = (await live.ask("GET", "/api/v1/messages")).messages; render(); } catch (_) { messages = []; }
  }
  function make() {
    return dom.make("p", [dom.make("b"), dom.make("span"), dom.make("button", root.querySelector('[data-box="messages"]').dataset.readWord, { class: "bar-button", type: "button", "data-read": "1" })], { class: "desk-message" });
  }
  function fill(element, one) {
    const said = `${text.clock(new Date(one.at))} ${one.by}`;
    if (element.children[0].textContent !== said) element.children[0].textContent = said;
    if (element.children[1].textContent !== one.text) element.children[1].textContent = one.text;
    dom.set(element.children[2], "data-read", one.id);
  }
  document.addEventListener("click", (event) => {
    const read = root && event.target.closest("[data-read]");
    if (!read) return;
    localStorage.setItem(READ, String(Math.max(Number(read.dataset.read), Number(localStorage.getItem(READ) || 0))));
    render();
  });
  live.on("message", (given) => { messages = [given.message, ...messages]; render(); });
  live.subscribe(render);
})();
