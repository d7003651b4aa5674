// The ledger's rows under the keyboard: one Tab stop for all of them, arrow keys from there, and
// a focus that is not lost when the row that has it is scrolled out of sight and so out of the page.

import { element } from "./elements.js";
import { send } from "./gestures.js";

const BUTTON = "#ledger > li > button";

/** @type {Element | null} the one button that Tab stops at */
let stop = null;
/**
 * A button by its part of a row, “jump” or “toggle”, and by which row of all it is, from 1.
 *
 * @typedef {{ part: string, row: number }} Place
 */

/** The button whose row is gone while it had the focus; the ledger keeps that for it. @type {Place | null} */
let away = null;
/** The button that Python was asked to bring, and that will have the focus. @type {Place | null} */
let sought = null;

document.addEventListener("focusin", ({ target }) => {
  if (sought && target === buttonAt(sought)) sought = null;
  keepOneStop();
});

/**
 * @param {Element} button
 * @returns {Place}
 */
function placeOf(button) {
  const row = Number(button.parentElement?.getAttribute("aria-posinset"));
  return { part: button.id.split("-")[0] ?? "", row };
}

/**
 * @param {Place} place
 * @returns {HTMLElement | null}
 */
function buttonAt({ part, row }) {
  return document.querySelector(`#ledger > li[aria-posinset="${row}"] > [id^="${part}-"]`);
}

/**
 * Something in the page is about to go: if it has the focus and is a row, the ledger takes it.
 *
 * @param {Element} going
 */
export function beforeGoing(going) {
  const active = document.activeElement;
  if (!active?.matches(BUTTON) || !going.contains(active)) return;
  away = placeOf(active);
  element("ledger-log").focus({ preventScroll: true });
}

/** The row that stays where it is in sight while others come around it. */
let kept = /** @type {{ box: Element, row: number, within: number } | null} */ (null);

/**
 * Rows are asked for: the first in sight shall stay in its place, where the space before the rows
 * does not do that by itself.
 *
 * @param {Element} box
 * @param {number} row
 * @param {number} within how many pixels of it are out of sight
 * @param {boolean} isExact whether there is space for each row that is not there
 */
export function keepInPlace(box, row, within, isExact) {
  kept = isExact ? null : { box, row, within };
}

function putInPlace() {
  const row = kept && document.querySelector(`#ledger > li[aria-posinset="${kept.row}"]`);
  if (!kept || !(row instanceof HTMLElement)) return;
  kept.box.scrollTop = row.offsetTop + kept.within;
  kept = null;
}

/** Rows may have come: among them the one that the focus is kept for. */
export function afterPaint() {
  putInPlace();
  const back = away && buttonAt(away);
  if (document.activeElement !== element("ledger-log")) away = null;
  else if (back) {
    back.focus({ preventScroll: true });
    away = null;
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
  const from = sought ?? (isRow ? placeOf(target) : away);
  const next = from && neighbour(from, key);
  if (!next) return;
  event.preventDefault();
  go(next);
});

/**
 * Where a key leads to from a button of a row.
 *
 * @param {Place} from
 * @param {string} key
 * @returns {Place | null}
 */
function neighbour({ part, row }, key) {
  const last = Number(element("ledger").dataset.rows);
  switch (key) {
    case "ArrowDown":
      return { part, row: Math.min(last, row + 1) };
    case "ArrowUp":
      return { part, row: Math.max(1, row - 1) };
    case "ArrowLeft":
      return { part: "jump", row };
    case "ArrowRight":
      return { part: "toggle", row };
    case "Home":
      return { part, row: 1 };
    case "End":
      return { part, row: last };
    default:
      return null;
  }
}

/**
 * Put the focus on a part of a row; of a long ledger Python brings the row first.
 *
 * @param {Place} place
 */
function go(place) {
  const there = buttonAt(place);
  if (there && !sought) return there.focus();
  sought = place;
  send("go-to-row", { part: place.part, row: String(place.row) });
}
