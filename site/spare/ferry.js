// Between a lab and the Python that runs what readers write: carries what is asked, and hands that
// Python the copies of events, again whenever one has been thrown away.

import { startSpare } from "./spare.js";

const FEEDING_MS = 20_000; // for some hundred events

/**
 * @param {string} program what that Python runs: one of the core’s desks (esbank_core/programs)
 * @param {(outcome: import("./spare.js").Outcome, nth: number) => void} answered
 */
export function openFerry(program, answered) {
  const spare = startSpare(program);
  /** Texts by which the desk is handed events. @type {string[]} */
  let events = [];
  /** How many of them this Python has. */
  let fed = 0;
  /** Which throwing away this is: what was asked before one is answered to nobody. */
  let round = 0;

  /** @param {{ after: number, copies: string }} some */
  function keep({ after, copies }) {
    const text = JSON.stringify({ do: "events", after, copies });
    if (after === 0) {
      events = [text];
      fed = 0;
    } else {
      events.push(text);
    }
  }

  /** @param {{ nth: number, deadline: number, text: string }} asked */
  async function ask({ nth, deadline, text }) {
    const asking = round;
    const failed = await feed();
    if (asking !== round) return;
    const outcome = failed ?? (await spare.ask(text, deadline));
    if (asking !== round) return;
    if ("ended" in outcome) fed = 0;
    answered(outcome, nth);
  }

  /** Hand over what it lacks; an outcome only where that went wrong. */
  async function feed() {
    const asking = round;
    while (fed < events.length) {
      const outcome = await spare.ask(events[fed] ?? "", FEEDING_MS);
      if (asking !== round) return null;
      if ("ended" in outcome) return outcome;
      fed += 1;
    }
    return null;
  }

  function stop() {
    round += 1;
    fed = 0;
    spare.throwAway();
  }

  return { keep, ask, stop, close: () => spare.close() };
}
