/* The bar on top: freshness, clock, language, light or dark, log-out. */
(function () {
  "use strict";
  const live = window.hotlineLive, text = window.hotlineText, dom = window.hotlineDom;

  function bar() {
    const me = text.about();
    if (!me) return;
    const fresh = live.freshness(), last = live.lastFigures();
    const said = fresh === "live" ? me.words.live : last ? text.fill(me.words.stale, { time: text.clock(last, true) }) : me.words.connecting;
    for (const element of document.querySelectorAll(".fresh")) dom.set(element, "data-fresh", fresh);
    dom.write("freshness", said);
    dom.write("clock", text.clock(new Date(live.now()), true));
    dom.set(document.body, "data-bare", me.bare.includes(location.pathname) ? "1" : "0");
    for (const link of document.querySelectorAll(".bar-link")) {
      const path = new URL(link.href).pathname;
      dom.set(link, "aria-current", location.pathname === path || location.pathname.startsWith(path + "/") ? "page" : null);
    }
  }
  function scheme(value) {
    const page = document.documentElement, me = text.about();
    dom.set(page, "data-scheme", value);
    dom.set(page, "data-ag-theme-mode", value);
    if (me) dom.write("scheme", value === "dark" ? me.words.light : me.words.dark);
  }
  document.addEventListener("click", async (event) => {
    const target = event.target.closest("[data-language],[data-scheme-switch],[data-log-out]");
    if (!target) return;
    if (target.dataset.language) {
      document.cookie = `lang=${target.dataset.language}; path=/; max-age=31536000; samesite=lax`;
      location.reload();
    } else if (target.dataset.schemeSwitch) {
      const next = document.documentElement.dataset.scheme === "dark" ? "light" : "dark";
      localStorage.setItem("scheme", next); scheme(next);
      document.dispatchEvent(new Event("hotline:scheme"));
    } else {
      try { await live.ask("POST", "/logout"); } catch (_) { /* the session is gone either way */ }
      location.assign("/login");
    }
  });
  live.subscribe(() => { bar(); scheme(localStorage.getItem("scheme") || "light"); });
})();
