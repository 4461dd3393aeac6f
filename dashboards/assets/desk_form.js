/* What the call was about: category and note as a draft of its call, which survives a reload; and the dial box.
   When the wrap-up's time runs out the form is saved as it stands. */
(function () {
  "use strict";
  const SAVE_BEFORE_S = 1.5, LIMIT_AGAIN_MS = 1000, LIMIT_TRIES = 8;
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom, desk = window.hotlineDesk;
  let draft = null, left = null, current = "", saving = false, limit = null;

  const key = (kind) => `desk-${kind}-${desk.me.extension}`;
  const read = (kind) => { try { return JSON.parse(localStorage.getItem(key(kind)) || "null"); } catch (_) { return null; } };
  const store = (kind, value) => (value ? localStorage.setItem(key(kind), JSON.stringify(value)) : localStorage.removeItem(key(kind)));
  const form = () => desk.root.querySelector("[data-wrap]");
  const note = () => desk.root.querySelector(".desk-note");
  const category = () => { const chosen = desk.root.querySelector("[name=desk-category]:checked"); return chosen ? chosen.value : ""; };
  const filled = (one) => Boolean(one && (one.note || one.category));
  const said = (place, content) => dom.write(place, content, desk.root);

  function start() {
    draft = read("draft"); left = read("left"); current = ""; saving = false;
    desk.box("note").replaceChildren(dom.make("textarea", "", { rows: "4", class: "field desk-note", maxlength: "2000" }));
    desk.box("categories").replaceChildren(...groups());
    desk.box("dial").replaceChildren(dom.make("input", null, { class: "field", inputmode: "tel", maxlength: "20", "aria-label": desk.words.number_target.replace("{number}", "") }));
    show(null);
    leftover();
  }
  /* "报修/明漏" stands under 报修; what has no group stands together. */
  function groups() {
    const found = new Map();
    for (const one of desk.me.categories) {
      const [group, name] = one.includes("/") ? one.split("/", 2) : ["", one];
      if (!found.has(group)) found.set(group, []);
      found.get(group).push([one, name]);
    }
    // Without a group last.
    return [...found].sort(([a], [b]) => (a === "") - (b === "")).map(([group, items]) =>
      dom.make("div", [dom.make("span", group || desk.words.other, { class: "desk-group" }), dom.make("div", items.map(([value, name]) =>
        dom.make("label", [dom.make("input", null, { type: "radio", name: "desk-category", value }), dom.make("span", name)], { class: "desk-category" })), { class: "desk-choices" })], { class: "desk-choice" }));
  }
  function show(one) {
    note().value = one ? one.note : "";
    for (const radio of desk.root.querySelectorAll("[name=desk-category]")) radio.checked = Boolean(one) && radio.value === one.category;
  }

  function render({ row, call, mode }) {
    const id = call ? call.id : mode === "wrap_up" && row ? row.call_id : "";
    if (id !== current) change(id, call);
    if (draft && call) draft.number = desk.number(call);
    dom.set(form(), "data-idle", id ? null : "1");
    for (const field of form().querySelectorAll("input")) dom.set(field, "disabled", id ? null : "");
    dom.set(note(), "readonly", id ? null : "");
    countdown(row, mode, id);
    dial(row, mode);
  }
  function change(id, call) {
    current = id;
    if (draft && draft.call !== id) {
      if (filled(draft)) { left = draft; store("left", left); }
      draft = null;
    }
    if (id && !draft) draft = { call: id, number: call ? desk.number(call) : "", note: "", category: "" };
    show(draft);
    leftover();
    if (id) said("desk-draft", filled(draft) ? desk.say("draft_kept", { time: text.clock(new Date(draft.at)) }) : "");
  }
  function keep() {
    if (!draft) return;
    draft = { ...draft, note: note().value, category: category(), at: live.now() };
    store("draft", filled(draft) ? draft : null);
    said("desk-draft", desk.say("draft_kept", { time: text.clock(new Date(draft.at), true) }));
  }
  /* A draft whose call is over and that was not saved is not lost. */
  function leftover() {
    const box = desk.box("left-draft");
    if (!filled(left)) { box.replaceChildren(); return; }
    const what = [left.category, left.note].filter(Boolean).join(" · ");
    box.replaceChildren(dom.make("div", [
      dom.make("span", desk.say("draft_left", { number: text.phone(left.number), text: what })),
      dom.make("button", desk.words.draft_take, { type: "button", class: "quiet", "data-left": "take" }),
      dom.make("button", desk.words.draft_drop, { type: "button", class: "quiet", "data-left": "drop" }),
    ], { class: "desk-left" }));
  }
  function takeLeft(what) {
    if (what === "take" && draft) { note().value = [note().value, left.note].filter(Boolean).join("\n"); if (!category()) show({ note: note().value, category: left.category }); keep(); }
    if (what === "take" && !draft) return;
    left = null; store("left", null); leftover();
  }

  function countdown(row, mode, id) {
    if (mode !== "wrap_up") { limit = null; said("desk-left", id ? "" : desk.words.form_later); return; }
    if (!limit || limit.call !== id) { limit = { call: id, seconds: null }; learn(limit, LIMIT_TRIES); }
    if (limit.seconds === null) { said("desk-left", ""); return; }
    const rest = limit.seconds - live.seconds(row.since);
    said("desk-left", rest > 0 ? desk.say("left", { time: text.duration(Math.ceil(rest)) }) : "");
    if (rest < SAVE_BEFORE_S && filled(draft) && !saving && live.freshness() === "live") save("saved_in_time");
  }
  /* How long this wrap-up may last; the marts know it a second after it began. */
  async function learn(one, tries) {
    try { one.seconds = (await live.ask("GET", `/api/v1/desk/calls/${one.call}/wrap-up`)).limit_s; } catch (_) { one.seconds = null; }
    if (one.seconds === null && tries > 1 && one === limit) setTimeout(() => learn(one, tries - 1), LIMIT_AGAIN_MS);
  }
  async function save(word) {
    saving = true;
    const sent = { category: category(), note: note().value };
    const done = await desk.attempt("wrap", () => live.ask("POST", `/api/v1/agents/${desk.me.extension}/wrap-up`, sent));
    saving = false;
    if (!done) return;
    draft = null; store("draft", null); show(null);
    said("desk-draft", desk.say(word, { time: text.clock(new Date(live.now()), true) }));
  }

  function dial(row, mode) {
    const free = mode === "idle" && Boolean(row && row.registered);
    dom.set(desk.root.querySelector("[data-dial]"), "disabled", free ? null : "");
  }
  function callOut() {
    const number = desk.box("dial").querySelector("input").value.replace(/[\s-]/g, "");
    if (!number) { desk.complain("dial", desk.words.dial_first); return; }
    desk.attempt("dial", async () => {
      await live.ask("POST", "/api/v1/calls", { from_extension: desk.me.extension, to: number });
      desk.box("dial").querySelector("input").value = "";
    });
  }

  desk.finish = () => save("saved");
  document.addEventListener("input", (event) => { if (desk.root && event.target.closest("[data-wrap]")) keep(); });
  document.addEventListener("click", (event) => {
    const hit = desk.root && event.target.closest("[data-left]");
    if (hit) takeLeft(hit.dataset.left);
  });
  document.addEventListener("submit", (event) => {
    if (!desk.root || !event.target.matches("[data-wrap],[data-dial-form]")) return;
    event.preventDefault();
    if (event.target.matches("[data-wrap]")) save("saved"); else callOut();
  });
  desk.parts.push({ start, render });
})();
