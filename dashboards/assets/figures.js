/* Figures in the colours of the scheme: the server names the stylesheet's properties, their values are put in here. */
const NAMED = /^var\((--[\w-]+)\)$/;

/** @param {any} part @param {(name: string) => string} value @returns {any} the part with values for names */
export function coloured(part, value) {
  if (typeof part === "string") {
    const found = NAMED.exec(part);
    return found ? value(found[1]) : part;
  }
  if (Array.isArray(part)) return part.map((one) => coloured(one, value));
  if (part && typeof part === "object") return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, coloured(one, value)]));
  return part;
}

if (typeof window !== "undefined") {
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.figures = {
    /** @param {object | undefined} figure */
    drawn(figure) {
      if (!figure) return { data: [], layout: {} };
      const style = getComputedStyle(document.documentElement);
      return coloured(figure, (name) => style.getPropertyValue(name).trim());
    },
  };
  document.addEventListener("hotline:scheme", () => {
    for (const one of document.querySelectorAll("[data-figure]"))
      window.dash_clientside.set_props?.({ type: "figure-scheme", name: one.dataset.figure }, { data: Date.now() });
  });
}
