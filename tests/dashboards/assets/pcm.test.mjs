import assert from "node:assert/strict";
import { test } from "node:test";
import { FRAME, Framer, JitterBuffer, decode, encode } from "../../../dashboards/assets/pcm.js";

test("every code of G.711 comes back as itself, but for the second zero", () => {
  for (let code = 0; code < 256; code += 1) assert.equal(encode(decode(code)), code === 0x7f ? 0xff : code);
});
test("the ends of the scale are those of the standard, and what is louder is cut", () => {
  assert.equal(decode(0xff), 0);
  assert.equal(Math.round(decode(0x80) * 32768), 32124);
  assert.equal(Math.round(decode(0x00) * 32768), -32124);
  assert.equal(encode(5), 0x80);
  assert.equal(encode(-5), 0x00);
});
test("a code is never further from the sample than half of its step", () => {
  for (let n = -32000; n <= 32000; n += 37) {
    const value = n / 32768, step = Math.max(8, (Math.abs(n) + 132) / 16);
    assert.ok(Math.abs(decode(encode(value)) - value) * 32768 <= step, String(n));
  }
});

const codes = (count, value = 0.25) => new Uint8Array(count).fill(encode(value));
test("voice begins once 80 ms are there, and is silence before", () => {
  const buffer = new JitterBuffer(8000), out = new Float32Array(128);
  buffer.arrived(codes(639));
  buffer.play(out);
  assert.ok(out.every((one) => one === 0));
  buffer.arrived(codes(1));
  buffer.play(out);
  assert.ok(out.every((one) => Math.abs(one - 0.25) < 0.01));
});
test("late voice is dropped: what waits is never more than 240 ms", () => {
  const buffer = new JitterBuffer(48000);
  for (let n = 0; n < 40; n += 1) { buffer.arrived(codes(FRAME)); assert.ok(buffer.waiting <= 1920); }
  assert.ok(buffer.waiting >= 640);
});
test("a buffer that ran dry waits for 80 ms again and counts it", () => {
  const buffer = new JitterBuffer(8000), out = new Float32Array(1024);
  buffer.arrived(codes(640));
  buffer.play(out);
  assert.equal(buffer.underruns, 1);
  buffer.arrived(codes(200));
  buffer.play(out);
  assert.ok(out.every((one) => one === 0));
});
test("a device that is a little slow or fast is followed: nothing piles up, nothing runs dry", () => {
  for (const rate of [48000 * 0.999, 48000 * 1.001]) {
    const buffer = new JitterBuffer(48000), out = new Float32Array(rate / 50);
    for (let n = 0; n < 3000; n += 1) {
      buffer.arrived(codes(FRAME));
      buffer.play(out);
    }
    assert.equal(buffer.underruns, 0);
    assert.ok(buffer.waiting < 1920);
  }
});
test("a second of the device's samples becomes fifty frames of the line", () => {
  for (const rate of [16000, 44100, 48000]) {
    const frames = [], framer = new Framer(rate, (frame) => frames.push(frame));
    for (let n = 0; n < rate / 100; n += 1) framer.take(new Float32Array(100).fill(0.5));
    assert.equal(frames.length, 50);
    assert.ok(frames.every((frame) => frame.length === FRAME && frame.every((code) => Math.abs(decode(code) - 0.5) < 0.02)));
  }
});
