// The entry of the single file, which opens from disk. Browsers let such a page start no worker
// that imports, so Python runs on the page's own thread, over a line of the same shape.

import { labs, watchProgress } from "./single-parts.js";
import { boot } from "./boot.js";

// PyScript imports its interpreter by an address; the import map sends it here.
globalThis.esbankRuntime = import("./runtime.js");

boot({
  isAtHand: false,
  labs,
  watchProgress,
  async start({ connect, hear, fail }) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => hear(data);
    globalThis.esbank = { line: port2 };
    window.addEventListener("error", ({ message }) => fail(message));
    connect(port1);
    await import("../pyscript/core.js");
  },
});
