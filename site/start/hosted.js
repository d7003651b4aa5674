// The entry of the hosted page: Python runs in PyScript's worker, and the loader in another, so
// that the page itself scrolls and answers while they start.

import { element } from "../edge/elements.js";
import { boot } from "./boot.js";
import { handOver } from "./hand-over.js";
import { keptImage } from "./kept-image.js";
import { startPyScript } from "./pyscript.js";
import { keepThisVersion } from "./versions.js";

/** @type {KnownParts} */
const parts = JSON.parse(element("parts").textContent);
for (const part of Object.values(parts).flat()) {
  part.address = new URL(part.address, document.baseURI).href;
}

// Compiling the machine keeps a thread busy. On a first visit that is another worker's, and the
// page stays free. Later the browser hands back what it has compiled before, but to pages only.
const cameBefore = Boolean(navigator.serviceWorker?.controller);

// All downloads begin now, long before PyScript asks for them.
const machineLoader = cameBefore ? null : startLoader(["wasm"]);
const early = (globalThis.esbankEarly ??= null);
const machineOnItsWay = early?.machine ?? (cameBefore ? fetch(parts.wasm.address) : null);
machineOnItsWay?.catch(() => {}); // the loader tries again
/** @type {Promise<WebAssembly.Module | null> | undefined} */
let machine;

/** @type {Worker | null} */
let loader = null;
/** @type {PromiseWithResolvers<Event>} */
const loaderMissing = Promise.withResolvers();
if (cameBefore) fetchImageUnlessKept();
else theLoader(["image"]);

/** @type {Map<Worker, Progress>} */
const arrived = new Map();
/** @type {TellProgress} */
let showProgress = () => {};

/** Where the image is kept unpacked Python's worker reads it, and needs nothing else to start. */
async function fetchImageUnlessKept() {
  if (!(await keptImage(parts.image.address))) theLoader(["image"]);
}

/**
 * The loader of all but the machine.
 *
 * @param {PartName[]} [atOnce] what it begins with, if it is not there yet
 */
function theLoader(atOnce = []) {
  if (!loader) {
    loader = startLoader(atOnce);
    loader.onerror = loaderMissing.resolve;
  }
  return loader;
}

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
  // A page that was here before has nothing to fetch: its Python may begin beside its painting.
  isAtHand: cameBefore,

  watchProgress(show) {
    showProgress = show;
  },

  // Only now: keeping all this must not compete with fetching it.
  started: () => keepThisVersion(),

  labs: {
    archive: () => partFrom(lineToLoader(), "labs"),
    async script(lab) {
      const known = parts.scripts.find(({ name }) => name === lab);
      return known ? import(known.address) : null;
    },
  },

  async start(page) {
    loaderMissing.promise.then(() => page.fail("loader.js did not arrive"));
    const python =
      early?.worker ?? new Worker(new URL("./python.js", import.meta.url), { type: "module" });
    const handedOver = handOver(python, { machine: theMachine, line: lineToLoader });
    // Out of the browser's cache the machine is there at once, and Python's thread waits for it;
    // PyScript, which keeps this one busy as well, is wanted only once Python runs.
    const started = startPyScript(page, python, cameBefore ? handedOver : undefined);
    early?.tellAgain(); // now that somebody hears it
    await started;
  },
});

function theMachine() {
  machine ??= machineOnItsWay ? compiled(machineOnItsWay) : compiledByLoader();
  return machine;
}

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

/** The same, from a loader. */
function compiledByLoader() {
  const port = lineTo(machineLoader ?? theLoader());
  port.postMessage("wasm");
  return new Promise((resolve) => {
    port.onmessage = (/** @type {MessageEvent<PartAnswer>} */ { data: { part } }) =>
      resolve(part instanceof WebAssembly.Module ? part : null);
  });
}

/**
 * A part that is bytes, over a line to a loader.
 *
 * @param {MessagePort} port
 * @param {PartName} name
 * @returns {Promise<ArrayBuffer>}
 */
function partFrom(port, name) {
  port.postMessage(name);
  return new Promise((resolve, reject) => {
    port.onmessage = (/** @type {MessageEvent<PartAnswer>} */ { data: { part, error } }) =>
      part instanceof ArrayBuffer ? resolve(part) : reject(new Error(error));
  });
}

function lineToLoader() {
  return lineTo(theLoader());
}

/** @param {Worker} worker */
function lineTo(worker) {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port1 }, [port1]);
  return port2;
}
