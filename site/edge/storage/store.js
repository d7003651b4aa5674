// localStorage itself: opened, read key by key, and what fits into it.

import { GLANCE, PREFIX, PROBE, REJECTED } from "./keys.js";

/** Where the browser lets the page keep nothing, Python keeps the ledger in memory alone. */
const NOTHING_KEPT = {
  length: 0,
  key: () => null,
  getItem: () => null,
  setItem() {},
  removeItem() {},
  clear() {},
};

const opened = openStore();
export const store = opened ?? NOTHING_KEPT;

function openStore() {
  try {
    window.localStorage.setItem(PROBE, "");
    window.localStorage.removeItem(PROBE);
    return window.localStorage;
  } catch (error) {
    // A full store can still be read, and must not be taken for a denied one.
    return isFull(error) ? window.localStorage : null;
  }
}

/** @param {unknown} error */
export function isFull(error) {
  const names = ["QuotaExceededError", "NS_ERROR_DOM_QUOTA_REACHED"]; // the second is Firefox's
  return error instanceof DOMException && names.includes(error.name);
}

/** Whether the browser lets the page keep anything at all. */
export const isKept = () => opened !== null;

/** Whether a wide character takes the room of two, as in WebKit. */
export const isWideDouble = () => /^Apple/.test(window.navigator?.vendor ?? "");

/** @param {string} key */
export function valueOf(key) {
  try {
    return store.getItem(key);
  } catch {
    return null; // a browser whose own file is damaged; Python names the key
  }
}

/** @param {string} key */
export const isThere = (key) => store.getItem(key) !== null;

export function ourKeys() {
  return Object.keys(store).filter((key) => key.startsWith(PREFIX) && key !== PROBE);
}

/** @param {string} prefix */
export const keysUnder = (prefix) => ourKeys().filter((key) => key.startsWith(prefix)).sort();

/** How many characters localStorage holds, keys included, in every browser there is. */
const MOST_CHARACTERS = 5 * 1024 * 1024;

/**
 * Whether there is room for as much more; what gives way to the ledger may have to.
 *
 * @param {string[][]} pairs
 */
export const hasRoomFor = (pairs) => roomLeft() >= pairs.flat().reduce((sum, text) => sum + costOf(text), 0);

/** How many characters more there is room for. */
export function roomLeft() {
  const taken = Object.keys(store).flatMap((key) => [key, valueOf(key) ?? ""]);
  return MOST_CHARACTERS - taken.reduce((sum, text) => sum + costOf(text), 0);
}

/** @param {string} text */
function costOf(text) {
  // A text is wide as a whole, if one character of it is.
  return isWideDouble() && /[^\0-\xff]/.test(text) ? 2 * text.length : text.length;
}

/**
 * Write something; if there is no room, without the glance, which is only a convenience, and
 * then without what was rejected, which is no history.
 *
 * @param {() => void} setting
 */
export function makingRoom(setting) {
  /** @type {string[] | null} */
  let others = null; // looked for only where they are needed: that takes a look at every key
  for (;;) {
    try {
      return setting();
    } catch (error) {
      if (!isFull(error)) throw error;
      others ??= [...keysUnder(REJECTED).reverse(), ...keysUnder(GLANCE)];
      const next = others.pop();
      if (next === undefined) throw error;
      store.removeItem(next);
    }
  }
}
