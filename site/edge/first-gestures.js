// What a person does before the page's scripts are there: kept, and done once they are. Without
// this a form would be sent by the browser, to nowhere, and a click would be lost.

/** The gestures, in order, of which gestures.js knows what becomes of them. */
const KINDS = ["click", "input", "change"];

/** Keep what is done from now on, until gestures.js takes it, unless that has come already. */
export function keepFirstGestures() {
  if (globalThis.esbankFirstGestures) return;
  /** @type {FirstGesture[]} */
  const kept = [];
  /** @param {Event} event */
  function keep(event) {
    if (!(event.target instanceof Element)) return;
    const control = event.target.closest("[data-gesture]");
    if (!(control instanceof HTMLElement)) return;
    const isPress = control instanceof HTMLButtonElement;
    if (isPress !== (event.type === "click")) return;
    if (isPress) event.preventDefault();
    kept.push({ event, control });
  }
  for (const kind of KINDS) document.addEventListener(kind, keep, { capture: true });
  globalThis.esbankFirstGestures = function taken() {
    for (const kind of KINDS) document.removeEventListener(kind, keep, { capture: true });
    return kept.splice(0);
  };
}
