// Scrolling a long ledger.

import { send } from "./gestures.js";
import { keepInPlace } from "./rows.js";
import { rowsInSight } from "./sight.js";

// Of a long ledger only the rows in sight exist; scrolling asks for others.
document.addEventListener(
  "scroll",
  ({ target: box }) => {
    if (!(box instanceof Element)) return;
    /** @type {HTMLElement | null} */
    const rows = box.querySelector("ol[data-rows-shown]");
    /** @type {HTMLElement | null | undefined} */
    const row = rows?.querySelector(":scope > li");
    const height = row?.offsetHeight;
    if (!rows?.dataset.rowsShown || !height) return;
    const sight = rowsInSight(rows.dataset.rowsShown, box.scrollTop / height, box.clientHeight / height);
    if (!sight) return;
    keepInPlace(box, sight.first, box.scrollTop % height, sight.isExact);
    send("scroll-ledger", { middle: String(sight.middle) }, rows);
  },
  { capture: true, passive: true },
);
