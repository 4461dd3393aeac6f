/* How numbers, times and words are written on every page: window.hotlineText. Times are in the site's zone. */
(function () {
  "use strict";
  let told = null;
  const formats = new Map();
  const two = (n) => String(n).padStart(2, "0");

  /* What the server told this browser: user, language, zone, words. Null until the shell is there. */
  function about() {
    if (!told) {
      const element = document.getElementById("about");
      told = element ? JSON.parse(element.dataset.about) : null;
    }
    return told;
  }
  function format(name, options) {
    const me = about() || { language: "zh_CN" };
    const key = `${me.language} ${me.timezone} ${name}`;
    if (!formats.has(key)) {
      const locale = me.language === "en" ? "en-GB" : "zh-CN";
      formats.set(key, new Intl.DateTimeFormat(locale, { timeZone: me.timezone, hourCycle: "h23", ...options }));
    }
    return formats.get(key);
  }
  const part = (date, name, options) => format(name, options).formatToParts(date).reduce((all, one) => ({ ...all, [one.type]: one.value }), {});

  const text = {
    about,
    none: "—",
    fill: (pattern, values) => pattern.replace(/{(\w+)}/g, (whole, name) => (name in values ? values[name] : whole)),
    count: (value) => (value === null || value === undefined ? text.none : Number(value).toLocaleString("en-US")),
    percent: (value) => (value === null || value === undefined ? text.none : (value * 100).toFixed(1)),
    duration(seconds) {
      if (seconds === null || seconds === undefined || !Number.isFinite(Number(seconds))) return text.none;
      const s = Math.floor(seconds), h = Math.floor(s / 3600), m = Math.floor(s / 60);
      return h ? `${h}:${two(m % 60)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
    },
    clock: (date, seconds) => (date ? format(seconds ? "hms" : "hm", { hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) }).format(date) : text.none),
    date: (date) => format("date", { year: "numeric", month: "long", day: "numeric", weekday: "long" }).format(date),
    weekday: (date) => format("weekday", { weekday: "short" }).format(date),
    /* 2026-11-25 and 2026-11-25 06:15 as the pages' addresses have them. */
    day(date) {
      const p = part(date, "day", { year: "numeric", month: "2-digit", day: "2-digit" });
      return `${p.year}-${p.month}-${p.day}`;
    },
    minute: (date) => `${text.day(date)} ${text.clock(date)}`,
    second: (date) => `${text.day(date)} ${text.clock(date, true)}`,
    /* Quarter hours since the site's midnight. */
    quarter(date) {
      const [hours, minutes] = text.clock(date).split(":").map(Number);
      return Math.floor((hours * 60 + minutes) / 15);
    },
    /* On this day as a time, else with its date; within the hour its age besides. */
    when: (date, now) => (text.day(date) === text.day(new Date(now)) ? text.clock(date, true) : `${text.day(date).slice(5)} ${text.clock(date, true)}`),
    ago(date, now) {
      const minutes = Math.floor((now - date) / 60000);
      if (minutes < 0 || minutes >= 60) return "";
      return minutes < 1 ? about().words.just_now : text.fill(about().words.minutes_ago, { n: minutes });
    },
    /* A reason in the office's own words; a code of the program's that has no word is none. */
    reason: (said, words) => (words && words[`code_${said}`]) || (/^[a-z]+(_[a-z]+)*$/.test(said || "") ? "" : said || ""),
    /* 139 0000 0159; masked ones keep their stars. */
    phone(number) {
      if (/^1[\d*]{10}$/.test(number || "")) return `${number.slice(0, 3)} ${number.slice(3, 7)} ${number.slice(7)}`;
      return number || text.none;
    },
  };
  window.hotlineText = text;

  /* Small helpers for elements that scripts own; nothing is touched that did not change. */
  window.hotlineDom = {
    make(tag, content, attributes) {
      const element = document.createElement(tag);
      if (Array.isArray(content)) element.append(...content.filter((one) => one !== null && one !== undefined));
      else if (content !== undefined && content !== null) element.textContent = content;
      for (const [key, value] of Object.entries(attributes || {})) if (value !== undefined) element.setAttribute(key, value);
      return element;
    },
    write(key, content, root) {
      for (const element of (root || document).querySelectorAll(`[data-live="${key}"]`)) {
        if (element.textContent !== content) element.textContent = content;
      }
    },
    set(element, name, value) {
      if (!element) return;
      if (value === null || value === undefined || value === false) { if (element.hasAttribute(name)) element.removeAttribute(name); return; }
      if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
    },
    /* One child for each item, and the same one as long as the item is there: what acts on an item must never change under
       the hand that is on it. */
    keyed(holder, items, keyOf, make, fill) {
      const known = new Map([...holder.children].map((child) => [child.dataset.key, child]));
      items.forEach((item, n) => {
        const key = String(keyOf(item));
        let child = known.get(key);
        if (!child) { child = make(); child.dataset.key = key; }
        known.delete(key);
        if (holder.children[n] !== child) {
          const focused = child.contains(document.activeElement) ? document.activeElement : null;
          holder.insertBefore(child, holder.children[n] || null);
          if (focused && document.activeElement !== focused) focused.focus({ preventScroll: true });
        }
        fill(child, item, n);
      });
      for (const child of known.values()) child.remove();
    },
    /* As many children as there are items, made by make() and filled by fill(element, item). */
    list(holder, items, make, fill) {
      while (holder.childElementCount > items.length) holder.lastElementChild.remove();
      while (holder.childElementCount < items.length) holder.appendChild(make());
      items.forEach((item, n) => fill(holder.children[n], item, n));
    },
  };
})();
