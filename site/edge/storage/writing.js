// Writing: in turn among the tabs, and after a look at how what is stored differs from what is
// known.

import { saysLaterFormat } from "./format.js";
import { currentGeneration, known, lookOver, packedIn, wasJustWhole } from "./known.js";
import { isFull, isKept, isThere, ourKeys } from "./store.js";
import { inTurn } from "./turns.js";

/** @typedef {import("./known.js").Difference} Difference */

/**
 * How a wish to write ended: done; too late, since another tab has written or begun a new
 * generation; not done, since something is gone that this tab knows, or a later version of the
 * page has taken over, or there is no room, or the browser refused.
 *
 * @typedef {"written" | "taken" | "gone" | "later" | "full" | "failed"} Answer
 */

const LEDGER_HEAD = /^esbank\/ledger\/([1-9][0-9]{0,8})\/([0-9]{12}(?:-[0-9]{12}){0,2})?$/;

/**
 * Do some writing when it is this tab's turn, unless a later version of the page has taken over.
 * The work is told how the stored ledger differs from what is known.
 *
 * @param {(difference: Difference) => Answer | Promise<Answer>} work
 * @returns {Promise<Answer>}
 */
export async function write(work) {
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
