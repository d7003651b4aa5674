// Between a lab and the Python that runs what readers write: carries what is asked, and hands that
// Python the copies of events, again whenever one has been thrown away.

import { startSpare } from "./spare.js";

/** @type {import("./spare.js").Outcome} */
const STOPPED = { ended: "stopped" };
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
  /** What is done last of all that is to be done. @type {Promise<unknown>} */
  let last = Promise.resolve();
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
    inTurn(feed); // at once: the next ones are still being written
  }

  /** @param {{ nth: number, deadline: number, text: string }} asked */
  async function ask({ nth, deadline, text }) {
    const asking = round;
    const outcome = await inTurn(async () =>
      asking === round ? ((await feed()) ?? spare.ask(text, deadline)) : STOPPED,
    );
    if (asking !== round) return;
    if ("ended" in outcome) fed = 0;
    answered(outcome, nth);
  }

  /** Hand over what it lacks; an outcome only where that went wrong. */
  async function feed() {
    while (fed < events.length) {
      const [asking, text] = [round, events[fed] ?? ""];
      const outcome = await spare.ask(text, FEEDING_MS);
      if ("ended" in outcome) {
        fed = 0;
        return outcome;
      }
      if (asking === round && events[fed] === text) fed += 1; // else there are others by now
    }
    return null;
  }

  /**
   * One thing after another is put to it.
   *
   * @template Done
   * @param {() => Promise<Done>} task
   * @returns {Promise<Done>}
   */
  function inTurn(task) {
    const done = last.then(task);
    last = done;
    return done;
  }

  function stop() {
    round += 1;
    fed = 0;
    spare.throwAway();
  }

  return { keep, ask, stop, close: () => spare.close() };
}
