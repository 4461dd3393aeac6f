import assert from "node:assert/strict";
import { test } from "node:test";

const about = JSON.stringify({ language: "zh_CN", timezone: "Asia/Shanghai", words: {} });
globalThis.document = { getElementById: () => ({ dataset: { about } }), addEventListener() {}, querySelector: () => null };
const { body, due, options, wanted, meant, sent, given, shown, spans } = await import("../../../dashboards/assets/form_values.js");

test("times of a day are read as people write them, with minutes where they are a window", () => {
  assert.deepEqual(spans("12:00-12:30, 15：00至15:15；11:00-13:30 45 分钟"), [["12:00", "12:30"], ["15:00", "15:15"], ["11:00", "13:30", 45]]);
  assert.deepEqual(spans("noon"), [["noon", ""]]);
  assert.deepEqual(spans(" "), []);
});
test("what is typed is sent as its kind says, and a number that is none stays text", () => {
  for (const [kind, typed, value] of [
    ["number", "11", 11], ["number", "", null], ["number", "x", "x"], ["share", "80", 0.8], ["share", "80 %", 0.8], ["share", "", null], ["share", "80％", 0.8],
    ["seconds", "1:30", 90], ["seconds", "1：02：03", 3723], ["seconds", "90", 90], ["seconds", "", null], ["seconds", "soon", "soon"], ["many", ["a"], ["a"]],
    ["id", "", null], ["id", "3", 3], ["flag", "1", true], ["flag", "0", false], ["list", "a，b", ["a", "b"]], ["list", "", []], ["text", " a ", "a"], ["check", true, true], ["time", "2026-11-25T08:00", "2026-11-25T00:00:00.000Z"],
  ]) assert.deepEqual(sent({ name: "x", kind }, typed), value, `${kind} ${typed}`);
});
test("what only shows others is not sent, and a pick sends its own part", () => {
  assert.deepEqual(given({ name: "part", kind: "ask" }, true), {});
  assert.deepEqual(given({ name: "with", kind: "pick", bodies: { a: { other: 1 } } }, "a"), { other: 1 });
  assert.deepEqual(given({ name: "note" }, "hello"), { note: "hello" });
});
test("a field is shown while what it hangs on has one of its values", () => {
  const field = { name: "start", shown_if: { template: [""] } };
  assert.equal(shown(field, { template: "" }), true);
  assert.equal(shown(field, { template: "3" }), false);
  assert.equal(shown({ name: "to", shown_if: { part: [true] } }, { part: true }), true);
  assert.equal(shown({ name: "free" }, {}), true);
});
test("parts of one object are put together, and a name that is sent stands for a field of another name", () => {
  const fields = [{ name: "talk.warn", kind: "seconds", sends: "limits.talk.warn" }, { name: "talk.bad", kind: "seconds", sends: "limits.talk.bad" }, { name: "note" }];
  assert.deepEqual(body(fields, { "talk.warn": "8:00", "talk.bad": "15:00", note: "x" }), { limits: { talk: { warn: 480, bad: 900 } }, note: "x" });
});
test("a refusal means the field with that name, the one that sends it, or the choice that has it", () => {
  assert.equal(meant({ name: "talk.bad" }, "talk.bad"), true);
  assert.equal(meant({ name: "warn_share", sends: "warn" }, "warn"), true);
  assert.equal(meant({ name: "target", bodies: { "queue:": { scope: "queue" } } }, "scope"), true);
  assert.equal(meant({ name: "note" }, "warn"), false);
});
test("what hangs on a field that is not shown takes that for empty", () => {
  const fields = [{ name: "figure" }, { name: "own", kind: "check", shown_if: { figure: ["wait"] } }, { name: "warn", shown_if: { own: [false] } }];
  const names = (typed) => due(fields, typed).map((one) => one.name);
  assert.deepEqual(names({ figure: "wait", own: true, warn: "" }), ["figure", "own"]);
  assert.deepEqual(names({ figure: "wait", own: false, warn: "" }), ["figure", "own", "warn"]);
  assert.deepEqual(names({ figure: "ready", own: true, warn: "" }), ["figure", "warn"]);
});
test("all is sent, or what is filled in, or what was changed with what goes with it", () => {
  const fields = [{ name: "note" }, { name: "longitude", goes_with: "latitude" }, { name: "latitude" }];
  const begun = { note: "as it was", longitude: "120.12", latitude: "30.01" };
  const names = (only, typed) => wanted(fields, only, { ...begun, ...typed }, begun).map((one) => one.name);
  assert.deepEqual(names("", { note: "" }), ["note", "longitude", "latitude"]);
  assert.deepEqual(names("filled", { note: " " }), ["longitude", "latitude"]);
  assert.deepEqual(names("changed", {}), []);
  for (const moved of [{ longitude: "120" }, { latitude: "30" }]) assert.deepEqual(names("changed", moved), ["longitude", "latitude"]);
});
test("what may be chosen hangs on what was chosen elsewhere", () => {
  const own = [["", "nobody"]], team = [["li", "Li"]], field = { name: "assignee", options: own, options_of: { site: { east: team } } };
  assert.equal(options(field, { site: "east" }), team);
  assert.equal(options(field, { site: "west" }), own);
});
