/* How numbers, times and words are written on every page. Times are in the site's zone. */

/**
 * What the server told this browser.
 * @typedef {object} About
 * @property {string} version
 * @property {"zh_CN" | "en"} language
 * @property {string} timezone the site's
 * @property {{name: string, role: string, extension: string | null} | null} user
 * @property {Record<string, string>} states words of the seats' states
 * @property {Record<string, string>} [breaks] names of the kinds of breaks by id
 * @property {Record<string, string>} words
 * @property {string[]} bare paths of pages without the bar
 * @property {{path: string, styles: string[], scripts: string[], modules: string[]}[]} loads what each page needs
 */
/** @typedef {number | null | undefined} Figure */

/** @type {About | null} */
let told = null;
/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();
/** @param {number} n */
const two = (n) => String(n).padStart(2, "0");

/** Null until the shell is there. @returns {About | null} */
function about() {
  if (!told) {
    const element = document.getElementById("about");
    told = element ? JSON.parse(element.dataset.about || "null") : null;
  }
  return told;
}
/** @param {string} name @param {Intl.DateTimeFormatOptions} options */
function format(name, options) {
  const me = about() || { language: "zh_CN", timezone: undefined };
  const key = `${me.language} ${me.timezone} ${name}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(me.language === "en" ? "en-GB" : "zh-CN", { timeZone: me.timezone, hourCycle: "h23", ...options });
    formats.set(key, found);
  }
  return found;
}
/** @type {Intl.DateTimeFormatOptions} */
const TIME = { hour: "2-digit", minute: "2-digit" };

export const text = {
  about,
  none: "—",
  /** {name} of the pattern becomes its value. @type {(pattern: string, values: Record<string, any>) => string} */
  fill: (pattern, values) => pattern.replace(/{(\w+)}/g, (whole, name) => (name in values ? values[name] : whole)),
  /** @param {Figure} value */
  count: (value) => (value === null || value === undefined ? text.none : Number(value).toLocaleString("en-US")),
  /** @param {Figure} value a share */
  percent: (value) => (value === null || value === undefined ? text.none : (value * 100).toFixed(1)),
  /** @param {Figure | string} given seconds */
  duration(given) {
    const seconds = Number(given);
    if (given === null || given === undefined || !Number.isFinite(seconds)) return text.none;
    const s = Math.floor(seconds), h = Math.floor(s / 3600), m = Math.floor(s / 60);
    return h ? `${h}:${two(m % 60)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  },
  /** @param {Date | null} date @param {boolean} [seconds] */
  clock: (date, seconds) => (date ? format(seconds ? "hms" : "hm", seconds ? { ...TIME, second: "2-digit" } : TIME).format(date) : text.none),
  /** @param {Date} date */
  date: (date) => format("date", { year: "numeric", month: "long", day: "numeric", weekday: "long" }).format(date),
  /** @param {Date} date */
  weekday: (date) => format("weekday", { weekday: "short" }).format(date),
  /** 2026-11-25, as the pages' addresses have it; minute and second with their time. @param {Date} date */
  day(date) {
    const parts = format("day", { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(date);
    return ["year", "month", "day"].map((type) => parts.find((one) => one.type === type)?.value).join("-");
  },
  /** @param {Date} date */
  minute: (date) => `${text.day(date)} ${text.clock(date)}`,
  /** @param {Date} date */
  second: (date) => `${text.day(date)} ${text.clock(date, true)}`,
  /**
   * The moment of a time that was typed as the site's (2026-11-25T08:00), whatever zone this machine is in; what is none as
   * it was typed.
   * @param {string} typed
   */
  instant(typed) {
    const guess = Date.parse(`${typed}Z`);
    if (!Number.isFinite(guess)) return typed;
    const shown = Date.parse(`${text.minute(new Date(guess)).replace(" ", "T")}Z`);
    return new Date(2 * guess - shown).toISOString();
  },
  /** On this day as a time, else with its date; within the hour its age besides. @param {Date} date @param {number} now */
  when: (date, now) => (text.day(date) === text.day(new Date(now)) ? text.clock(date, true) : `${text.day(date).slice(5)} ${text.clock(date, true)}`),
  /** @param {Date} date @param {number} now */
  ago(date, now) {
    const minutes = Math.floor((now - date.getTime()) / 60000), me = about();
    if (minutes < 0 || minutes >= 60 || !me) return "";
    return minutes < 1 ? me.words.just_now : text.fill(me.words.minutes_ago, { n: minutes });
  },
  /**
   * A reason in the office's own words: of a break by its id; a code of the program's that has no word is none.
   * @type {(said: string | null | undefined, words?: Record<string, string>) => string}
   */
  reason: (said, words) => (words && words[`code_${said}`]) || about()?.breaks?.[said || ""] || (/^[a-z]+(_[a-z]+)*$/.test(said || "") ? "" : said || ""),
  /**
   * What went wrong, in words for people: the server's own with its remedy; else that it could not be reached (0), could not
   * do it, or that a script of ours failed (no status at all).
   * @param {{data?: Record<string, any>, status?: number}} problem
   */
  problem(problem) {
    const data = problem.data || {}, said = data.detail || data.title, words = about()?.words || {};
    if (said) return [said, data.remedy && !said.includes(data.remedy) ? data.remedy : ""].filter(Boolean).join(" ");
    if (problem.status === undefined) return words.broken;
    return problem.status ? words.failed : words.unreachable;
  },
  /** 139 0000 0159; masked ones keep their stars. @param {string | null | undefined} number */
  phone(number) {
    if (number && /^1[\d*]{10}$/.test(number)) return `${number.slice(0, 3)} ${number.slice(3, 7)} ${number.slice(7)}`;
    return number || text.none;
  },
};
