// What is always in sight: slider and balance together, and the way back from a study. Where they are
// not, an element moves to the bottom edge, by style alone: it stays where it is in the document, so
// that it keeps the focus, and there is one slider for everybody.

import { element } from "./elements.js";

/** How much of an element is to be seen. */
const IN_SIGHT = 0.95;

/** Keep the slider in sight from now on, and the way back from a study. */
export function watchTimeBar() {
  watch("bar", [element("balance"), element("time-bar-home")], "docked");
  watch("sign", [element("study")], "away");
}

/**
 * Say on the root element whether all of some elements are in sight: "home", or otherwise `away`.
 *
 * @param {string} name
 * @param {Element[]} watched
 * @param {string} away
 */
function watch(name, watched, away) {
  /** @type {Set<Element>} */
  const inSight = new Set();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries) {
        if (intersectionRatio > IN_SIGHT) inSight.add(target);
        else inSight.delete(target);
      }
      const isWhole = inSight.size === watched.length;
      document.documentElement.dataset[name] = isWhole ? "home" : away;
    },
    { threshold: [0, IN_SIGHT, 1] },
  );
  for (const target of watched) observer.observe(target);
}
