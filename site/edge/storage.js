// The browser's localStorage as an append-only ledger. The one module that touches it.
//
// Keys: those of the ledger (keys.js); "esbank/generation" says which generation counts, so that
// erasing is one write; "esbank/head" is how far the ledger went, so that a missing end is noticed;
// under "esbank/rejected/" stand the newest commands that were rejected, a key each, which make room
// for the ledger; "esbank/snapshot" is where every account stood at the end of a segment;
// "esbank/format" is there once anything was written in a form that an earlier version of the page
// does not know; "esbank/glance" is what Current State last showed, for the moment before Python
// runs.
//
// Anyone may change or delete what stands here while the page runs. This tab knows which keys of
// the ledger it has handed to Python, and appends nothing while one of them is gone.

import { generationOf, isOfImport, isSegment, placeOf } from "./keys.js";
import { holdHead, inTurn, isOlderOpen, letGo, tellFormat } from "./turns.js";

/**
 * How a wish to write ended: done; too late, since another tab has written or begun a new
 * generation; not done, since something is gone that this tab knows, or a later version of the
 * page has taken over, or there is no room, or the browser refused.
 *
 * @typedef {"written" | "taken" | "gone" | "later" | "full" | "failed"} Answer
 */

const PREFIX = "esbank/";
const LEDGER = "esbank/ledger/";
const GENERATION = "esbank/generation";
const HEAD = "esbank/head";
const FORMAT = "esbank/format";
const SNAPSHOT = "esbank/snapshot";
const GLANCE = "esbank/glance";
const REJECTED = "esbank/rejected/";
const PROBE = "esbank/probe";

const OWN_FORMAT = 2;
const SEGMENT_HEADER = 160; // characters, as segments.py has it
const MOST_REJECTED = 200; // as stored_ledger.py has it
const LONGEST_GLANCE = 2000; // characters; it is five short texts
const REMOVED_AT_ONCE = 50; // keys, in some milliseconds
const FRESH_MS = 250; // a command is decided long before
const NUMBER = /^[1-9][0-9]{0,8}$/;
const HEAD_POSITION = /^([1-9][0-9]{0,8})\/([0-9]{12})\//;
const LEDGER_HEAD = /^esbank\/ledger\/([1-9][0-9]{0,8})\/([0-9]{12}(?:-[0-9]{12}){0,2})?$/;

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
const store = opened ?? NOTHING_KEPT;

/** The generation that counts, as far as this tab has read; 0 before it has. */
let generation = 0;

/** The keys of that generation that Python has been told of. @type {Set<string>} */
const known = new Set();

/** Segments of an import that was cut off before it counted. @type {string[]} */
let unfinished = [];

/**
 * When a look over the keys last showed that nothing differs, and how many keys there were.
 *
 * @type {{ length: number, time: number } | null}
 */
let wasWhole = null;

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
function isFull(error) {
  const names = ["QuotaExceededError", "NS_ERROR_DOM_QUOTA_REACHED"]; // the second is Firefox's
  return error instanceof DOMException && names.includes(error.name);
}

/** Whether the browser lets the page keep anything at all. */
export const isKept = () => opened !== null;

if (isKept()) tellFormat(OWN_FORMAT);

/** Whether a wide character takes the room of two, as in WebKit. */
export const isWideDouble = () => /^Apple/.test(window.navigator?.vendor ?? "");

// Reading ------------------------------------------------------------------------------------

/**
 * Every key of ours and its value, as the JSON text of a list of pairs; from now on, known. Of a
 * segment there is only the beginning, and its length.
 */
export function readAll() {
  known.clear();
  generation = 0;
  generation = currentGeneration();
  return tell(keysToTell());
}

/** The same, without the keys of the ledger that are known or were erased. */
export function readNew() {
  const current = currentGeneration();
  if (current !== generation) known.clear();
  generation = current;
  const isErased = (/** @type {string} */ key) => placeOf(key) !== null && !isCounted(key);
  return tell(keysToTell().filter((key) => !known.has(key) && !isErased(key)));
}

