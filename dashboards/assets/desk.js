/* The agent's desk: what it adds to one's own phone. Other files of the desk add their parts to it. */
import { text } from "./text.js";
import { dom } from "./dom.js";
import { live } from "./live.js";
import { phone } from "./phone.js";

const TODAY_EVERY_MS = 20000;
let todayAsked = 0;

export const desk = {
  /* The last desk that was there: what answers late writes into one that is gone, and does no harm. */
  root: null, me: null, words: null, parts: [],
  /* Parts of the form: show(draft) puts a draft into their fields, read() gives what stands in them. */
  fields: [],
  /* Whether it is on the page at this moment, not only when the page was drawn last: keys come in between. */
  here: () => Boolean(desk.root && document.contains(desk.root)),
  box: (name) => desk.root.querySelector(`[data-box="${name}"]`),
  say: (pattern, values) => text.fill(desk.words[pattern], values || {}),
  /* What keys of the phone need of the desk. */
  target: () => "",
  needTarget: () => {},
  finish: () => {},
  /* Asks for the caller and the orders once more. */
  refresh: () => {},
};

function start(element) {
  desk.root = element.closest(".desk");
  desk.me = JSON.parse(element.dataset.desk);
  desk.words = desk.me.words;
  phone.desk = desk;
  todayAsked = 0;
  for (const part of desk.parts) if (part.start) part.start();
}
function render(now) {
  const element = document.getElementById("desk-about");
  if (!element) return;
  if (!desk.here()) start(element);
  dom.set(desk.root, "data-fresh", live.freshness());
  for (const part of desk.parts) if (part.render) part.render(now);
  if (Date.now() - todayAsked > TODAY_EVERY_MS) today();
}
async function today() {
  todayAsked = Date.now();
  const day = await live.ask("GET", "/api/v1/desk/today").catch(() => null);
  const some = day && day.handled ? desk.say("today", { n: day.handled, time: text.duration(day.mean_handling_s) }) : desk.words.today_none;
  dom.write("desk-today", day ? some : text.none);
}
phone.subscribe(render);
