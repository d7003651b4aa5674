// The entry of the hosted page: Python runs in PyScript's worker, and the loader in another, so
// that the page itself scrolls and answers while they start.

import { boot } from "./boot.js";
import { keepThisVersion } from "./versions.js";

const parts = JSON.parse(document.getElementById("parts").textContent);
for (const part of [...Object.values(parts), ...parts.ahead]) {
  if (part.address) part.address = new URL(part.address, document.baseURI).href;
}

// All downloads begin now, long before PyScript asks for them.
const loader = new Worker(new URL("./loader.js", import.meta.url), { type: "module" });
const loaderMissing = new Promise((resolve) => (loader.onerror = resolve));
loader.postMessage({ parts });

const machineOnItsWay = fetch(parts.wasm.address);
machineOnItsWay.catch(() => {}); // the loader tries again

let machine = null;

boot({
  watchProgress(show) {
    loader.onmessage = ({ data }) => show(data.arrived, data.total);
  },

  // Only now: keeping all this must not compete with fetching it.
  started: () => keepThisVersion(),

  /** Start PyScript, and hand over the line to its worker as soon as there is one. */
  async start({ connect, hear, fail }) {
    loaderMissing.then(() => fail("loader.js did not arrive"));
    const { hooks } = await import("./pyscript/core.js");
    const { xworker: already } = document.querySelector("script[worker]");
    const worker = already ?? (await new Promise((made) => hooks.main.onWorker.add((_, w) => made(w))));
    worker.onerror = ({ error, message }) => fail(String(error?.message ?? message ?? error));
    worker.addEventListener("message", ({ data }) => {
      if (typeof data === "string" && data.startsWith("[")) hear(data);
      else if (data?.wantsParts) handOver(data.wantsParts);
    });
    connect(worker);
    machine = compiled(machineOnItsWay);
  },
});

/**
 * The machine, null where it cannot be had this way: for the type that the host gives it, or for
 * the network's sake. The loader then tries its own. It is compiled here because only a page gets
 * back what it compiled on an earlier visit, and not before the worker has begun, which needs
 * this thread more urgently.
 */
async function compiled(response) {
  try {
    return await WebAssembly.compileStreaming(response);
  } catch {
    return null;
  }
}

async function handOver(toRuntime) {
  const { port1, port2 } = new MessageChannel();
  loader.postMessage({ port: port1 }, [port1]);
  toRuntime.postMessage({ about: parts, port: port2 }, [port2]);
  toRuntime.postMessage({ machine: await machine });
}
