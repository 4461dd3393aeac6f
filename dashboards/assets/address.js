/* What a page shows stands in its address: choices go there, and Dash draws the page anew for it. */
export const address = {
  /** @param {Record<string, string | null | undefined>} changes nothing takes a part away */
  go(changes) {
    const next = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(changes))
      if (value === null || value === undefined || value === "") next.delete(key);
      else next.set(key, value);
    const query = next.toString();
    address.to(location.pathname + (query ? `?${query}` : ""));
  },
  /** @param {string} href an address of the same page */
  to(href) {
    history.pushState(history.state, "", href);
    // What Dash's own links say, too.
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  },
};
document.addEventListener("change", (event) => {
  const field = event.target, name = field?.dataset?.query;
  if (field && name) address.go({ [name]: field.value });
});
/* A link within the page, as Dash's own are. */
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = /** @type {HTMLElement | null} */ (event.target)?.closest("a[data-go]"), href = link?.getAttribute("href");
  if (!href) return;
  event.preventDefault();
  address.to(href);
});
