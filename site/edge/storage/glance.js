// What Current State last showed, kept for the next visit's first moment.

import { GLANCE } from "./keys.js";
import { store } from "./store.js";

const LONGEST_GLANCE = 2000; // characters; it is five short texts

/**
 * Keep what Current State shows, for the next visit's first moment; no harm where it fails.
 *
 * @param {string} glance
 */
export function remember(glance) {
  try {
    store.setItem(GLANCE, glance);
  } catch {
    store.removeItem(GLANCE);
  }
}

/** What Current State showed last; nothing, where the browser holds no such thing. */
export const lastGlance = () => readGlance() ?? [];

/** @returns {[id: string, text: string][] | null} */
export function readGlance() {
  try {
    const text = store.getItem(GLANCE) ?? "[]";
    const pairs = text.length > LONGEST_GLANCE ? null : JSON.parse(text);
    return Array.isArray(pairs) && pairs.every(isPairOfTexts) ? pairs : null;
  } catch {
    return null;
  }
}

/** @param {unknown} value */
const isPairOfTexts = (value) =>
  Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === "string");
