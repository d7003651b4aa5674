// The Database lab's line to a Python that can be thrown away: what the lab tells it by number goes
// there one after another, and what is answered comes back as a gesture. A file comes in parts, and
// goes to the reader from here.

import { startSpare } from "../../../spare/spare.js";

const FILE_DEADLINE_MS = 30_000;
const FORGOTTEN_MS = 60_000; // by then a browser has taken a file

/**
 * @typedef {{ nth: number, deadline: number, text: string, begins: boolean }} Order
 * @typedef {{ file: string, name: string, nth: number }} FileOrder
 * @typedef {{ start: string } | { stop: true } | Order | FileOrder} Told
 * @typedef {import("../../../spare/spare.js").Outcome} Outcome
 */

/**
 * @param {(name: string, fields: Record<string, string>) => void} send
 */
export function open(send) {
  /** @type {ReturnType<typeof startSpare> | null} */
  let spare = null;
  /** @type {(Order | FileOrder)[]} */
  let orders = [];
  let isBusy = false;
  let isClosed = false;
  let isLost = false; // what the databases held, until they are begun anew

  const next = () => (isClosed ? undefined : orders.shift());

  async function workOff() {
    if (isBusy) return;
    isBusy = true;
    for (let order = next(); order; order = next()) await carryOut(order);
    isBusy = false;
  }

  /** @param {Order | FileOrder} order */
  async function carryOut(order) {
    const python = spare;
    if (!python) return;
    const { nth } = order;
    const outcome = "file" in order ? await hand(python, order) : await put(python, order);
    if (isClosed || python !== spare) return;
    if ("answer" in outcome) send("answered", { nth: String(nth), answer: outcome.answer });
    else end(nth, outcome);
  }

  /**
   * What was told before the lab hears of it is for the one that has ended.
   *
   * @param {number} nth
   * @param {{ ended: string, reason?: string }} outcome
   */
  function end(nth, { ended, reason = "" }) {
    orders = [];
    isLost = true;
    send("ended", { nth: String(nth), how: ended, reason });
  }

  queueMicrotask(() => send("opened", {}));

  // A query is run from the keyboard as well.
  document.getElementById("database-sql")?.addEventListener("keydown", runByKey);

  return {
    hear(/** @type {string} */ text) {
      /** @type {Told} */
      const told = JSON.parse(text);
      if ("start" in told) {
        spare?.close();
        spare = startSpare(told.start);
      } else if ("stop" in told) {
        if (isBusy) spare?.throwAway();
      } else {
        if ("begins" in told && told.begins) isLost = false;
        if (!isLost) orders.push(told);
        workOff();
      }
    },
    close() {
      isClosed = true;
      orders = [];
      spare?.close();
      document.getElementById("database-sql")?.removeEventListener("keydown", runByKey);
    },
  };
}

/**
 * @param {ReturnType<typeof startSpare>} spare
 * @param {Order} order
 */
const put = (spare, { text, deadline }) => spare.ask(text, deadline);

/**
 * Give the reader a database as a file.
 *
 * @param {ReturnType<typeof startSpare>} spare
 * @param {FileOrder} order
 * @returns {Promise<Outcome>}
 */
async function hand(spare, { file, name }) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let [size, from] = [1, 0];
  while (from < size) {
    const text = JSON.stringify({ do: "file", twin: file, from });
    const outcome = await spare.ask(text, FILE_DEADLINE_MS);
    if (!("answer" in outcome)) return outcome;
    /** @type {{ size: number, data: string }} */
    const part = JSON.parse(outcome.answer);
    const bytes = Uint8Array.from(atob(part.data), (character) => character.charCodeAt(0));
    if (!bytes.length) break;
    parts.push(bytes);
    ({ size } = part);
    from += bytes.length;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: "application/vnd.sqlite3" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), FORGOTTEN_MS);
  return { answer: "{}" };
}

/** @param {KeyboardEvent} event */
function runByKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  document.getElementById("database-run")?.click();
}
