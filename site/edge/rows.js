// The ledger's rows under the keyboard: one Tab stop for all of them, arrow keys from there, and
// a focus that is not lost when the row that has it is scrolled out of sight and so out of the page.

import { element } from "./elements.js";
import { send } from "./gestures.js";

const BUTTON = "#ledger > li > button";

/** @type {Element | null} the one button that Tab stops at */
let stop = null;
/** The id of a button whose row is gone while it had the focus; the ledger keeps that for it. */
let away = "";
/** The id of a button that Python was asked to bring, and that will have the focus. */
let sought = "";

document.addEventListener("focusin", ({ target }) => {
  if (target instanceof Element && target.id === sought) sought = "";
  keepOneStop();
});

/**
 * Something in the page is about to go: if it has the focus and is a row, the ledger takes it.
 *
 * @param {Element} going
 */
export function beforeGoing(going) {
  const active = document.activeElement;
  if (!active?.matches(BUTTON) || !going.contains(active)) return;
  away = active.id;
  element("ledger-log").focus({ preventScroll: true });
}

/** Rows may have come: among them the one that the focus is kept for. */
export function afterPaint() {
  const back = away && document.getElementById(away);
  if (document.activeElement !== element("ledger-log")) away = "";
  else if (back) {
    back.focus({ preventScroll: true });
    away = "";
  }
  keepOneStop();
}

/** Tab stops at the row that has the focus, otherwise at that of the slider, or the first. */
function keepOneStop() {
  const active = document.activeElement;
  const next = active?.matches(BUTTON)
    ? active
    : (document.querySelector("#ledger > li[aria-current] > button") ??
      document.querySelector(BUTTON));
  if (next === stop) return;
  stop?.setAttribute("tabindex", "-1");
  next?.setAttribute("tabindex", "0");
  stop = next;
}

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (!(target instanceof Element) || event.altKey || event.ctrlKey || event.metaKey) return;
  const isRow = target.matches(BUTTON);
  if (!isRow && target.id !== "ledger-log") return;
  // Keys go on from where the last one leads to, even if that row is not here yet.
  const [part, place] = (sought || (isRow ? target.id : away)).split("-");
  const next = neighbour(part ?? "", Number(place), key);
  if (!next) return;
  event.preventDefault();
  go(...next);
});

/**
 * Where a key leads to from a button of a row: a part of a row, and which row.
 *
 * @param {string} part
 * @param {number} place
 * @param {string} key
 * @returns {[part: string, place: number] | null}
 */
function neighbour(part, place, key) {
  if (!place) return null;
  const last = Number(document.querySelector("#ledger > li")?.getAttribute("aria-setsize"));
  switch (key) {
    case "ArrowDown":
      return [part, Math.min(last, place + 1)];
    case "ArrowUp":
      return [part, Math.max(1, place - 1)];
    case "ArrowLeft":
      return ["jump", place];
    case "ArrowRight":
      return ["toggle", place];
    case "Home":
      return [part, 1];
    case "End":
      return [part, last];
    default:
      return null;
  }
}

/**
 * Put the focus on a part of a row; of a long ledger Python brings the row first.
 *
 * @param {string} part
 * @param {number} place
 */
function go(part, place) {
  const id = `${part}-${place}`;
  const there = document.getElementById(id);
  if (there && !sought) return there.focus();
  sought = id;
  send("go-to-row", { part, position: String(place) });
}
