// Paper: the ledger as a table that exists while the page is printed, and at no other time.
//
// A browser prints at once and asks nobody, so its rows are handed over before (on_paper.py).

import { element } from "./elements.js";

/** What Python may ask of paper. */
export const calls = { paper, print };

/** @type {string[][]} a row an event, a text a column */
const rows = [];

/**
 * Take in the rows from one on; what stood there before is gone.
 *
 * @param {number} first
 * @param {string[][]} more
 */
function paper(first, more) {
  rows.length = first;
  rows.push(...more);
}

function print() {
  window.print();
}

window.addEventListener("beforeprint", () => {
  // Rows of a ledger that has grown since would be a part that looks like the whole.
  const slider = element("slider");
  if (!(slider instanceof HTMLInputElement) || rows.length !== Number(slider.max)) return;
  element("paper-rows").replaceChildren(...rows.map(row));
});

window.addEventListener("afterprint", () => element("paper-rows").replaceChildren());

/** @param {string[]} texts */
function row(texts) {
  const made = document.createElement("tr");
  for (const text of texts) made.insertCell().textContent = text;
  return made;
}
