/* A supervisor's ear and voice in the browser: a websocket and an audio worklet. window.hotlineListen. */
(function () {
  "use strict";
  let socket = null, context = null, node = null, microphone = null;

  const api = {
    possible: () => window.isSecureContext && typeof AudioWorkletNode !== "undefined",
    on: () => socket !== null,
    /* Called from a click, so that the browser lets sound begin. ended() once, whoever ends it. */
    async start(path, ended) {
      await api.stop();
      context = new AudioContext({ latencyHint: "interactive" });
      await context.audioWorklet.addModule("/res/listen.js");
      node = new AudioWorkletNode(context, "hotline-line", { numberOfInputs: 1, numberOfOutputs: 1, outputChannelCount: [1] });
      node.connect(context.destination);
      const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`);
      mine.binaryType = "arraybuffer";
      socket = mine;
      /* The first four bytes count the frames. */
      mine.onmessage = (event) => { if (node) { const voice = event.data.slice(4); node.port.postMessage(voice, [voice]); } };
      mine.onclose = (event) => { if (mine === socket) { socket = null; quiet(); } ended(event.reason); };
      node.port.onmessage = (event) => { if (socket && socket.readyState === 1 && microphone) socket.send(event.data); };
      await context.resume();
    },
    /* Opens the microphone for whisper and barge, closes it for listening; false when there is none. */
    async speak(on) {
      if (on === Boolean(microphone)) return true;
      if (!on) { silence(); return true; }
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
        if (!node) { stream.getTracks().forEach((track) => track.stop()); return true; }
        microphone = { stream, source: context.createMediaStreamSource(stream) };
        microphone.source.connect(node);
        return true;
      } catch (_) { return false; }
    },
    async stop() {
      const mine = socket;
      socket = null;
      if (mine) mine.close();
      quiet();
    },
  };
  function silence() {
    if (!microphone) return;
    microphone.source.disconnect();
    microphone.stream.getTracks().forEach((track) => track.stop());
    microphone = null;
  }
  function quiet() {
    silence();
    if (node) { node.disconnect(); node = null; }
    if (context) { context.close(); context = null; }
  }
  window.hotlineListen = api;
})();
