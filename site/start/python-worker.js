// Python in PyScript's worker: the page starts PyScript, carries texts to and fro, and hands over
// what Python is made of.

import { messageOf } from "./reasons.js";

/**
 * Start PyScript, and hand over the line to its worker as soon as there is one.
 *
 * @param {PageForPython} page
 * @param {Supply} supply
 */
export async function startInWorker({ connect, hear, fail }, supply) {
  const { hooks } = await import("../pyscript/core.js");
  /** @type {(HTMLScriptElement & { xworker?: Worker }) | null} */
  const script = document.querySelector("script[worker]");
  /** @type {Worker} */
  const worker =
    script?.xworker ?? (await new Promise((made) => hooks.main.onWorker.add((_, it) => made(it))));
  worker.onerror = ({ error, message }) => fail(error ? messageOf(error) : message);
  worker.addEventListener("message", (/** @type {MessageEvent<FromPython>} */ { data }) => {
    if (typeof data === "string" && data.startsWith("[")) hear(data);
    else if (typeof data === "object" && data?.wantsParts) handOver(data.wantsParts, supply);
  });
  supply.machine(); // at once: by the time it is asked for, it may be there
  await aMoment(); // what the page was asked meanwhile comes first
  connect(worker);
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve));

/**
 * @param {MessagePort} toRuntime
 * @param {Supply} supply
 */
async function handOver(toRuntime, supply) {
  toRuntime.onmessage = () => {
    const port = supply.line();
    toRuntime.postMessage({ port }, [port]);
  };
  toRuntime.postMessage({ machine: await supply.machine() });
}
