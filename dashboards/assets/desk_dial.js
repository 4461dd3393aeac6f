/* The box to call out. */
import { dom } from "./dom.js";
import { live } from "./live.js";
import { phone } from "./phone.js";
import { desk } from "./desk.js";

const box = () => desk.box("dial").querySelector("input");

function start() {
  const label = desk.words.number_target.replace("{number}", "");
  desk.box("dial").replaceChildren(dom.make("input", null, { class: "field", inputmode: "tel", maxlength: "20", "aria-label": label }));
}
function render({ row, mode }) {
  const free = mode === "idle" && Boolean(row && row.registered);
  dom.set(desk.root.querySelector("[data-dial]"), "disabled", free ? null : "");
}
function callOut() {
  const number = box().value.replace(/[\s-]/g, "");
  if (!number) { phone.complain("dial", desk.words.dial_first); return; }
  phone.attempt("dial", async () => {
    await live.ask("POST", "/api/v1/calls", { from_extension: phone.me.extension, to: number });
    box().value = "";
  });
}
document.addEventListener("submit", (event) => {
  if (!desk.here() || !event.target.matches("[data-dial-form]")) return;
  event.preventDefault();
  callOut();
});
desk.parts.push({ start, render });
