/* A telephone line's voice: µ-law (ITU-T G.711) to samples and back, 8000 a second, and what evens out how it arrives.
   Samples are -1 … 1 at the device's rate. No device in here. */
export const FRAME = 160;
const LINE_RATE = 8000, START_AT = 640, LONGEST = 1920, RING = 8192;

const DECODED = Float32Array.from({ length: 256 }, (_, code) => {
  const u = ~code & 0xff, magnitude = ((((u & 0x0f) << 3) + 0x84) << ((u & 0x70) >> 4)) - 0x84;
  return (u & 0x80 ? -magnitude : magnitude) / 32768;
});
/** @param {number} code 0 … 255 */
export const decode = (code) => DECODED[code];
/** @param {number} value -1 … 1 @returns {number} 0 … 255 */
export function encode(value) {
  const sample = Math.max(-32635, Math.min(32635, Math.round(value * 32768)));
  const magnitude = Math.abs(sample) + 132, exponent = Math.floor(Math.log2(magnitude)) - 7;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

/* What arrived and was not played yet: 80 ms before it begins, at most 240 ms. */
export class JitterBuffer {
  /** @param {number} rate samples a second of the device */
  constructor(rate) {
    this.rate = rate;
    this.ring = new Float32Array(RING);
    this.put = this.take = 0;
    this.playing = false;
    this.at = 0;
    this.underruns = 0;
  }
  get waiting() { return this.put - this.take; }
  /** @param {Iterable<number>} codes µ-law */
  arrived(codes) {
    for (const code of codes) this.ring[this.put++ & (RING - 1)] = DECODED[code];
    /* Late voice is worth less than voice now. */
    if (this.waiting > LONGEST) this.take = this.put - START_AT;
  }
  /** @param {Float32Array} out is filled, with silence where there is nothing */
  play(out) {
    if (!this.playing && this.waiting >= START_AT) { this.playing = true; this.at = 0; }
    /* The two clocks drift: a little faster when the buffer grows, a little slower when it shrinks. */
    const drift = Math.max(-0.005, Math.min(0.005, (this.waiting - START_AT) / START_AT * 0.005));
    const step = LINE_RATE / this.rate * (1 + drift);
    for (let n = 0; n < out.length; n += 1) {
      if (this.playing && this.waiting < 2) { this.playing = false; this.underruns += 1; }
      if (!this.playing) { out[n] = 0; continue; }
      const a = this.ring[this.take & (RING - 1)], b = this.ring[(this.take + 1) & (RING - 1)];
      out[n] = a + (b - a) * this.at;
      this.at += step;
      while (this.at >= 1) { this.at -= 1; this.take += 1; }
    }
  }
}

/* The mean of the device's samples over one of the line's: a plain low pass that is enough for a telephone. */
export class Framer {
  /** @param {number} rate samples a second of the device @param {(frame: Uint8Array) => void} send gets 20 ms of µ-law */
  constructor(rate, send) {
    this.rate = rate;
    this.send = send;
    this.out = new Uint8Array(FRAME);
    this.filled = 0;
    this.sum = this.count = this.phase = 0;
  }
  /** @param {Iterable<number>} samples */
  take(samples) {
    for (const sample of samples) {
      this.sum += sample; this.count += 1; this.phase += LINE_RATE;
      if (this.phase < this.rate) continue;
      this.phase -= this.rate;
      this.out[this.filled++] = encode(this.sum / this.count);
      this.sum = this.count = 0;
      if (this.filled === FRAME) { this.send(this.out.slice()); this.filled = 0; }
    }
  }
}
