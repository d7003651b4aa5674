// The entry of the hosted page: Python runs in PyScript's worker, and the loader in another, so
// that the page itself scrolls and answers while they start.

import { element } from "../edge/elements.js";
import { boot } from "./boot.js";
import { messageOf } from "./reasons.js";
import { keepThisVersion } from "./versions.js";

/** @type {KnownParts} */
const parts = JSON.parse(element("parts").textContent);
for (const part of Object.values(parts).flat()) {
  part.address = new URL(part.address, document.baseURI).href;
}

// All downloads begin now, long before PyScript asks for them.
const loader = startLoader(["image"]);
const loaderMissing = new Promise((resolve) => (loader.onerror = resolve));

// Compiling the machine keeps a thread busy. On a first visit that is another worker's, and the
// page stays free. Later the browser hands back what it has compiled before, but to pages only.
const cameBefore = Boolean(navigator.serviceWorker?.controller);
const machineLoader = cameBefore ? null : startLoader(["wasm"]);
const machineOnItsWay = cameBefore ? fetch(parts.wasm.address) : null;
machineOnItsWay?.catch(() => {}); // the loader tries again
/** @type {Promise<WebAssembly.Module | null>} */
let machine = Promise.resolve(null);

/** @type {Map<Worker, Progress>} */
const arrived = new Map();
/** @type {TellProgress} */
let showProgress = () => {};

/**
 * A worker that fetches some parts at once, and any other when it is asked for.
 *
 * @param {PartName[]} atOnce
 */
function startLoader(atOnce) {
  const worker = new Worker(new URL("./loader.js", import.meta.url), { type: "module" });
  worker.postMessage(/** @satisfies {ToLoader} */ ({ parts, atOnce }));
  worker.onmessage = (/** @type {MessageEvent<Progress>} */ { data }) => {
    arrived.set(worker, data);
    const known = [...arrived.values()];
    showProgress(
      known.reduce((sum, progress) => sum + progress.arrived, 0),
      known.reduce((sum, progress) => sum + progress.total, 0),
    );
  };
  return worker;
}

boot({
  watchProgress(show) {
    showProgress = show;
  },

  // Only now: keeping all this must not compete with fetching it.
  started: () => keepThisVersion(),

  /** Start PyScript, and hand over the line to its worker as soon as there is one. */
  async start({ connect, hear, fail }) {
    loaderMissing.then(() => fail("loader.js did not arrive"));
    const { hooks } = await import("../pyscript/core.js");
    /** @type {(HTMLScriptElement & { xworker?: Worker }) | null} */
    const script = document.querySelector("script[worker]");
    /** @type {Worker} */
    const worker =
      script?.xworker ?? (await new Promise((made) => hooks.main.onWorker.add((_, it) => made(it))));
    worker.onerror = ({ error, message }) => fail(error ? messageOf(error) : message);
    worker.addEventListener("message", (/** @type {MessageEvent<FromPython>} */ { data }) => {
      if (typeof data === "string" && data.startsWith("[")) hear(data);
      else if (typeof data === "object" && data?.wantsParts) handOver(data.wantsParts);
    });
    if (machineOnItsWay) machine = compiled(machineOnItsWay);
    else if (machineLoader) machine = compiledBy(machineLoader);
    await aMoment(); // what the page was asked meanwhile comes first
    connect(worker);
  },
});

const aMoment = () => new Promise((resolve) => setTimeout(resolve));

/**
 * The machine, or null where it cannot be had this way, and the loader has to try its own.
 *
 * @param {Promise<Response>} response
 */
async function compiled(response) {
  try {
    return await WebAssembly.compileStreaming(response);
  } catch {
    return null;
  }
}

/**
 * The same, from a loader.
 *
 * @param {Worker} worker
 * @returns {Promise<WebAssembly.Module | null>}
 */
function compiledBy(worker) {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port2 }, [port2]);
  port1.postMessage("wasm");
  return new Promise((resolve) => {
    port1.onmessage = (/** @type {MessageEvent<PartAnswer>} */ { data: { part } }) =>
      resolve(part instanceof WebAssembly.Module ? part : null);
  });
}

/** @param {MessagePort} toRuntime */
async function handOver(toRuntime) {
  const { port1, port2 } = new MessageChannel();
  loader.postMessage({ port: port1 }, [port1]);
  toRuntime.postMessage({ port: port2 }, [port2]);
  toRuntime.postMessage({ machine: await machine });
}
