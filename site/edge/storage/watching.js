// Following what other tabs, or somebody with the browser's tools, change.

import { saysLaterFormat } from "./format.js";
import { GLANCE, HEAD, PREFIX, PROBE, SNAPSHOT } from "./keys.js";
import { currentGeneration, generation, known, lookOver, packedIn } from "./known.js";
import { readNew, readStored } from "./reading.js";

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
      const isTold = isDifferent || (wasDifferent && !isErased);
      if (isTold) callback("ledger-differs", readStored());
      // What is new in it is known from then on: else nobody would miss it once it is gone.
      const isNew = () => !saysLaterFormat() && lookOver() === "taken";
      if (!isTold || isNew()) callback("ledger-changed", readNew());
      wasDifferent = isDifferent;
      isScheduled = isAltered = false;
    });
  });
}
