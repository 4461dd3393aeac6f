import assert from "node:assert/strict";
import { test } from "node:test";
import { drafts } from "../../../dashboards/assets/drafts.js";

/* As the browser's: its keys are its own properties. */
function storage(start = {}) {
  const made = Object.create({
    getItem(key) { return key in this ? this[key] : null; },
    setItem(key, value) { this[key] = value; },
    removeItem(key) { delete this[key]; },
  });
  return Object.assign(made, start);
}
const DAY = 86400000;

test("what was typed is there again for whoever typed it, and for nobody else", () => {
  const kept = storage();
  drafts(kept, "wang", () => 0).keep("261125-0001-note", { note: "阀门" });
  assert.deepEqual(drafts(kept, "wang", () => DAY).read("261125-0001-note"), { note: "阀门" });
  assert.deepEqual(drafts(kept, "li", () => DAY).read("261125-0001-note"), {});
  assert.deepEqual(drafts(kept, "wang", () => DAY).read("261125-0002-note"), {});
});
test("nothing typed is no draft, and what was sent is none any more", () => {
  const kept = storage(), mine = drafts(kept, "wang", () => 0);
  mine.keep("a", { note: "x" });
  mine.keep("a", {});
  mine.keep("b", { note: "x" });
  mine.forget("b");
  assert.deepEqual(Object.keys(kept), []);
});
test("after a week nobody means it any more, whosever it was; what is no draft is left alone", () => {
  const kept = storage({ scheme: "dark", "draft/zhao/broken": "{" });
  drafts(kept, "wang", () => 0).keep("a", { note: "x" });
  drafts(kept, "wang", () => 5 * DAY).keep("b", { note: "y" });
  drafts(kept, "li", () => 8 * DAY);
  assert.deepEqual(Object.keys(kept).sort(), ["draft/wang/b", "scheme"]);
});
