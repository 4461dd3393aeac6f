/* The floor's queues: who waits, what the next caller would wait, who is there, open or closed and by whose word. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, floor = window.hotlineFloor;
  const { put } = floor;

  function render() {
    dom.keyed(floor.box("queues"), [...live.state().queues.values()], (queue) => queue.id, make, fill);
  }
  function make() {
    const parts = ["waiting", "expected", "agents", "word"].map((part) => dom.make("span", null, { class: `floor-queue-${part}` }));
    const select = dom.make("select", null, { class: "field", "data-override": "1" });
    const seats = (what) => dom.make("button", "", { class: "floor-queue-link", type: "button", "data-queue-seats": what });
    parts[2].append(seats("ready"), " · ", dom.make("a", "", { class: "floor-queue-link" }), " · ", seats("on_duty"));
    return dom.make("div", [dom.make("b"), ...parts, select], { class: "floor-queue" });
  }
  function fill(element, queue) {
    const [name, waiting, expected, agents, word, select] = element.children;
    const seconds = queue.longest_wait_since ? live.seconds(queue.longest_wait_since) : 0;
    dom.set(element, "data-open", String(queue.open));
    dom.set(element, "data-level", seconds >= queue.alarm_wait_s ? "bad" : seconds >= queue.warn_wait_s ? "warn" : null);
    put(name, queue.name);
    put(waiting, floor.say("queue_waiting", { n: queue.waiting }));
    put(expected, floor.say("queue_expected", { time: text.duration(wait(queue)) }));
    dom.set(expected, "title", floor.words.queue_expected_hover);
    people(agents.children, queue);
    told(word, queue);
    override(select, queue);
  }
  /* Ready and on duty choose the seats above; talking are calls of this queue, not what its people talk about elsewhere. */
  function people([ready, talking, staffed], queue) {
    const calls = live.state().calls, own = (agent) => agent.call_id && (calls.get(agent.call_id) || {}).queue === queue.id;
    const n = floor.agents().filter((agent) => agent.state === "talking" && own(agent)).length;
    put(ready, floor.say("queue_ready", { n: queue.ready }));
    put(talking, floor.say("queue_talking", { n }));
    put(staffed, floor.say("queue_staffed", { n: queue.staffed }));
    const chosen = floor.field("queue").value === queue.id;
    for (const [button, word, only] of [[ready, "ready", "ready"], [staffed, "staffed", "on_duty"]]) {
      dom.set(button, "data-of", queue.id);
      dom.set(button, "aria-pressed", String(chosen && floor.only === only));
      dom.set(button, "title", floor.say(`queue_${word}_hover`, { queue: queue.name }));
    }
    dom.set(talking, "href", `/calls?state=talking&queue=${encodeURIComponent(queue.id)}`);
    dom.set(talking, "title", floor.say("queue_talking_hover", { queue: queue.name }));
  }
  /* The core tells it when something happens; while nobody is answered it grows. */
  function wait(queue) {
    if (queue.expected_wait_s === null || !queue.waiting || !queue.answered_at) return queue.expected_wait_s;
    const apart = Math.min(live.seconds(queue.longest_wait_since), live.seconds(queue.answered_at));
    return Math.max(queue.expected_wait_s, (queue.waiting + 1) * apart);
  }
  /* Whose word stands over the calendar. */
  function told(word, queue) {
    const figures = floor.figures(), given = (figures && figures.overrides && figures.overrides[queue.id]) || null;
    const counts = given && given.state === queue.override;
    put(word, counts ? floor.say("by_whom", { name: given.by, time: text.when(new Date(given.at), live.now()) }) : "");
    dom.set(word, "title", (counts && given.reason) || null);
  }
  function override(select, queue) {
    dom.set(select, "data-queue-id", queue.id);
    dom.set(select, "aria-label", queue.name);
    select.disabled = !floor.me.steers;
    const usual = queue.override ? floor.words.by_calendar : queue.open ? floor.words.open_now : floor.words.closed;
    floor.options(select, usual, [["open", floor.words.opened_by], ["closed", floor.words.closed_by]]);
    if (document.activeElement !== select && select.value !== (queue.override || "")) select.value = queue.override || "";
  }
  async function change(select) {
    const queue = live.state().queues.get(select.dataset.queueId), state = select.value;
    select.blur();
    let reason = "";
    if (state === "closed") {
      const said = await floor.confirm({
        title: floor.say("close_queue", { queue: queue.name }), effects: [floor.say("close_effect", { n: queue.waiting })],
        go: floor.words.go_close, reasons: floor.me.reasons.close, danger: true,
      });
      if (!said) { select.value = queue.override || ""; return; }
      reason = said.reason;
    }
    await floor.attempt(() => live.ask("PUT", `/api/v1/queues/${queue.id}/override`, { state, reason }));
    await floor.ask();
  }
  document.addEventListener("change", (event) => {
    if (floor.root && floor.root.contains(event.target) && event.target.dataset.queueId) change(event.target);
  });
  floor.parts.push(render);
})();
