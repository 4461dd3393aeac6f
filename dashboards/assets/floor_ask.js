/* Before something is taken from somebody the floor asks once: what will happen, and why. window.hotlineFloor.confirm. */
(function () {
  "use strict";
  const dom = window.hotlineDom, floor = window.hotlineFloor;
  const OTHER = "other";
  let answer = null, back = null;

  const field = (name) => floor.field(`ask-${name}`);
  const dialog = () => floor.root.querySelector('[data-dialog-box="ask"]');

  /* asked: {title, effects, go, reasons, chosen?, kinds?, danger?}; without chosen a reason must be chosen. Null when it is given up, else {reason, kind}. */
  floor.confirm = (asked) => {
    if (answer) finish(null);
    const box = dialog();
    back = document.activeElement;
    box.querySelector('[data-title="ask"]').textContent = asked.title;
    floor.box("ask-effect").replaceChildren(...asked.effects.filter(Boolean).map((said) => dom.make("span", said)));
    choices(field("kind"), asked.kinds || []);
    floor.box("ask-kind").hidden = !asked.kinds;
    choices(field("reason"), [...new Set([asked.chosen, ...asked.reasons].filter(Boolean))]);
    if (!asked.chosen) field("reason").prepend(new Option(floor.words.choose, "", true, true));
    field("reason").append(new Option(floor.words.other_reason, OTHER));
    field("words").value = "";
    dom.write("ask-error", "", box);
    const go = box.querySelector(".primary");
    go.textContent = asked.go;
    dom.set(go, "data-danger", asked.danger ? "1" : null);
    wording();
    box.showModal();
    field("reason").focus();
    return new Promise((resolve) => { answer = resolve; });
  };
  function choices(select, names) { select.replaceChildren(...names.map((name) => new Option(name, name))); }
  function wording() { floor.box("ask-words").hidden = field("reason").value !== OTHER; }

  function finish(said) {
    const resolve = answer;
    answer = null;
    dialog().close();
    if (back && back.isConnected) back.focus();
    if (resolve) resolve(said);
  }
  function send() {
    const other = field("reason").value === OTHER, reason = (other ? field("words").value : field("reason").value).trim();
    if (!reason) {
      dom.write("ask-error", other ? floor.words.reason_missing : floor.words.reason_choose, dialog());
      field(other ? "words" : "reason").focus();
      return;
    }
    finish({ reason, kind: field("kind").value });
  }

  document.addEventListener("change", (event) => {
    if (!floor.root || !event.target.matches("[data-ask-reason]")) return;
    wording();
    if (event.target.value === OTHER) field("words").focus();
  });
  /* Enter answers from wherever the focus is; a line break in own words is Shift and Enter. */
  document.addEventListener("keydown", (event) => {
    if (!floor.root || !answer || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (!event.target.matches("[data-ask-kind],[data-ask-reason],[data-ask-words]")) return;
    event.preventDefault();
    send();
  });
  document.addEventListener("submit", (event) => {
    if (!floor.root || !event.target.matches || !event.target.matches('[data-form="ask"]')) return;
    event.preventDefault();
    if (answer) send();
  });
  document.addEventListener("click", (event) => {
    if (floor.root && answer && event.target.closest('[data-close="ask"]')) finish(null);
  });
  /* Esc: a dialog that closes by itself has its answer, too. The event does not bubble. */
  document.addEventListener("close", (event) => {
    if (floor.root && answer && event.target === dialog()) finish(null);
  }, true);
})();
