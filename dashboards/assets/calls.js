/* Playback of a call's recording: WaveSurfer on the peaks of the server, so that nothing is decoded in the browser. */
(function () {
  "use strict";
  let wave = null, box = null;
  const live = window.hotlineLive;
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  async function mount(element) {
    box = element;
    const id = element.dataset.call;
    const peaks = await live.ask("GET", `/api/v1/calls/${id}/peaks`);
    if (box !== element || !window.WaveSurfer) return;
    const channel = (color) => ({ waveColor: color, progressColor: css("--accent"), height: 70 });
    wave = window.WaveSurfer.create({
      container: element,
      media: Object.assign(new Audio(`/api/v1/calls/${id}/recording`), { preload: "metadata" }),
      peaks: [peaks.left, peaks.right],
      duration: peaks.duration,
      splitChannels: [channel(css("--text3")), channel(css("--context"))],
      cursorColor: css("--text"), barWidth: 2, barGap: 1,
    });
    const time = () => live.write("wave-time", `${live.duration(wave.getCurrentTime())} / ${live.duration(peaks.duration)}`);
    wave.on("timeupdate", time);
    time();
    element.dataset.ready = "1";
  }
  function look() {
    const element = document.getElementById("wave");
    if (element === box) return;
    if (wave) { wave.destroy(); wave = null; }
    box = element;
    if (element) mount(element).catch((problem) => { element.textContent = problem.message; });
  }
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-wave],[data-wave-rate]");
    if (!target || !wave) return;
    if (target.dataset.wave === "toggle") wave.playPause();
    if (target.dataset.waveRate) wave.setPlaybackRate(Number(target.dataset.waveRate), true);
  });
  document.addEventListener("keydown", (event) => {
    if (!wave || event.target.closest("input,textarea,select,button")) return;
    if (event.key === " ") { event.preventDefault(); wave.playPause(); }
    if (event.key === "ArrowLeft") wave.skip(-3);
    if (event.key === "ArrowRight") wave.skip(3);
  });
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  look();
})();