/** @param {string[]} keys */
function tell(keys) {
  for (const key of keys) if (isCounted(key)) known.add(key);
  return JSON.stringify(keys.map((key) => (isSegment(key) ? beginningOf(key) : [key, valueOf(key)])));
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

function ourKeys() {
  return Object.keys(store).filter((key) => key.startsWith(PREFIX) && key !== PROBE);
}

/** @param {string[]} keys */
const entries = (keys) => JSON.stringify(keys.map((key) => [key, valueOf(key)]));

/** @param {string} key */
function valueOf(key) {
  try {
    return store.getItem(key);
  } catch {
    return null; // a browser whose own file is damaged; Python names the key
  }
}

/**
 * The generation that counts: it only ever rises. Where its number is missing or is none, it is
 * the one read before, or the first of which there is anything.
 */
function currentGeneration() {
  const said = valueOf(GENERATION) ?? "";
  if (NUMBER.test(said) && Number(said) > generation) return Number(said);
  if (generation > 0) return generation;
  const found = ourKeys().map(generationOf).filter((number) => number > 0);
  return found.reduce((lowest, number) => Math.min(lowest, number), found[0] ?? 1);
}

/** @param {string} key */
const isCounted = (key) => generationOf(key) === generation && !unfinished.includes(key);

/**
 * The segments of an import that was cut off: the ledger does not go as far as its last append.
 *
 * @param {string[]} keys
 */
function unfinishedAmong(keys) {
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

/** Whether anything of a ledger is there. */
export function hasLedger() {
  try {
    return Object.keys(store).some((key) => key.startsWith(LEDGER));
  } catch {
    return false;
  }
}

// Writing ------------------------------------------------------------------------------------

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
    // What this tab was told of may not have reached Python yet.
    if (isThere(key) || packedIn(known)(key)) return "taken";
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

/** From now on there is something that an earlier version of the page does not know. */
function beginFormat() {
  if (valueOf(FORMAT) !== String(OWN_FORMAT)) {
    makingRoom(() => store.setItem(FORMAT, String(OWN_FORMAT)));
  }
}

/** How many characters localStorage holds, keys included, in every browser there is. */
const MOST_CHARACTERS = 5 * 1024 * 1024;

/**
 * Whether there is room for as much more; what gives way to the ledger may have to.
 *
 * @param {string[][]} pairs
 */
const hasRoomFor = (pairs) => roomLeft() >= pairs.flat().reduce((sum, text) => sum + costOf(text), 0);

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
 * Put a segment in the place of the appends whose events it holds, given as [key, text] pairs: first
 * it, and then, a few at a time so that no command waits, without them. A snapshot goes with it.
 *
 * @param {string} key
 * @param {string} text
 * @param {[key: string, text: string][]} replaced
 * @param {string} snapshot
 * @returns {Promise<Answer | "waiting">}
 */
export async function pack(key, text, replaced, snapshot) {
  if (!navigator.locks) return "failed"; // two tabs could be at it, and neither would know
  if (await isOlderOpen()) return "waiting";
  const answer = await write((difference) => {
    if (currentGeneration() !== generationOf(key)) return "taken";
    if (difference) return difference;
    const isPacked = packedIn(known);
    if (isThere(key) || replaced.some(([name]) => isPacked(name))) return "taken";
    // What was altered since it was read is evidence, and not to be replaced by what was.
    if (replaced.some(([name, value]) => valueOf(name) !== value)) return "gone";
    beginFormat();
    makingRoom(() => store.setItem(key, text));
    known.add(key);
    return holdHead(key).then(() => "written");
  });
  if (answer === "written") await letGoOf(replaced, snapshot);
  return answer;
}

/**
 * Remove appends that are in a segment as well.
 *
 * @param {[key: string, text: string][]} replaced
 * @param {string} snapshot
 * @returns {Promise<void>}
 */
export async function letGoOf(replaced, snapshot) {
  for (let at = 0; at < replaced.length; at += REMOVED_AT_ONCE) {
    const answer = await write(() => {
      for (const [name, value] of replaced.slice(at, at + REMOVED_AT_ONCE)) {
        if (valueOf(name) !== value) continue;
        known.delete(name);
        store.removeItem(name);
      }
      return "written";
    });
    if (answer !== "written") return;
  }
  keepSnapshot(snapshot);
}

/**
 * Keep where every account stood at the end of a segment, if there is room.
 *
 * @param {string} snapshot
 */
export function keepSnapshot(snapshot) {
  if (!snapshot || saysLaterFormat()) return;
  try {
    store.setItem(SNAPSHOT, snapshot);
  } catch {
    store.removeItem(SNAPSHOT); // one of long ago would be of less use than the room
  }
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

/**
 * Do some writing when it is this tab's turn, unless a later version of the page has taken over.
 * The work is told how the stored ledger differs from what is known.
 *
 * @param {(difference: Difference) => Answer | Promise<Answer>} work
 * @returns {Promise<Answer>}
 */
async function write(work) {
  if (!isKept()) return "written"; // in memory, by Python, and the page says so
  try {
    return await inTurn(isVisible, (heads) => {
      const isLater = saysLaterFormat() || heads.some((head) => !LEDGER_HEAD.test(head));
      return isLater ? "later" : work(wasJustWhole() ? null : lookOver());
    });
  } catch (error) {
    if (isFull(error)) return "full";
    console.warn("esbank: nothing was written", error);
    return "failed";
  }
}

function saysLaterFormat() {
  const said = valueOf(FORMAT) ?? "";
  return NUMBER.test(said) && Number(said) > OWN_FORMAT;
}

/**
 * Whether what another tab wrote last can be seen here.
 *
 * @param {string} head
 */
function isVisible(head) {
  const named = LEDGER_HEAD.exec(head);
  if (!named || known.has(head)) return true;
  const [, headGeneration, position] = named;
  const current = currentGeneration();
  if (current !== Number(headGeneration)) return current > Number(headGeneration);
  return !position || isThere(head) || packedIn(ourKeys())(head);
}

/**
 * What of the ledger stands in segments among these keys.
 *
 * @param {Iterable<string>} keys
 * @returns {(key: string) => boolean} whether the append of a key is in one of them
 */
function packedIn(keys) {
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

/** @param {string} key */
const isThere = (key) => store.getItem(key) !== null;

/**
 * How the stored ledger differs from what is known: something is gone, or more is there.
 *
 * @typedef {"gone" | "taken" | null} Difference
 * @returns {Difference}
 */
function lookOver() {
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

function wasJustWhole() {
  if (wasWhole === null || wasWhole.length !== store.length) return false;
  return performance.now() - wasWhole.time < FRESH_MS;
}

/**
 * Write something; if there is no room, without the glance, which is only a convenience, and
 * then without what was rejected, which is no history.
 *
 * @param {() => void} setting
 */
function makingRoom(setting) {
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

/** @param {string} prefix */
const keysUnder = (prefix) => ourKeys().filter((key) => key.startsWith(prefix)).sort();

/**
 * Keep a rejected command beside the ledger, if there is room, and only the newest of them.
 *
 * @param {string} key
 * @param {string} text
 */
export function keepRejected(key, text) {
  const isOurs = (/** @type {string} */ other) => other.startsWith(`${REJECTED}${generation}/`);
  if (saysLaterFormat() || currentGeneration() !== generation || !isOurs(key)) return;
  try {
    store.setItem(key, text);
  } catch {
    return; // it was said where it was asked; the room is the ledger's
  }
  const kept = keysUnder(REJECTED);
  const tooOld = kept.filter(isOurs).slice(0, -MOST_REJECTED);
  for (const other of kept) if (!isOurs(other) || tooOld.includes(other)) store.removeItem(other);
}

// Following other tabs -----------------------------------------------------------------------

/**
 * Call back when another tab, or somebody with the browser's tools, has changed the ledger:
 * "ledger-changed" with the text of readNew, where it has only grown or was erased, otherwise
 * "ledger-differs" with the text of readStored.
 *
 * @param {(kind: "ledger-changed" | "ledger-differs", entries: string) => void} callback
 */
export function watch(callback) {
  let isScheduled = false;
  let isAltered = false;
  let wasDifferent = false;
  window.addEventListener("storage", ({ key, oldValue, newValue }) => {
    if (key !== null && (!key.startsWith(PREFIX) || [GLANCE, HEAD, PROBE, SNAPSHOT].includes(key))) return;
    if (key !== null && newValue === null && known.has(key) && packedIn(known)(key)) {
      known.delete(key); // by a tab that has packed it, of which Python has heard
      return;
    }
    isAltered ||= key !== null && known.has(key) && oldValue !== null && newValue !== null;
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(() => {
      const isErased = currentGeneration() !== generation;
      const isDifferent = !isErased && (isAltered || saysLaterFormat() || lookOver() === "gone");
      // Once more after that, whole, so that Python sees that everything is back.
      if (isDifferent || (wasDifferent && !isErased)) callback("ledger-differs", readStored());
      else callback("ledger-changed", readNew());
      wasDifferent = isDifferent;
      isScheduled = isAltered = false;
    });
  });
}

// The glance ---------------------------------------------------------------------------------

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
function readGlance() {
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
