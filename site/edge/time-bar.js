// The time bar: slider and balance are always in sight together. Where they are not, the slider's
// own element moves to the bottom edge, by style alone: it stays where it is in the document, so
// that it keeps the focus, and there is one slider for everybody.

import { element } from "./elements.js";

/** Keep the slider in sight from now on. */
export function watchTimeBar() {
  const watched = [element("balance"), element("time-bar-home")];
  /** @type {Set<Element>} */
  const inSight = new Set();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries) {
        if (intersectionRatio > 0.95) inSight.add(target);
        else inSight.delete(target);
      }
      const isWhole = inSight.size === watched.length;
      document.documentElement.dataset.bar = isWhole ? "home" : "docked";
    },
    { threshold: [0, 0.95, 1] },
  );
  for (const target of watched) observer.observe(target);
}
