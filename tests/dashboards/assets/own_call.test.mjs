import assert from "node:assert/strict";
import { test } from "node:test";

import { keysOf, otherEnd, ownCall, secondRinging } from "../../../dashboards/assets/own_call.js";

const seat = (extension, state, call_id = null) => [extension, { extension, state, call_id }];
const call = (id, state, more = {}) => [id, { id, state, direction: "inbound", caller: "13900000042", did: "96001", agent: "8001", ...more }];
const floor = (agents, calls) => ({ queues: new Map(), agents: new Map(agents), calls: new Map(calls) });
const of = (agents, calls, asked = null, now = 0) => ownCall(floor(agents, calls), "8001", asked, now);
const answered = { answered_at: "2026-11-30T01:00:00Z" };

const WHAT_GOES_ON = [
  ["nothing", [seat("8001", "ready")], [], "idle", {}],
  ["a call rings", [seat("8001", "ringing", "c1")], [call("c1", "ringing")], "ringing", { F1: "answer" }],
  ["we dial", [seat("8001", "talking", "c1")], [call("c1", "ringing", { direction: "outbound" })], "dialling", { F9: "hangup" }],
  ["we talk", [seat("8001", "talking", "c1")], [call("c1", "talking", answered)], "talking", { F2: "hold", F3: "transfer", F4: "consult", F9: "hangup" }],
  ["it is on hold", [seat("8001", "hold", "c1")], [call("c1", "held", answered)], "hold", { F2: "resume", F3: "transfer", F4: "consult", F9: "hangup" }],
  ["a colleague is rung", [seat("8001", "hold", "c1"), seat("8002", "ringing", "c1")], [call("c1", "held", answered)], "consult_rings", { F2: "back" }],
  ["a colleague is asked", [seat("8001", "hold", "c1"), seat("8002", "talking", "c1")], [call("c1", "held", answered)], "consulting", { F2: "back", F3: "complete", F4: "conference_now" }],
  ["three talk", [seat("8001", "talking", "c1"), seat("8002", "talking", "c1")], [call("c1", "talking", answered)], "conference", { F9: "hangup" }],
  ["we are asked", [seat("8001", "talking", "c1")], [call("c1", "held", { ...answered, agent: "8002" })], "asked", {}],
  ["the call is over", [seat("8001", "wrap_up", "c1")], [], "wrap_up", { F10: "finish" }],
  ["somebody else talks", [seat("8001", "ready"), seat("8002", "talking", "c1")], [call("c1", "talking", { agent: "8002" })], "idle", {}],
];
for (const [what, agents, calls, mode, keys] of WHAT_GOES_ON) {
  test(`the keys when ${what}`, () => {
    const own = of(agents, calls);
    assert.equal(own.mode, mode);
    assert.deepEqual(keysOf(own), keys);
  });
}
test("whom we rang is being rung until the rows say so, and not for ever", () => {
  const agents = [seat("8001", "hold", "c1")], calls = [call("c1", "held", answered)], asked = { call: "c1", target: "queue:general", at: 0 };
  assert.equal(of(agents, calls, asked, 1000).mode, "consult_rings");
  assert.equal(of(agents, calls, asked, 60000).mode, "hold");
  assert.equal(of(agents, calls, { ...asked, call: "c0" }, 1000).mode, "hold");
});
test("a second call that rings is answered by the first key, and the one in hand stays in hand", () => {
  const own = of([seat("8001", "talking", "c1")], [call("c2", "ringing"), call("c1", "talking", answered)]);
  assert.equal(own.call.id, "c1");
  assert.equal(secondRinging(own).id, "c2");
  assert.equal(keysOf(own).F1, "hold_answer");
});
test("the other end is the caller, and whom we call", () => {
  assert.equal(otherEnd(call("c1", "talking")[1], "8001"), "13900000042");
  assert.equal(otherEnd(call("c1", "talking", { direction: "outbound", did: "13900000043" })[1], "8001"), "13900000043");
  assert.equal(otherEnd(call("c1", "talking", { direction: "internal", caller: "8001", did: "8002" })[1], "8001"), "8002");
});
test("who has no seat and no call is offline", () => {
  assert.deepEqual({ ...of([], []), others: 0 }, { row: null, call: null, others: 0, seat: "offline", mode: "idle" });
});
