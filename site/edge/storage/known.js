// What this tab knows of the ledger: which generation counts, which of its keys Python was told of,
// and how what is stored differs from that.
//
// Anyone may change or delete what stands there while the page runs, so a tab appends nothing while
// a key that it knows is gone.

import { GENERATION, HEAD, NUMBER, generationOf, isOfImport, placeOf } from "./keys.js";
import { ourKeys, store, valueOf } from "./store.js";
import { letGo } from "./turns.js";

const FRESH_MS = 250; // a command is decided long before
const HEAD_POSITION = /^([1-9][0-9]{0,8})\/([0-9]{12})\//;

/** The generation that counts, as far as this tab has read; 0 before it has. */
export let generation = 0;

/** The keys of that generation that Python has been told of. @type {Set<string>} */
export const known = new Set();

/** Segments of an import that was cut off before it counted. @type {string[]} */
export let unfinished = [];

/**
 * When a look over the keys last showed that nothing differs, and how many keys there were.
 *
 * @type {{ length: number, time: number } | null}
 */
let wasWhole = null;

/** Know nothing any more but which generation counts. */
export function knowNothing() {
  known.clear();
  generation = 0;
  generation = currentGeneration();
}

/** Know which generation counts by now; and of another, nothing. */
export function follow() {
  const current = currentGeneration();
  if (current !== generation) known.clear();
  generation = current;
}

/**
 * The generation that counts: it only ever rises. Where its number is missing or is none, it is
 * the one read before, or the first of which there is anything.
 */
export function currentGeneration() {
  const said = valueOf(GENERATION) ?? "";
  if (NUMBER.test(said) && Number(said) > generation) return Number(said);
  if (generation > 0) return generation;
  const found = ourKeys().map(generationOf).filter((number) => number > 0);
  return found.reduce((lowest, number) => Math.min(lowest, number), found[0] ?? 1);
}

/** @param {string} key */
export const isCounted = (key) => generationOf(key) === generation && !unfinished.includes(key);

/**
 * The segments of an import that was cut off: the ledger does not go as far as its last append.
 *
 * @param {string[]} keys
 */
export function unfinishedAmong(keys) {
  const imported = keys.filter((key) => isOfImport(key) && !known.has(key));
  unfinished = [];
  if (imported.length === 0) return unfinished;
  const [, headGeneration, head] = HEAD_POSITION.exec(valueOf(HEAD) ?? "") ?? [];
  let reached = Number(headGeneration) === generation ? Number(head) : 0;
  for (const key of keys) {
    const place = placeOf(key);
    if (place?.generation !== generation || place.until) continue;
    reached = Math.max(reached, place.last ?? place.first);
  }
  unfinished = imported.filter((key) => Number(placeOf(key)?.until) > reached);
  return unfinished;
}

/**
 * What of the ledger stands in segments among these keys.
 *
 * @param {Iterable<string>} keys
 * @returns {(key: string) => boolean} whether the append of a key is in one of them
 */
export function packedIn(keys) {
  const segments = /** @type {{ first: number, last: number }[]} */ ([]);
  for (const key of keys) {
    const place = key.includes("-") && isCounted(key) ? placeOf(key) : null;
    if (place?.last) segments.push({ first: place.first, last: place.last });
  }
  return (key) => {
    const place = placeOf(key);
    if (!place || place.last || place.generation !== generation) return false;
    return segments.some(({ first, last }) => first <= place.first && place.first <= last);
  };
}

/**
 * How the stored ledger differs from what is known: something is gone, or more is there.
 *
 * @typedef {"gone" | "taken" | null} Difference
 * @returns {Difference}
 */
export function lookOver() {
  const keys = Object.getOwnPropertyNames(store); // as Object.keys, and a third faster
  const unknown = keys.filter((key) => !known.has(key));
  unfinishedAmong(keys);
  if (keys.length - unknown.length < known.size) forgetPacked(keys);
  if (keys.length - unknown.length < known.size) {
    letGo();
    return "gone";
  }
  return unknown.some(isCounted) ? "taken" : null;
}

/**
 * Appends that another tab has packed are not gone.
 *
 * @param {string[]} keys
 */
function forgetPacked(keys) {
  const there = new Set(keys);
  const isPacked = packedIn(keys);
  for (const key of known) if (!there.has(key) && isPacked(key)) known.delete(key);
}

/** Look over the keys while there is time for it: a moment later, they only have to be counted. */
export function lookAhead() {
  wasWhole = lookOver() ? null : { length: store.length, time: performance.now() };
}

export function wasJustWhole() {
  if (wasWhole === null || wasWhole.length !== store.length) return false;
  return performance.now() - wasWhole.time < FRESH_MS;
}
