// PyScript, given a worker that has begun already (python.js).

import { messageOf } from "./reasons.js";

/**
 * Start PyScript in the worker, after what is more urgent, and hand over the line to it as soon as
 * PyScript has said what it has to say there.
 *
 * @param {PageForPython} page
 * @param {Worker} worker
 * @param {Promise<void>} [urgent]
 */
export async function startPyScript({ connect, hear, fail }, worker, urgent) {
  worker.addEventListener("message", (/** @type {MessageEvent<FromPython>} */ { data }) => {
    if (typeof data === "string" && data.startsWith("[")) hear(data);
  });
  const failed = (/** @type {ErrorEvent} */ { error, message }) =>
    fail(error ? messageOf(error) : (message ?? "its worker did not start"));
  worker.onerror = failed;
  await urgent;
  const { hooks } = await lending(worker, () => import("../pyscript/core.js"));
  /** @type {(HTMLScriptElement & { xworker?: Worker }) | null} */
  const script = document.querySelector("script[worker]");
  if (!script?.xworker) await new Promise((made) => hooks.main.onWorker.add(made));
  worker.onerror = failed; // PyScript writes to the console in its place
  await aMoment(); // what the page was asked meanwhile comes first
  connect(worker);
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve));

/**
 * What an import gives that takes this worker for each that it makes of a text of its own.
 *
 * @template T
 * @param {Worker} worker
 * @param {() => Promise<T>} imported
 */
async function lending(worker, imported) {
  const { Worker } = globalThis;
  // No class and no proxy of one: PyScript extends it, and WebKit then finds no methods.
  /**
   * @param {string | URL} address
   * @param {WorkerOptions} options
   */
  function Lent(address, options) {
    return String(address).startsWith("blob:") ? worker : new Worker(address, options);
  }
  Lent.prototype = Worker.prototype;
  globalThis.Worker = /** @type {typeof Worker} */ (/** @type {unknown} */ (Lent));
  try {
    return await imported();
  } finally {
    globalThis.Worker = Worker;
  }
}
