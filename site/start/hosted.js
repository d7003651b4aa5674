// The entry of the hosted page: Python runs in PyScript's worker, and the loader in another, so
// that the page itself scrolls and answers while they start.

import { boot } from "./boot.js";
import { keepThisVersion } from "./versions.js";

const parts = JSON.parse(document.getElementById("parts").textContent);
for (const part of [...Object.values(parts), ...parts.ahead]) {
  if (part.address) part.address = new URL(part.address, document.baseURI).href;
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
let machine = null;

const arrived = new Map();
let showProgress = () => {};

/** A worker that fetches some parts at once, and any other when it is asked for. */
function startLoader(atOnce) {
  const worker = new Worker(new URL("./loader.js", import.meta.url), { type: "module" });
  worker.postMessage({ parts, atOnce });
  worker.onmessage = ({ data }) => {
    arrived.set(worker, data);
    const sum = (key) => [...arrived.values()].reduce((all, known) => all + known[key], 0);
    showProgress(sum("arrived"), sum("total"));
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
    const { xworker: already } = document.querySelector("script[worker]");
    const worker = already ?? (await new Promise((made) => hooks.main.onWorker.add((_, w) => made(w))));
    worker.onerror = ({ error, message }) => fail(String(error?.message ?? message ?? error));
    worker.addEventListener("message", ({ data }) => {
      if (typeof data === "string" && data.startsWith("[")) hear(data);
      else if (data?.wantsParts) handOver(data.wantsParts);
    });
    machine = machineOnItsWay ? compiled(machineOnItsWay) : compiledBy(machineLoader);
    await aMoment(); // what the page was asked meanwhile comes first
    connect(worker);
  },
});

const aMoment = () => new Promise((resolve) => setTimeout(resolve));

/** The machine, or null where it cannot be had this way, and the loader has to try its own. */
async function compiled(response) {
  try {
    return await WebAssembly.compileStreaming(response);
  } catch {
    return null;
  }
}

/** The same, from a loader. */
function compiledBy(worker) {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port2 }, [port2]);
  port1.postMessage("wasm");
  return new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data.part ?? null)));
}

async function handOver(toRuntime) {
  const { port1, port2 } = new MessageChannel();
  loader.postMessage({ port: port1 }, [port1]);
  toRuntime.postMessage({ port: port2 }, [port2]);
  toRuntime.postMessage({ machine: await machine });
}
