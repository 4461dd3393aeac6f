/* What a form sends of what was typed, which fields show and what they offer. Pure. */
import { text } from "./text.js";

/** @typedef {{name: string, caption?: string, kind?: string, value?: any, sends?: string, missing?: string, counts?: boolean, options?: [any, string][], options_of?: Record<string, Record<string, [any, string][]>>, warns?: Record<string, string>, goes_with?: string, pin?: object, upload?: string, hint?: string, unit?: string, placeholder?: string, most?: number, required?: boolean, wide?: boolean, focus?: boolean, shown_if?: Record<string, any[]>, fills?: Record<string, Record<string, string>>, hints?: Record<string, Record<string, string>>, bodies?: Record<string, object>}} Field */

/** @typedef {string | boolean | string[]} Typed what was chosen of many is a list */

/* "12:00-12:30" as people write it, and "11:00-13:30 45" for 45 minutes anywhere in between. */
const SPAN = /^([\d:：]*)\s*[-–—~至]\s*([\d:：]*)\s*(\d+)?/;
/** @param {string} said */
export const parts = (said) =>
  said
    .split(/[,，;；、]/)
    .map((part) => part.trim())
    .filter(Boolean);
/** @param {string} said @returns {(string | number)[][]} */
export const spans = (said) =>
  parts(said).map((part) => {
    const [, from, to, minutes] = part.match(SPAN) || ["", part, ""];
    const times = [from, to].map((time) => time.replace("：", ":"));
    return minutes ? [...times, Number(minutes)] : times;
  });
/**
 * What is sent of what was typed. A number that is none stays text: the server says what is wrong with it.
 * @param {Field} field @param {Typed} typed @returns {any}
 */
export function sent(field, typed) {
  if (typeof typed !== "string") return typed;
  const said = typed.trim(), number = Number(said.replace(/[%％]/, "").replace("，", ".").trim());
  switch (field.kind) {
    case "number": return said === "" ? null : Number.isFinite(number) ? number : said;
    case "share": return said === "" ? null : Number.isFinite(number) ? number / 100 : said;
    case "seconds": return said === "" ? null : seconds(said) ?? (Number.isFinite(number) ? number : said);
    case "id": return said === "" ? null : Number(said);
    case "flag": return said === "1";
    case "spans": return spans(said);
    case "list": return parts(said);
    case "time": return text.instant(said);
    default: return said;
  }
}
/* 1:30 and 1:02:03. */
/** @param {string} said */
function seconds(said) {
  const clock = said.replaceAll("：", ":");
  return /^\d+(:\d{1,2}){1,2}$/.test(clock) ? clock.split(":").reduce((all, part) => all * 60 + Number(part), 0) : null;
}
/** The part of the body that a field gives. @param {Field} field @param {Typed} typed @returns {object} */
export function given(field, typed) {
  // What a file says is read when it is sent.
  if (field.kind === "ask" || field.kind === "json" || field.kind === "file") return {};
  return field.kind === "pick" ? (field.bodies || {})[String(typed)] || {} : { [field.sends || field.name]: sent(field, typed) };
}
/** What is sent of all of them; dots in a name lead into objects. @param {Field[]} fields @param {Record<string, Typed>} typed */
export function body(fields, typed) {
  /** @type {Record<string, any>} */
  const whole = {};
  for (const [path, value] of fields.flatMap((field) => Object.entries(given(field, typed[field.name])))) {
    const way = path.split("."), last = /** @type {string} */ (way.pop());
    way.reduce((inside, part) => (inside[part] ||= {}), whole)[last] = value;
  }
  return whole;
}
/** Whether a refusal that names a part of the body means this field. @param {Field} field @param {string} name */
export const meant = (field, name) => [field.name, field.sends].includes(name) || Object.values(field.bodies || {}).some((one) => name in one);
/** Those that are shown; one that is not counts as empty for those after it. @param {Field[]} fields @param {Record<string, Typed>} typed */
export function due(fields, typed) {
  const now = { ...typed };
  return fields.filter((field) => {
    const is = shown(field, now);
    if (!is) now[field.name] = typeof now[field.name] === "boolean" ? false : "";
    return is;
  });
}
/** @param {Field} field @param {Record<string, Typed>} typed of all fields */
export const shown = (field, typed) => Object.entries(field.shown_if || {}).every(([name, values]) => values.some((value) => String(value) === String(typed[name])));
/** What may be chosen, by what was chosen elsewhere. @param {Field} field @param {Record<string, Typed>} typed */
export function options(field, typed) {
  for (const [name, of] of Object.entries(field.options_of || {})) return of[String(typed[name])] || field.options;
  return field.options;
}
/** Those that differ from what stood there at first. @param {Record<string, Typed>} typed @param {Record<string, Typed>} begun */
export const changed = (typed, begun) => Object.fromEntries(Object.entries(typed).filter(([name, value]) => String(value) !== String(begun[name])));
/**
 * Of the fields all, or those that are filled in, or those that were changed and not emptied, with what goes with them.
 * @param {Field[]} fields @param {string | undefined} only @param {Record<string, Typed>} typed @param {Record<string, Typed>} begun
 */
export function wanted(fields, only, typed, begun) {
  if (!only) return fields;
  const other = changed(typed, begun);
  const moved = (/** @type {Field} */ field) => [field.name, field.goes_with, ...fields.filter((one) => one.goes_with === field.name).map((one) => one.name)].some((name) => name && name in other);
  return fields.filter((field) => !["", "false"].includes(String(typed[field.name]).trim()) && (only === "filled" || moved(field)));
}
