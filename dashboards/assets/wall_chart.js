/* Arrivals of the day: plotly draws the server's figure, which is made for a wall of 1920 × 1080 and scaled to this one. */
import { dom } from "./dom.js";

const CONFIG = { displayModeBar: false, doubleClick: false, scrollZoom: false };

/** Each bar opens its quarter hour; the keyboard reaches the whole day by the chart's title.
 * @param {HTMLElement} box @param {{chart: {data: object[], layout: object} | null, today: {quarters: string[]}}} day
 * @param {Record<string, any>} words @param {boolean} opens */
export function chart(box, day, words, opens) {
  // The next figures come in seconds: by then it is there.
  if (!window.Plotly || !box.clientWidth) return;
  const scale = Math.min(window.innerHeight / 1080, window.innerWidth / 1920), width = box.clientWidth / scale, height = box.clientHeight / scale;
  const key = JSON.stringify([day.chart, width, height]);
  if (box.dataset.drawn === key) return;
  box.dataset.drawn = key;
  if (!day.chart) { box.replaceChildren(words.no_calls); return; }
  /** @type {any} */
  const drawn = box.firstElementChild || dom.make("div");
  if (!drawn.isConnected) box.replaceChildren(drawn);
  Object.assign(drawn.style, { width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` });
  window.Plotly.react(drawn, day.chart.data, { ...day.chart.layout, width, height }, CONFIG);
  drawn.removeAllListeners("plotly_click");
  if (opens) drawn.on("plotly_click", ({ points: [{ pointNumber: n }] }) => location.assign(quarter(day.today.quarters, n)));
}

/** @param {string[]} quarters the beginnings, and the day's end @param {number} n */
export const quarter = (quarters, n) => `/calls?${new URLSearchParams({ from: quarters[n], to: quarters[n + 1], direction: "inbound" })}`;
