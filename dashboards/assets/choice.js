/* A native choice that Dash's functions read (components/choice.py): the store that it names takes what is chosen. */
document.addEventListener("change", (event) => {
  const chosen = /** @type {HTMLSelectElement} */ (event.target), store = chosen?.dataset?.sets;
  if (store) window.dash_clientside.set_props?.(JSON.parse(store), { data: chosen.value });
});
