// The commands that were rejected, kept beside the ledger: the newest, and as long as there is room.

import { saysLaterFormat } from "./format.js";
import { REJECTED } from "./keys.js";
import { currentGeneration, generation } from "./known.js";
import { keysUnder, store } from "./store.js";

const MOST_REJECTED = 200; // as beside.py has it

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
