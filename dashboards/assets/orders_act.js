/* One work order: the form of a step from what the server allows, sending it, and drawing the page anew after changes. */
(function () {
  "use strict";
  const EVERY_MS = 10000, ENDS = { void: "warn_void", merge: "warn_merge" }, SEEN = "order-seen";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom;
  const LIST = "/orders", KEPT = "order-said", SLOW_MS = 200, PLACED = ["depart", "arrive"], ASSIGNS = ["dispatch", "reassign"], PLACE_MS = 5000;
  let sites = null, asked = 0, times = 0, ticked = 0, result = "", busy = false, sure = false;

  const page = () => document.querySelector("[data-order][data-orders]");
  const order = () => JSON.parse(page().dataset.order);
  const words = () => JSON.parse(page().dataset.orders);
  const part = (name) => page().querySelector(`[data-act-${name}]`);
  const allowed = (event) => order().allowed.find((one) => one.event === event);

  /* --- the form --- */
  async function open(event) {
    const act = allowed(event), said = words(), box = part("fields");
    part("title").textContent = act.name;
    part("wrong").textContent = "";
    const warning = ENDS[event] || (act.to === "closed" && event !== "visit" ? "warn_end" : "");
    warn(warning ? text.fill(said[warning], { id: order().id }) : "");
    part("go").textContent = act.name;
    part("busy").textContent = "";
    const dialog = part("dialog");
    dialog.dataset.event = event;
    box.replaceChildren();
    if (act.fields.some((one) => one.kind === "site" || one.kind === "user")) await learn();
    const asked = fieldsOf(act);
    box.replaceChildren(...asked.map(field));
    if (order().called && act.fields.some((one) => one.kind === "call")) box.prepend(dom.make("p", said.with_call, { class: "dim" }));
    sure = false;
    if (!dialog.open) dialog.showModal();
    if (event === "correct") begin(box, true);
    if (ASSIGNS.includes(event)) begin(box, false);
    if (event === "correct") pin(box);
    const first = box.querySelector("[aria-required]") || (event === "correct" && box.querySelector("[data-field]")) || part("go");
    first.focus();
  }
  /* A result is of the call that was made from here; without one it says why. */
  const fieldsOf = (act) => act.fields.filter((one) => one.kind !== "call" && !(one.id === "no_call" && order().called))
    .map((one) => (one.id === "no_call" ? { ...one, required: true } : one));
  const place = (box, name) => box.querySelector(`[data-field="${name}"]`);
  function pin(box) {
    const [longitude, latitude] = ["longitude", "latitude"].map((name) => place(box, name));
    if (!longitude || !latitude) return;
    const map = dom.make("div", null, { class: "order-map order-pin", "data-pin": "1" });
    longitude.parentElement.before(map);
    const show = window.hotlinePin(map, words(), (found) => { [longitude.value, latitude.value] = found.map((one) => one.toFixed(5)); doubt(); });
    const moved = () => show([longitude.value, latitude.value].map((one) => (one === "" ? NaN : Number(one))));
    for (const input of [longitude, latitude]) input.addEventListener("input", moved);
    moved();
  }
  /* What was wrong with a field is no longer said once it is changed. */
  function mended(input) {
    const place = part("fields").querySelector(`[data-wrong="${input.dataset.field}"]`);
    if (place) place.textContent = "";
    dom.set(input, "aria-invalid", null);
    part("wrong").textContent = "";
  }
  /* What looks like a mistake is asked about once; with any change it is asked again. */
  function doubt() {
    if (!sure) return;
    sure = false;
    warn("");
    part("go").textContent = part("title").textContent;
  }
  function warn(said) {
    part("warning").textContent = said;
    part("warning").hidden = !said;
    dom.set(part("go"), "data-danger", said ? "1" : null);
  }
  /* A manager sees the orders of the own site only: whoever gives one away is told before that it goes out of sight. */
  function warnOfSight(site) {
    const found = sites.find((one) => one.id === site), leaves = found && site !== order().site && text.about().user.role === "site_manager";
    warn(leaves ? text.fill(words().warn_sight, { id: order().id, site: found.name }) : "");
  }
  /* The form begins with what stands there; of a correction only what was changed is sent. */
  function begin(box, changes) {
    const stands = order().stands;
    for (const input of box.querySelectorAll("[data-field]")) {
      const known = stands[input.dataset.field];
      if (known === undefined || known === null) continue;
      input.value = known;
      if (!changes) continue;
      input.dataset.was = input.value;
      const count = box.querySelector(`[data-count="${input.dataset.field}"]`);
      if (count) count.textContent = counted(input);
    }
  }
  async function learn() {
    if (!sites) sites = (await live.ask("GET", "/api/v1/work-orders/definition")).sites;
  }
  function field(one) {
    const id = `act-${one.id}`, said = words();
    const input = control(one);
    for (const [name, value] of Object.entries({ id, "data-field": one.id, "data-kind": one.kind, class: "field", "aria-describedby": `${id}-wrong`, "aria-required": one.required ? "true" : undefined })) if (value) input.setAttribute(name, value);
    const caption = dom.make("span", one.required ? one.name : `${one.name} ${said.optional}`);
    const wrong = dom.make("small", "", { id: `${id}-wrong`, class: "order-wrong", "data-wrong": one.id });
    const count = input.maxLength > 0 ? dom.make("small", counted(input), { class: "dim order-count", "data-count": one.id }) : null;
    return dom.make("div", [dom.make("label", [caption], { for: id }), input, count, wrong], { class: one.kind === "number" ? "order-half" : undefined });
  }
  const counted = (input) => text.fill(words().count, { n: text.count(input.value.length), most: text.count(input.maxLength) });
  document.addEventListener("input", (event) => {
    if (page() && event.target.dataset.field) { doubt(); mended(event.target); }
    const count = page() && event.target.dataset.field && part("fields").querySelector(`[data-count="${event.target.dataset.field}"]`);
    if (count) count.textContent = counted(event.target);
  });
  const options = (pairs) => pairs.map(([value, name]) => dom.make("option", name, { value }));
  function control(one) {
    const said = words();
    if (one.kind === "choice") return dom.make("select", options([["", said.choose], ...one.choices.map((choice) => [choice.id, choice.name])]));
    if (one.kind === "site") return dom.make("select", options([["", one.required ? said.choose : said.same_site], ...sites.map((site) => [site.id, site.name])]));
    if (one.kind === "user") return dom.make("select", options(people("")));
    if (one.kind === "time") return dom.make("input", null, { type: "datetime-local" });
    if (one.kind === "number") return dom.make("input", null, { type: "number", step: "any", ...(one.most === null ? {} : { min: String(-one.most), max: String(one.most), placeholder: text.fill(said.range, { least: -one.most, most: one.most }) }) });
    if (one.kind === "flag") return dom.make("input", null, { type: "checkbox" });
    if (one.kind === "order") return dom.make("input", null, { type: "text", placeholder: "261125-0001" });
    return dom.make("textarea", null, { rows: "2", maxlength: String(words().longest) });
  }
  /* Workers of the site chosen, or of the order's own. */
  function people(site) {
    const found = sites.find((one) => one.id === (site || order().site)), those = found ? found.people.filter((one) => one.role === "worker") : [];
    return [["", words().nobody], ...those.map((one) => [one.name, one.display_name])];
  }
  document.addEventListener("change", (event) => {
    if (!page() || event.target.dataset.kind !== "site") return;
    const workers = part("fields").querySelector('[data-kind="user"]');
    if (workers) workers.replaceChildren(...options(people(event.target.value)));
    warnOfSight(event.target.value);
  });

  /* A time that was typed is the site's, whatever zone this machine is in. */
  function instant(typed) {
    const guess = Date.parse(`${typed}Z`);
    if (!Number.isFinite(guess)) return null;
    const shown = Date.parse(`${text.minute(new Date(guess)).replace(" ", "T")}Z`);
    return new Date(guess - (shown - guess)).toISOString();
  }
  function given() {
    const fields = {}, wrong = {};
    for (const input of part("fields").querySelectorAll("[data-field]")) {
      const { field: name, kind } = input.dataset, required = input.getAttribute("aria-required");
      let value = kind === "flag" ? input.checked : input.value.trim();
      if (input.dataset.was !== undefined && value === input.dataset.was && !movedTogether(name)) continue;
      if (value === "" || value === false) { if (required) wrong[name] = text.fill(words().missing, { name: caption(name) }); continue; }
      if (kind === "time") { value = instant(value); if (!value) { wrong[name] = words().no_time; continue; } }
      if (kind === "number") {
        value = Number(value);
        if (input.max && Math.abs(value) > Number(input.max)) { wrong[name] = text.fill(words().out_of_range, { name: bare(name), least: input.min, most: input.max }); continue; }
      }
      fields[name] = value;
    }
    return { fields, wrong };
  }
  /* A place has two numbers: one that moved takes the other with it. */
  const PAIR = ["longitude", "latitude"];
  const movedTogether = (name) => PAIR.includes(name) && PAIR.some((one) => { const input = place(part("fields"), one); return input && input.value.trim() !== input.dataset.was; });
  const bare = (name) => caption(name).replace(` ${words().optional}`, "");
  const caption = (name) => part("fields").querySelector(`label[for="act-${name}"] span`).textContent;
  function blame(wrong) {
    let first = null;
    for (const place of part("fields").querySelectorAll("[data-wrong]")) {
      const name = place.dataset.wrong, input = part("fields").querySelector(`[data-field="${name}"]`);
      place.textContent = wrong[name] || "";
      dom.set(input, "aria-invalid", wrong[name] ? "true" : null);
      first = first || (wrong[name] ? input : null);
    }
    if (first) first.focus();
    return Boolean(first);
  }

  /* --- the step --- */
  async function send() {
    const dialog = part("dialog"), event = dialog.dataset.event, act = allowed(event), { fields, wrong } = given(), before = order();
    if (busy) return;
    part("wrong").textContent = "";
    if (blame(wrong)) return;
    working(true);
    const slow = setTimeout(() => { if (page()) part("busy").textContent = words().saving; }, SLOW_MS);
    try {
      const here = PLACED.includes(event) ? await phone() : null;
      const answer = await live.ask("POST", `/api/v1/work-orders/${before.id}/events`, { event, fields, version: before.version, ...(sure ? { confirmed: true } : {}), ...(here || {}) });
      dialog.close();
      const gone = await outOfSight(before.id);
      if (gone) { leave(text.fill(words().moved, { id: before.id, holder: answer.site !== before.site ? answer.site_name : answer.assignee_name || answer.site_name })); return; }
      say([text.fill(words().done, { event: act.name }), here ? placed(answer) : ""].filter(Boolean).join(" · "));
      redraw(true);
    } catch (problem) { refused(problem); } finally { clearTimeout(slow); if (page()) { working(false); part("busy").textContent = ""; } }
  }
  function working(now) {
    busy = now;
    for (const button of page().querySelectorAll("[data-act-go], [data-act], [data-ring]")) button.disabled = now;
  }
  function say(said) {
    result = said;
    document.querySelector("[data-order-said]").textContent = said;
    if (part("result")) part("result").textContent = said;
  }
  async function outOfSight(id) {
    try { await live.ask("GET", `/api/v1/work-orders/${id}`); return false; } catch (problem) { return problem.status === 403; }
  }
  /* The list says it: here nothing is left to be seen. */
  function leave(said) {
    sessionStorage.setItem(KEPT, said);
    location.assign(LIST);
  }
  /* Where the phone is, if it may be asked: a step never waits longer than a few seconds for it. */
  function phone() {
    const device_time = new Date().toISOString();
    if (!navigator.geolocation) return Promise.resolve({ device_time });
    return new Promise((done) => {
      const without = setTimeout(() => done({ device_time }), PLACE_MS);
      const give = (found) => { clearTimeout(without); done({ device_time, ...found }); };
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => give({ position: { longitude: coords.longitude, latitude: coords.latitude } }),
        () => give({}),
        { enableHighAccuracy: true, timeout: PLACE_MS, maximumAge: 30000 },
      );
    });
  }
  function placed(answer) {
    const last = answer.events[answer.events.length - 1], said = words();
    if (!last || !last.position) return said.no_place;
    if (last.distance_m === null) return said.placed;
    return last.distance_m < 1000 ? text.fill(said.metres, { n: Math.round(last.distance_m) }) : text.fill(said.kilometres, { n: (last.distance_m / 1000).toFixed(1) });
  }
  function refused(problem) {
    const data = problem.data || {}, named = String(data.field || "").replace(/^(body\.)?fields\./, "");
    const said = live.told(problem);
    if (data.code === "confirm") { sure = true; warn(said); part("go").textContent = words().meant; return; }
    if (!named || !blame({ [named]: said })) part("wrong").textContent = text.fill(words().failed, { problem: said });
  }
  /* The own phone rings first, then the number that the order came from. */
  async function ring() {
    if (busy) return;
    working(true);
    part("problem").textContent = "";
    try {
      await live.ask("POST", `/api/v1/work-orders/${order().id}/call`);
      say(text.fill(words().ringing, { number: order().caller }));
      redraw(false);
    } catch (problem) { part("problem").textContent = live.told(problem); } finally { if (page()) working(false); }
  }
  let focus = false;
  function redraw(mine) {
    times += 1;
    focus = mine;
    window.dash_clientside.set_props(SEEN, { data: { order: order().id, times } });
  }

  document.addEventListener("click", (event) => {
    if (!page()) return;
    const act = event.target.closest("[data-act]");
    if (act) open(act.dataset.act).catch((problem) => { part("problem").textContent = live.told(problem); });
    else if (event.target.closest("[data-ring]")) ring();
    else if (event.target.closest("[data-act-close]")) part("dialog").close();
    else if (event.target.closest("[data-print]")) window.print();
    else if (event.target.closest("[data-more]")) unfold(event.target.closest("[data-more]"));
  });
  document.addEventListener("submit", (event) => {
    if (!page() || !event.target.closest("[data-act-dialog]")) return;
    event.preventDefault();
    send();
  });
  /* Enter in a short field sends the form; in a text it begins a line, and Ctrl+Enter sends. */
  document.addEventListener("keydown", (event) => {
    if (!page() || event.key !== "Enter" || !event.ctrlKey || !event.target.closest("[data-act-dialog]")) return;
    event.preventDefault();
    send();
  });

  function unfold(button) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? words().less : words().more;
    dom.set(button.previousElementSibling, "data-open", open ? "1" : null);
  }

  /* --- what others do, and times that grow --- */
  let shown = null;
  function look() {
    const element = page();
    if (!element) { shown = null; result = ""; return; }
    if (element !== shown) { shown = element; if (part("result")) part("result").textContent = result;  if (focus) { focus = false; const head = document.querySelector(".order h1"); if (head) head.focus(); } }
    if (Date.now() - ticked > 1000) { ticked = Date.now(); tick(element); }
    if (Date.now() - asked > EVERY_MS) { asked = Date.now(); check(); }
  }
  function tick(element) {
    const said = words();
    for (const place of element.querySelectorAll("[data-due]")) {
      const found = window.hotlineDue(Date.parse(place.dataset.due), live.now(), said, Boolean(place.dataset.soon));
      const content = found.stamp ? `${found.words} · ${found.stamp}` : found.words;
      if (place.textContent !== content) place.textContent = content;
      dom.set(place, "class", found.level ? `due-${found.level}` : null);
    }
  }
  async function check() {
    const known = order();
    try {
      const now = await live.ask("GET", `/api/v1/work-orders/${known.id}`);
      if (page() && now.id === order().id && (now.version !== order().version || now.overdue !== order().overdue) && !part("dialog").open) redraw(false);
    } catch (problem) {
      // Given to somebody else meanwhile; that the line is lost the bar on top says.
      if (problem.status === 403 && page() && !busy) leave(text.fill(words().gone, { id: known.id }));
    }
  }
  live.subscribe(look);
})();
