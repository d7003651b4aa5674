// Painting: carries out on the document what a render found changed. One call a render.
//
// An operation names an element by id. Text arrives as text and stays text: nothing here,
// or anywhere on the page, turns a string into markup.

import { element as elementOf, template } from "./elements.js";
import { isInHand, isTypedSince } from "./gestures.js";
import * as rows from "./rows.js";

/**
 * A text, or an element with its attributes and children.
 *
 * @typedef {string | [tag: string, attributes: Record<string, Value>, children: Painted[]]} Painted
 * @typedef {string | number | boolean | null} Value
 * @typedef {[operation: string, id: string, ...given: unknown[]]} Operation
 */

/** What Python may ask of the document. */
export const calls = { paint, count, reveal, show, clear, focus, refocus, download };

/** @type {Record<string, Function>} */
const OPERATIONS = {
  /**
   * Set an attribute; null takes it away. ".name" is a property, "--name" a custom one.
   *
   * @param {HTMLElement} element
   * @param {string} name
   * @param {Value} value
   */
  set(element, name, value) {
    if (name.startsWith("--")) element.style.setProperty(name, String(value));
    else if (element instanceof HTMLDialogElement && name === ".modal") setModal(element, value);
    else if (name.startsWith(".")) setProperty(element, name.slice(1), value);
    else if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, String(value));
  },
  /**
   * Replace everything inside.
   *
   * @param {Element} element
   * @param {Painted[]} nodes
   */
  fill(element, nodes) {
    // What has the focus speaks for itself.
    const speaker = element instanceof HTMLElement ? element.dataset.silentFor : undefined;
    if (speaker && document.activeElement?.id === speaker) return;
    rows.beforeGoing(element);
    element.replaceChildren(...nodes.map(build));
  },
  /**
   * Put new children, each before the child that then stands at its place.
   *
   * @param {Element} element
   * @param {[index: number, node: Painted][]} placed
   */
  insert(element, placed) {
    for (const [index, node] of placed) {
      element.insertBefore(build(node), element.children[index] ?? null);
    }
  },
  /** @param {Element} element */
  remove(element) {
    rows.beforeGoing(element);
    element.remove();
  },
};

/**
 * What was to be painted of controls in the reader's hand. Painted at once, it would take back a
 * step of the slider that was made after the one that is answered.
 *
 * @type {Map<Element, [property: string, value: unknown]>}
 */
const held = new Map();

/**
 * @param {Element} element
 * @param {string} property
 * @param {unknown} value
 */
function setProperty(element, property, value) {
  held.delete(element);
  if (isInHand(element)) held.set(element, [property, value]);
  else Reflect.set(element, property, value);
}

/** Paint what was held of the controls to which Python has answered now. */
export function paintHeld() {
  for (const [element, [property, value]] of held) {
    if (!isTypedSince(element) && !isInHand(element)) setProperty(element, property, value);
  }
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {unknown} isOpen
 */
function setModal(dialog, isOpen) {
  if (isOpen && !dialog.open) dialog.showModal();
  if (!isOpen && dialog.open) dialog.close();
}

/**
 * @param {Painted} node
 * @returns {Node}
 */
function build(node) {
  if (typeof node === "string") return document.createTextNode(node);
  const [tag, attributes, children] = node;
  const element = document.createElement(tag);
  for (const name in attributes) OPERATIONS.set(element, name, attributes[name]);
  for (const child of children) element.append(build(child));
  return element;
}

/**
 * Carry out operations.
 *
 * @param {Operation[]} operations
 */
function paint(operations) {
  for (const [operation, id, ...rest] of operations) {
    const element = document.getElementById(id);
    if (element) OPERATIONS[operation](element, ...rest);
  }
  rows.afterPaint();
}

/**
 * Scroll a row of a scrolling list into sight, without moving the page. Of a list that is not
 * there as a whole, the row comes to the middle, where there are rows on both sides of it.
 *
 * @param {string} rowId
 */
function reveal(rowId) {
  const row = document.getElementById(rowId);
  const box = row?.closest("[data-scrolls]");
  if (!row || !box) return;
  const above = row.offsetTop - box.scrollTop;
  const below = above + row.offsetHeight - box.clientHeight;
  if (row.parentElement?.dataset.rowsShown) {
    box.scrollTop = row.offsetTop - (box.clientHeight - row.offsetHeight) / 2;
  } else if (above < 0) box.scrollTop += above;
  else if (below > 0) box.scrollTop += below;
  revealed.set(box, { rowId, scrollTop: box.scrollTop });
  resized.observe(box);
}

/**
 * The row last revealed in each scrolling list, and where the list was scrolled to for it.
 *
 * @type {WeakMap<Element, { rowId: string, scrollTop: number }>}
 */
const revealed = new WeakMap();

/**
 * A list of another size, or with rows of another height, keeps the row in sight, unless the reader
 * has scrolled since. What the browser scrolls, because a list got taller, no reader did.
 */
const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const last = revealed.get(target);
    const furthest = target.scrollHeight - target.clientHeight;
    if (last && Math.abs(target.scrollTop - Math.min(last.scrollTop, furthest)) < 1) reveal(last.rowId);
  }
});

/**
 * Empty some text fields.
 *
 * @param {string[]} ids
 */
function clear(ids) {
  for (const id of ids) Reflect.set(elementOf(id), "value", "");
}

/**
 * Scroll the page to an element.
 *
 * @param {string} id
 */
function show(id) {
  elementOf(id).scrollIntoView();
}

/** How long one of the texts is there that a number counts through. */
const COUNT_MS = 40;

/**
 * Let a text run through others, the last of which is what it says already. A text that is painted
 * anew meanwhile stays as it was painted.
 *
 * @param {string} id
 * @param {string[]} texts
 */
function count(id, texts) {
  const node = document.getElementById(id)?.firstChild;
  if (!(node instanceof Text) || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [nth, text] of texts.entries()) {
    if (nth === 0) node.data = text;
    else setTimeout(() => (node.data = text), nth * COUNT_MS);
  }
}

/** @param {string} id */
function focus(id) {
  document.getElementById(id)?.focus();
}

/**
 * Put the focus on an element, if the element that had it is gone, hidden or disabled.
 *
 * @param {string} id
 */
function refocus(id) {
  const active = document.activeElement;
  const isLost = !active || active === document.body || active.matches(":disabled, [hidden] *");
  if (isLost) focus(id);
}

/**
 * Give a text to the reader as a file.
 *
 * @param {string} name
 * @param {string} text
 */
function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Every sentence that Python may say, by name, as the JSON text of an object. */
export function phrases() {
  /** @type {NodeListOf<HTMLElement>} */
  const found = template("phrases").querySelectorAll("[data-phrase]");
  return JSON.stringify(
    Object.fromEntries(
      [...found].map((phrase) => [
        phrase.dataset.phrase,
        phrase.textContent.trim().replace(/\s+/g, " "),
      ]),
    ),
  );
}
