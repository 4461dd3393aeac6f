/* What the table of work orders shows: links, times that grow older, deadlines with what is left. */
(function () {
  "use strict";
  const OLD_MS = 20000, HOUR_MS = 3600000, DAY_MS = 86400000;
  const text = window.hotlineText, live = window.hotlineLive;
  const words = () => { const page = document.querySelector("[data-orders]"); return page ? JSON.parse(page.dataset.orders) : {}; };
  const make = (...parts) => window.React.createElement(...parts);
  const whole = (at) => `${text.day(at)} ${text.clock(at, true)}`;

  /* A deadline in words: what is left within the hour, what is over, else its time. Level is bad, warn (most of its limit is
     used up) or none. */
  function due(value, now, said, soon) {
    const at = new Date(value), left = value - now;
    if (left < -2 * DAY_MS) return { level: "bad", words: text.fill(said.over_days, { n: Math.floor(-left / DAY_MS) }) };
    if (left < -HOUR_MS) return { level: "bad", words: text.fill(said.over_hours, { n: Math.floor(-left / HOUR_MS) }) };
    if (left < 0) return { level: "bad", words: text.fill(said.over_minutes, { n: Math.floor(-left / 60000) }) };
    const stamp = text.day(at) === text.day(new Date(now)) ? text.clock(at) : `${text.day(at).slice(5)} ${text.clock(at)}`;
    if (left < HOUR_MS) return { level: soon ? "warn" : "", words: text.fill(said.left_minutes, { n: Math.ceil(left / 60000) }), stamp };
    return { level: soon ? "warn" : "", words: stamp };
  }
  window.hotlineDue = due;

  const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  components.HotlineOrderLink = (props) => make("a", { href: `/orders/${props.value}`, tabIndex: -1 }, props.value);
  components.HotlineUrgency = (props) => make("span", { className: props.data.urgent ? "order-urgent" : undefined }, props.value);
  components.HotlineWhen = (props) => {
    if (!props.value) return text.none;
    const at = new Date(props.value), now = live.now(), ago = text.ago(at, now);
    return make("span", { title: whole(at) }, text.when(at, now).slice(0, -3), ago ? make("span", { className: "ago" }, ago) : null);
  };
  components.HotlineDue = (props) => {
    if (!props.value) return text.none;
    const said = words(), found = due(props.value, live.now(), said, props.data.soon);
    const title = text.fill(said.due, { clock: props.data.clock, time: whole(new Date(props.value)) });
    return make("span", { title, className: found.level ? `due-${found.level}` : undefined }, found.words, make("span", { className: "ago" }, found.stamp || props.data.clock));
  };

  /* What a step on an order's page left to be said, once the order itself is out of sight. */
  function said() {
    const place = document.querySelector("[data-orders-said]"), kept = sessionStorage.getItem("order-said");
    if (!place || !kept) return;
    sessionStorage.removeItem("order-said");
    place.textContent = kept;
    place.hidden = false;
  }
  /* On a narrow screen each order is a card that is a link as a whole. */
  const narrow = window.matchMedia("(max-width: 700px)"), dom = window.hotlineDom;
  let drawn = 0;
  async function cards() {
    const holder = document.querySelector("[data-order-cards]");
    if (!holder || !narrow.matches || !window.dash_ag_grid) return;
    if (holder.childElementCount && Date.now() - drawn < 4000) return;
    drawn = Date.now();
    let grid = null;
    try { grid = await window.dash_ag_grid.getApiAsync("orders-table"); } catch (_) { return; }
    const found = [];
    grid.forEachNodeAfterFilterAndSort((node) => found.push(node.data));
    dom.list(holder, found, card, fill);
  }
  function card() {
    const parts = ["id", "category", "urgency", "state", "due", "address", "holder"].map((name) => dom.make("span", "", { class: `card-${name}` }));
    return dom.make("li", [dom.make("a", parts)]);
  }
  function fill(element, order) {
    const link = element.firstElementChild, [id, category, urgency, state, when, address, holder] = link.children;
    dom.set(link, "href", `/orders/${order.id}`);
    const found = order.due ? due(order.due, live.now(), words(), order.soon) : null;
    const put = (place, content) => { if (place.textContent !== content) place.textContent = content; };
    put(id, order.id);
    put(category, order.category);
    put(urgency, order.urgency);
    dom.set(urgency, "class", order.urgent ? "card-urgency order-urgent" : "card-urgency dim");
    put(state, order.state);
    put(when, found ? [found.words, found.stamp].filter(Boolean).join(" · ") : "");
    dom.set(when, "class", `card-due${found && found.level ? ` due-${found.level}` : ""}`);
    put(holder, order.holder === text.none ? "" : order.holder);
    put(address, [order.district, order.address].filter((one) => one !== text.none).join(" ") || text.none);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fold]");
    if (!button) return;
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    dom.set(button.closest("form"), "data-open", open ? "1" : null);
  });
  /* A list that is no longer written anew says so. */
  function age() {
    const mark = document.querySelector("[data-as-of]");
    if (!mark || !window.React) return;
    const old = live.now() - Number(mark.dataset.asOf) > OLD_MS;
    if (!old && mark.dataset.fresh === "live") return;
    dom.set(mark, "data-fresh", old ? "lost" : "live");
    const content = old ? text.fill(words().old_list, { time: mark.dataset.time }) : mark.textContent;
    if (mark.textContent !== content) mark.textContent = content;
    dom.set(document.querySelector(".order-rows"), "data-old", old ? "1" : null);
  }
  live.subscribe(() => { said(); cards(); age(); });
})();
