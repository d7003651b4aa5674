// The entry of the hosted page: Python runs in PyScript's worker, and the loader in another, so
// that the page itself scrolls and answers while they start.

import { boot } from "./boot.js";

const parts = JSON.parse(document.getElementById("parts").textContent);
for (const part of [...Object.values(parts), ...parts.ahead]) {
  if (part.address) part.address = new URL(part.address, document.baseURI).href;
}

// The downloads begin now, long before PyScript asks for them.
const loader = new Worker(new URL("./loader.js", import.meta.url), { type: "module" });
loader.postMessage({ parts });

boot({
  watchProgress(show) {
    loader.onmessage = ({ data }) => show(data.arrived, data.total);
  },

  /** Start PyScript, and hand over the line to its worker as soon as there is one. */
  async start({ connect, hear, fail }) {
    const { hooks } = await import("./pyscript/core.js");
    hooks.main.onWorker.add((_, worker) => {
      worker.onerror = ({ error, message }) => fail(String(error?.message ?? message ?? error));
      worker.addEventListener("message", ({ data }) => {
        if (typeof data === "string" && data.startsWith("[")) hear(data);
        else if (data?.wantsParts) handOver(data.wantsParts);
      });
      connect(worker);
    });
  },
});

function handOver(toRuntime) {
  const { port1, port2 } = new MessageChannel();
  loader.postMessage({ port: port1 }, [port1]);
  toRuntime.postMessage({ port: port2, about: parts }, [port2]);
}
