import assert from "node:assert/strict";
import { test } from "node:test";

const { quarter } = await import("../../../dashboards/assets/wall_chart.js");

test("each bar of an hour that comes twice opens its own quarter", () => {
  const quarters = ["2026-10-25 02:45+02:00", "2026-10-25 02:00+01:00", "2026-10-25 02:15+01:00"];
  const asked = (n) => Object.fromEntries(new URL(quarter(quarters, n), "http://wall").searchParams);
  assert.deepEqual(asked(0), { from: "2026-10-25 02:45+02:00", to: "2026-10-25 02:00+01:00", direction: "inbound" });
  assert.deepEqual(asked(1), { from: "2026-10-25 02:00+01:00", to: "2026-10-25 02:15+01:00", direction: "inbound" });
});
