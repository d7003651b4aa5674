// The script of the Projection lab: its editor, what is kept of it, and the Python that runs it.

import { element } from "../../../edge/elements.js";
import { openFerry } from "../../../spare/ferry.js";
import { openEditor } from "./editor.js";
import { keeper, keptText } from "./kept-text.js";

/** What the other Python runs: the desk of the core (esbank_core/programs/desk.py). */
const PROGRAM = `
import sys
from time import perf_counter
from types import ModuleType

from esbank_core.programs.desk import Desk
from esbank_core.programs.program import MODULE

sys.modules[MODULE] = ModuleType(MODULE)  # where dataclasses look up their annotations
answer = Desk(perf_counter).answer
`;

const LARGEST_FILE = 1 << 20; // bytes of a program

/** @type {LabScript["open"]} */
export function open(send) {
  const field = /** @type {HTMLTextAreaElement} */ (element("projection-code"));
  const form = /** @type {HTMLFormElement} */ (element("projection-form"));
  const file = /** @type {HTMLInputElement} */ (element("projection-file"));
  const place = element("projection-editor");
  const kept = keeper();
  field.value ||= keptText();
  const has = field.value ? "text" : "";
  const run = () => form.requestSubmit(element("projection-run"));
  const editor = openEditor(place, field, {
    changed(text) {
      field.value = text;
      kept.keep(text);
    },
    run,
  });
  place.hidden = false;
  const ferry = openFerry(PROGRAM, (outcome, nth) => {
    const told = "answer" in outcome ? { answer: outcome.answer } : withReason(outcome);
    send("answered", { nth: String(nth), ...told });
  });

  // A program from a file is a text, and nothing else, until Run is pressed.
  async function openFile() {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    editor.write(await chosen.slice(0, LARGEST_FILE).text());
    file.value = "";
    send("file", {});
  }
  file.addEventListener("change", openFile);
  window.addEventListener("pagehide", kept.now);
  send("opened", { has });

  return {
    hear(text) {
      const told = JSON.parse(text);
      if (told.do === "write") editor.write(told.text);
      else if (told.do === "events") ferry.keep(told);
      else if (told.do === "ask") ferry.ask(told);
      else if (told.do === "stop") ferry.stop();
      else if (told.do === "run") run();
    },
    close() {
      kept.now();
      editor.close();
      ferry.close();
      file.removeEventListener("change", openFile);
      window.removeEventListener("pagehide", kept.now);
      place.hidden = true;
    },
  };
}

/** @param {{ ended: string, reason?: string }} outcome */
function withReason({ ended, reason = "" }) {
  return { ended, reason };
}
