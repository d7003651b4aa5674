// The ledger grows by appends, is erased by beginning a new generation, and what is gone is
// written back.

import { beginFormat } from "./format.js";
import { GENERATION, HEAD, LEDGER, NUMBER, appendAt, generationOf } from "./keys.js";
import { currentGeneration, generation, known, packedIn, unfinished } from "./known.js";
import { hasRoomFor, isFull, isThere, makingRoom, ourKeys, store } from "./store.js";
import { holdHead } from "./turns.js";
import { write } from "./writing.js";

/** @typedef {import("./writing.js").Answer} Answer */

/**
 * Write one append under its key, or nothing; and beside it, how far the ledger now goes. Of a
 * long import, segments come before it, which count with it.
 *
 * @param {string} key
 * @param {string} text
 * @param {string} head
 * @param {[key: string, text: string][]} [segments]
 * @returns {Promise<Answer>}
 */
export function append(key, text, head, segments = []) {
  return write((difference) => {
    if (currentGeneration() !== generationOf(key)) return "taken";
    if (difference) return difference;
    // What this tab was told of may not have reached Python yet: then something stands where the
    // first of it is to begin.
    const first = appendAt(segments[0]?.[0] ?? key);
    if (isThere(key) || isThere(first) || packedIn(known)(first)) return "taken";
    for (const left of unfinished) store.removeItem(left);
    if (segments.length > 0 && !hasRoomFor([...segments, [key, text]])) return "full";
    const written = /** @type {string[]} */ ([]);
    try {
      if (segments.length > 0) beginFormat();
      for (const [name, value] of [...segments, [key, text]]) {
        makingRoom(() => store.setItem(name, value));
        written.push(name);
      }
    } catch (error) {
      for (const name of written) store.removeItem(name);
      throw error;
    }
    for (const name of written) known.add(name);
    try {
      store.setItem(HEAD, head);
    } catch {
      // No room for it: an older head is no lie, only a shorter memory.
    }
    return holdHead(key).then(() => "written");
  });
}

/**
 * Write back what is gone and was known, as [key, text] pairs, and nothing over anything.
 *
 * @param {[key: string, text: string][]} lost
 * @returns {Promise<Answer>}
 */
export function writeBack(lost) {
  return write((difference) => {
    if (currentGeneration() !== generation || difference === "taken") return "taken";
    makingRoom(() => store.setItem(GENERATION, String(generation)));
    for (const [key, text] of lost) if (!isThere(key)) makingRoom(() => store.setItem(key, text));
    return "written";
  });
}

/**
 * Begin a new, empty generation. The old one stops counting with a single write.
 *
 * @returns {Promise<Answer>}
 */
export function erase() {
  return write(() => {
    const next = String(currentGeneration() + 1);
    const isNumber = NUMBER.test(next); // or it was counted to the end, by nobody of ours
    if (isNumber) beginGeneration(next);
    for (const key of ourKeys()) if (key !== GENERATION || !isNumber) store.removeItem(key);
    return holdHead(`${LEDGER}${isNumber ? next : 1}/`).then(() => "written");
  });
}

/** @param {string} next */
function beginGeneration(next) {
  const oldestFirst = ourKeys().filter((key) => key !== GENERATION).sort();
  for (;;) {
    try {
      return makingRoom(() => store.setItem(GENERATION, next));
    } catch (error) {
      // Full to the last character: what is to be erased anyway makes the room, from its end.
      const newest = oldestFirst.pop();
      if (!isFull(error) || newest === undefined) throw error;
      store.removeItem(newest);
    }
  }
}
