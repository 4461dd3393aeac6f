import assert from "node:assert/strict";
import { test } from "node:test";

const { coloured } = await import("../../../dashboards/assets/figures.js");

test("names of properties become their values, wherever they stand, and nothing else is touched", () => {
  const figure = { data: [{ line: { color: "var(--accent)", width: 2 }, y: [1, null, 3], marker: { color: ["var(--bad)", "red"] } }], layout: { title: "var of (--x)" } };
  assert.deepEqual(coloured(figure, (name) => `<${name}>`), {
    data: [{ line: { color: "<--accent>", width: 2 }, y: [1, null, 3], marker: { color: ["<--bad>", "red"] } }],
    layout: { title: "var of (--x)" },
  });
});
