// Python on the page's own thread, over a line of the same shape as a worker's: for browsers that
// let a page from disk start no worker.

import { element } from "../edge/elements.js";

/**
 * @param {PageForPython} page
 * @param {Take} take
 */
export async function startHere({ connect, hear, fail }, take) {
  globalThis.esbankTake = take;
  const runtime = document.createElement("script");
  runtime.textContent = element("runtime-script").textContent;
  document.head.append(runtime);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => hear(data);
  globalThis.esbank = { line: port2 };
  window.addEventListener("error", ({ message }) => fail(message));
  connect(port1);
  document.querySelector("script[worker]")?.removeAttribute("worker");
  await import("../pyscript/core.js");
}
