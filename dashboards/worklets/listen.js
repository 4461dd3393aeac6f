/* A supervisor's line inside the audio thread: 20 ms of µ-law in and out (ITU-T G.711), resampled to the device's rate. */
"use strict";
const FRAME = 160, LINE_RATE = 8000, START_AT = 640, LONGEST = 1920;
const DECODE = Float32Array.from({ length: 256 }, (_, code) => {
  const u = ~code & 0xff, magnitude = ((((u & 0x0f) << 3) + 0x84) << ((u & 0x70) >> 4)) - 0x84;
  return (u & 0x80 ? -magnitude : magnitude) / 32768;
});
function encode(value) {
  const sample = Math.max(-32635, Math.min(32635, Math.round(value * 32768)));
  const magnitude = Math.abs(sample) + 132, exponent = Math.floor(Math.log2(magnitude)) - 7;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

class Line extends AudioWorkletProcessor {
  constructor() {
    super();
    this.ring = new Float32Array(8192);
    this.put = this.take = 0;
    this.playing = false;
    this.at = 0;
    this.out = new Uint8Array(FRAME);
    this.filled = 0;
    this.sum = this.count = this.phase = 0;
    this.underruns = 0;
    this.port.onmessage = (event) => this.arrived(new Uint8Array(event.data));
  }
  get waiting() { return this.put - this.take; }
  arrived(codes) {
    for (const code of codes) this.ring[this.put++ & 8191] = DECODE[code];
    /* Late voice is worth less than voice now. */
    if (this.waiting > LONGEST) this.take = this.put - START_AT;
  }
  process(inputs, outputs) {
    this.hear(outputs[0]);
    if (inputs[0] && inputs[0][0]) this.speak(inputs[0][0]);
    return true;
  }
  hear(channels) {
    const first = channels[0];
    if (!this.playing && this.waiting >= START_AT) { this.playing = true; this.at = 0; }
    /* The two clocks drift: a little faster when the buffer grows, a little slower when it shrinks. */
    const drift = Math.max(-0.005, Math.min(0.005, (this.waiting - START_AT) / START_AT * 0.005));
    const step = LINE_RATE / sampleRate * (1 + drift);
    for (let n = 0; n < first.length; n += 1) {
      if (this.playing && this.waiting < 2) { this.playing = false; this.underruns += 1; }
      if (!this.playing) { first[n] = 0; continue; }
      const a = this.ring[this.take & 8191], b = this.ring[(this.take + 1) & 8191];
      first[n] = a + (b - a) * this.at;
      this.at += step;
      while (this.at >= 1) { this.at -= 1; this.take += 1; }
    }
    for (let n = 1; n < channels.length; n += 1) channels[n].set(first);
  }
  /* The mean of the device's samples over one of the line's: a plain low pass that is enough for a telephone. */
  speak(samples) {
    for (const sample of samples) {
      this.sum += sample; this.count += 1; this.phase += LINE_RATE;
      if (this.phase < sampleRate) continue;
      this.phase -= sampleRate;
      this.out[this.filled++] = encode(this.sum / this.count);
      this.sum = this.count = 0;
      if (this.filled === FRAME) { this.port.postMessage(this.out.slice().buffer); this.filled = 0; }
    }
  }
}
registerProcessor("hotline-line", Line);
