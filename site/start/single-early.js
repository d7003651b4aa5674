// Runs in the single file before its parts have been read: begins its two workers, Python's and
// the loader, which unpacks the parts as they come. Each is told of by a line of script behind it.
// Their scripts are carried as text; Python's is two: the runtime and PyScript's worker.

import { element } from "../edge/elements.js";
import { keepFirstGestures } from "../edge/first-gestures.js";
import { handOver } from "./hand-over.js";
import { line, take } from "./single-parts.js";

// PyScript looks for addresses beside its own, and a worker from disk has none.
const PLAIN = `const location = new URL("https://esbank.invalid/");`;

/** Python's worker; null where a page from disk may start none. */
function pythonsWorker() {
  const texts = ["runtime-script", "pyscript-worker"].map((id) => element(id).textContent);
  const address = URL.createObjectURL(new Blob([PLAIN, ...texts], { type: "text/javascript" }));
  try {
    return new Worker(address);
  } catch (error) {
    console.debug("esbank: Python gets no worker:", error);
    return null;
  }
}

/**
 * The worker, once it has said something: it wants the boot image first of all.
 *
 * @param {Worker} worker
 * @returns {Promise<Worker | null>}
 */
function begun(worker) {
  return new Promise((resolve) => {
    worker.addEventListener("message", () => resolve(worker), { once: true });
    worker.addEventListener("error", () => resolve(null), { once: true });
  });
}

keepFirstGestures();

const worker = pythonsWorker();
globalThis.esbankPython = worker ? begun(worker) : Promise.resolve(null);
if (worker) handOver(worker, { machine: () => take("wasm").catch(() => null), line });
