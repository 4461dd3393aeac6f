/* The person's other calls in the corner: a second one that rings, or one on hold. Takes neither focus nor space. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, desk = window.hotlineDesk;
  const rings = (call) => call.state === "ringing" && !(call.parties || []).length;

  function make() {
    const head = dom.make("div", [dom.make("span", null, { class: "desk-dot" }), dom.make("b"), dom.make("span", null, { class: "desk-second-time" })]);
    const button = dom.make("button", [dom.make("span"), dom.make("kbd", "F1")], { type: "button", class: "primary" });
    return dom.make("div", [head, dom.make("div", null, { class: "desk-number" }), dom.make("div", null, { class: "dim" }), button], { class: "desk-second" });
  }
  function render({ others }) {
    dom.keyed(desk.box("corner"), others, (call) => call.id, make, (element, call) => {
      const [head, number, queue, button] = element.children, ringing = rings(call);
      dom.set(element, "data-state", ringing ? "ringing" : "hold");
      const put = (where, content) => { if (where.textContent !== content) where.textContent = content; };
      put(head.children[1], ringing ? desk.words.second : desk.words.held_call);
      put(head.lastChild, text.duration(live.seconds(call.since)));
      put(number, desk.who(desk.number(call)));
      put(queue, desk.me.queues[call.queue] || desk.words[call.direction]);
      put(button.firstChild, ringing ? desk.words.hold_answer : desk.words.switch);
      dom.set(button.lastChild, "hidden", ringing ? null : "");
      dom.set(button, "data-second", call.id);
    });
  }
  /* The call in hand goes on hold first, so that nobody hears the other conversation. */
  async function take(call) {
    const { call: inHand, mode } = desk.now;
    if (inHand && ["talking", "conference"].includes(mode)) await desk.act(inHand, "hold");
    await desk.act(call, rings(call) ? "answer" : "resume");
  }
  const found = (id) => (desk.now ? desk.now.others.find((call) => call.id === id) : null);

  desk.secondRinging = (now) => (now.mode === "ringing" ? null : now.others.find(rings) || null);
  desk.answerSecond = () => { const call = desk.secondRinging(desk.now); if (call) desk.attempt("call", () => take(call)); };
  document.addEventListener("click", (event) => {
    const hit = desk.root && event.target.closest("[data-second]"), call = hit && found(hit.dataset.second);
    if (call) desk.attempt("call", () => take(call));
  });
  desk.parts.push({ render });
})();
