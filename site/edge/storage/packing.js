// Old appends give way to the segment that holds their events, and a snapshot goes with it.

import { beginFormat, saysLaterFormat } from "./format.js";
import { SNAPSHOT, generationOf } from "./keys.js";
import { currentGeneration, known, packedIn } from "./known.js";
import { isThere, makingRoom, store, valueOf } from "./store.js";
import { holdHead, isOlderOpen } from "./turns.js";
import { write } from "./writing.js";

/** @typedef {import("./writing.js").Answer} Answer */

const REMOVED_AT_ONCE = 50; // keys, in some milliseconds

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
