// The script of a reader's own states: the Python that tells them, and copies of the events for it.

import { openFerry } from "../../../spare/ferry.js";

/** What that Python runs: the desk of the core (esbank_core/programs/states_desk.py). */
const PROGRAM = `
import sys
from time import perf_counter
from types import ModuleType

from esbank_core.programs.states_desk import StatesDesk
from esbank_core.questions.own.code import OWN

sys.modules[OWN] = ModuleType(OWN)  # where dataclasses look up their annotations
answer = StatesDesk(perf_counter).answer
`;

/** @type {LabScript["open"]} */
export function open(send) {
  const ferry = openFerry(PROGRAM, (outcome, nth) => {
    const told = "answer" in outcome ? outcome : { reason: "", ...outcome };
    send("answered", { nth: String(nth), ...told });
  });
  return {
    hear(text) {
      const told = JSON.parse(text);
      if (told.do === "events") ferry.keep(told);
      else if (told.do === "ask") ferry.ask(told);
      else if (told.do === "stop") ferry.stop();
    },
    close: ferry.close,
  };
}
