// Runs as soon as it has come: where the page has been before, Python's worker begins and the
// machine is asked for while the rest of the page is still being read. A module would wait for that.

import { keepFirstGestures } from "../edge/first-gestures.js";

keepFirstGestures();

const { currentScript } = document;
if (
  navigator.serviceWorker?.controller &&
  currentScript instanceof HTMLScriptElement &&
  globalThis.esbankEarly === undefined // nor has hosted.js been quicker
) {
  const worker = new Worker(new URL("./python.js", currentScript.src), { type: "module" });
  /** @type {(MessageEvent | ErrorEvent)[]} */
  const heard = [];
  const hear = (/** @type {MessageEvent | ErrorEvent} */ event) => void heard.push(event);
  worker.addEventListener("message", hear);
  worker.addEventListener("error", hear);
  globalThis.esbankEarly = {
    worker,
    machine: fetch(new URL("./pyodide/pyodide.asm.wasm", currentScript.src)),
    tellAgain() {
      worker.removeEventListener("message", hear);
      worker.removeEventListener("error", hear);
      for (const event of heard) {
        worker.dispatchEvent(
          event instanceof MessageEvent
            ? new MessageEvent("message", { data: event.data })
            : new ErrorEvent("error", { message: event.message, error: event.error }),
        );
      }
    },
  };
}
