import assert from "node:assert/strict";
import { test } from "node:test";

const told = { language: "zh_CN", timezone: "Asia/Shanghai", words: { just_now: "刚刚", minutes_ago: "{n} 分钟前", broken: "出错", failed: "未能完成", unreachable: "连不上" } };
globalThis.document = { getElementById: (id) => (id === "about" ? { dataset: { about: JSON.stringify(told) } } : null) };
const { text } = await import("../../../dashboards/assets/text.js");

test("durations are minutes and seconds, hours from the first on, and a dash where there is none", () => {
  const said = { 0: "0:00", 9: "0:09", 59.9: "0:59", 60: "1:00", 3599: "59:59", 3600: "1:00:00", 90061: "25:01:01" };
  for (const [seconds, written] of Object.entries(said)) assert.equal(text.duration(Number(seconds)), written);
  for (const none of [null, undefined, NaN, "long"]) assert.equal(text.duration(none), "—");
});
test("numbers and shares", () => {
  assert.equal(text.count(1234567), "1,234,567");
  assert.equal(text.count(0), "0");
  assert.equal(text.count(null), "—");
  assert.equal(text.percent(0.8), "80.0");
  assert.equal(text.percent(1), "100.0");
  assert.equal(text.percent(undefined), "—");
});
test("times are the site's, whatever the browser's zone", () => {
  const at = new Date("2026-11-25T16:30:05Z");
  assert.equal(text.clock(at), "00:30");
  assert.equal(text.clock(at, true), "00:30:05");
  assert.equal(text.day(at), "2026-11-26");
  assert.equal(text.second(at), "2026-11-26 00:30:05");
  assert.equal(text.clock(null), "—");
});
test("another day's time has its date, and within the hour its age is said besides", () => {
  const at = new Date("2026-11-25T15:59:00Z"), hour = 3600000;
  assert.equal(text.when(at, at.getTime() + 30000), "23:59:00");
  assert.equal(text.when(at, at.getTime() + hour), "11-25 23:59:00");
  assert.equal(text.ago(at, at.getTime() + 59000), "刚刚");
  assert.equal(text.ago(at, at.getTime() + 59 * 60000), "59 分钟前");
  assert.equal(text.ago(at, at.getTime() + hour), "");
  assert.equal(text.ago(at, at.getTime() - 1000), "");
});
test("only names that there are get filled in", () => {
  assert.equal(text.fill("{n} of {all}, {n}", { n: 0 }), "0 of {all}, 0");
});
test("a mobile number stands in three parts, stars and all", () => {
  assert.equal(text.phone("13900000159"), "139 0000 0159");
  assert.equal(text.phone("139****0159"), "139 **** 0159");
  assert.equal(text.phone("8001"), "8001");
  assert.equal(text.phone(""), "—");
});
test("a reason in the office's own words is shown, a code without a word is not", () => {
  assert.equal(text.reason("no_answer", { code_no_answer: "无人接听" }), "无人接听");
  assert.equal(text.reason("not_known", {}), "");
  assert.equal(text.reason("外呼回访"), "外呼回访");
  assert.equal(text.reason(null), "");
});
test("what went wrong is the server's words with its remedy, and never a program's", () => {
  const said = (data, status = 422) => text.problem({ data, status });
  assert.equal(said({ detail: "话机 8001 未注册。", remedy: "请打开话机。" }), "话机 8001 未注册。 请打开话机。");
  assert.equal(said({ detail: "未注册,请打开话机。", remedy: "请打开话机。" }), "未注册,请打开话机。");
  assert.equal(said({ title: "冲突" }, 409), "冲突");
  assert.equal(said({}, 502), "未能完成");
  assert.equal(text.problem({ data: {}, status: 0 }), "连不上");
  assert.equal(text.problem(new TypeError("Cannot read properties of undefined")), "出错");
});
