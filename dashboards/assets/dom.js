/* Small helpers for elements that scripts own; nothing is touched that did not change. */
const SVG = "http://www.w3.org/2000/svg";
export const dom = {
  /**
   * @param {string} tag
   * @param {string | (Node | string | null | undefined)[] | null} [content]
   * @param {Record<string, any> | null} [attributes] what is undefined is none
   * @returns {any} the element, of whichever kind the tag says
   */
  make(tag, content, attributes) {
    const element = document.createElement(tag);
    if (Array.isArray(content)) element.append(...content.filter((one) => one !== null && one !== undefined));
    else if (content !== undefined && content !== null) element.textContent = content;
    for (const [key, value] of Object.entries(attributes || {})) if (value !== undefined) element.setAttribute(key, value);
    return element;
  },
  /**
   * A part of a drawing, at the end of its parent.
   * @param {string} name
   * @param {Record<string, any>} attributes what is undefined is none
   * @param {Element | null} [parent]
   * @param {string | number} [content]
   * @returns {any} the element, of whichever kind the name says
   */
  svg(name, attributes, parent, content) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
    if (content !== undefined) element.textContent = String(content);
    parent?.appendChild(element);
    return element;
  },
  /** @param {string} key @param {string} content @param {ParentNode | null} [root] */
  write(key, content, root) {
    for (const element of (root || document).querySelectorAll(`[data-live="${key}"]`)) {
      if (element.textContent !== content) element.textContent = content;
    }
  },
  /** @param {Element | null | undefined} element @param {string} name @param {any} value nothing takes the attribute away */
  set(element, name, value) {
    if (!element) return;
    if (value === null || value === undefined || value === false) { if (element.hasAttribute(name)) element.removeAttribute(name); return; }
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  },
  /**
   * One child for each item, and the same one as long as the item is there: what acts on an item must never change under
   * the hand that is on it.
   * @template Item
   * @param {Element} holder
   * @param {Item[]} items
   * @param {(item: Item) => unknown} keyOf
   * @param {() => HTMLElement} make
   * @param {(element: any, item: Item, n: number) => void} fill
   */
  keyed(holder, items, keyOf, make, fill) {
    const known = new Map([...holder.children].map((child) => [child.dataset.key, /** @type {HTMLElement} */ (child)]));
    items.forEach((item, n) => {
      const key = String(keyOf(item));
      let child = known.get(key);
      if (!child) { child = make(); child.dataset.key = key; }
      known.delete(key);
      if (holder.children[n] !== child) {
        const focused = child.contains(document.activeElement) ? document.activeElement : null;
        holder.insertBefore(child, holder.children[n] || null);
        if (focused && document.activeElement !== focused) /** @type {HTMLElement} */ (focused).focus({ preventScroll: true });
      }
      fill(child, item, n);
    });
    for (const child of known.values()) child.remove();
  },
  /**
   * As many children as there are items.
   * @template Item
   * @param {Element} holder
   * @param {Item[]} items
   * @param {() => Element} make
   * @param {(element: any, item: Item, n: number) => void} fill
   */
  list(holder, items, make, fill) {
    while (holder.childElementCount > items.length) holder.lastElementChild?.remove();
    while (holder.childElementCount < items.length) holder.appendChild(make());
    items.forEach((item, n) => fill(holder.children[n], item, n));
  },
};
