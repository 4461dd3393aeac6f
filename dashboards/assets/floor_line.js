/* A supervisor's line inside the audio thread: 20 ms of µ-law in and out. */
import { Framer, JitterBuffer } from "./pcm.js";

class Line extends AudioWorkletProcessor {
  constructor() {
    super();
    this.heard = new JitterBuffer(sampleRate);
    this.spoken = new Framer(sampleRate, (frame) => this.port.postMessage(frame.buffer));
    this.port.onmessage = (event) => this.heard.arrived(new Uint8Array(event.data));
  }
  process(inputs, outputs) {
    const [first, ...others] = outputs[0];
    this.heard.play(first);
    for (const channel of others) channel.set(first);
    if (inputs[0] && inputs[0][0]) this.spoken.take(inputs[0][0]);
    return true;
  }
}
registerProcessor("hotline-line", Line);
