// What is stored, handed to Python as texts that entries.py reads.

import { readGlance } from "./glance.js";
import { GLANCE, LEDGER, isSegment, placeOf } from "./keys.js";
import { follow, isCounted, knowNothing, known, unfinishedAmong } from "./known.js";
import { ourKeys, store, valueOf } from "./store.js";

const SEGMENT_HEADER = 160; // characters, as segments.py has it

/**
 * Every key of ours and its value; from now on, known. Of a segment there is only the beginning,
 * and its length.
 */
export function readAll() {
  knowNothing();
  return tell(keysToTell());
}

/** The same, without the keys of the ledger that are known or were erased. */
export function readNew() {
  follow();
  const isErased = (/** @type {string} */ key) => placeOf(key) !== null && !isCounted(key);
  return tell(keysToTell().filter((key) => !known.has(key) && !isErased(key)));
}

/** @param {string[]} keys */
function tell(keys) {
  for (const key of keys) if (isCounted(key)) known.add(key);
  return textOf(keys.map((key) => (isSegment(key) ? beginningOf(key) : [key, valueOf(key)])));
}

const HALF_A_PAIR = /\p{Cs}/u;

/**
 * Entries as the JSON text of a list, and behind it those that are but two texts of whole
 * characters, a U+0000 before each: lines are full of what JSON would have to escape.
 *
 * @param {(string | number | null)[][]} entries
 */
function textOf(entries) {
  const isPlain = (/** @type {(string | number | null)[]} */ entry) =>
    entry.length === 2 &&
    entry.every((part) => typeof part === "string" && !part.includes("\0") && !HALF_A_PAIR.test(part));
  const plain = entries.filter(isPlain);
  const others = entries.filter((entry) => !isPlain(entry));
  return [JSON.stringify(others), ...plain.flat()].join("\0");
}

/** @param {string} key */
function beginningOf(key) {
  const text = valueOf(key);
  return text === null ? [key, null] : [key, text.slice(0, SEGMENT_HEADER), text.length];
}

/** The same as readAll, segments whole, and what is known stays as it was. */
export const readStored = () => entries(keysToTell());

/**
 * Some segments, whole; those that are not there any more, with null.
 *
 * @param {string[]} keys
 */
export const readSegments = (keys) => entries(keys);

function keysToTell() {
  const keys = ourKeys();
  const left = new Set(unfinishedAmong(keys));
  return keys.filter((key) => !left.has(key) && (key !== GLANCE || !readGlance()));
}

/** @param {string[]} keys */
const entries = (keys) => textOf(keys.map((key) => [key, valueOf(key)]));

/** Whether anything of a ledger is there. */
export function hasLedger() {
  try {
    return Object.keys(store).some((key) => key.startsWith(LEDGER));
  } catch {
    return false;
  }
}
