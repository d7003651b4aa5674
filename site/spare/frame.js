// The frame of a Python that can be thrown away. Its origin is none that anything else has, and its
// policy lets nothing out; the workers that it makes have both from it. It holds what a Python is
// made of, so that another one is there soon, and runs no Python itself: it would hold up the page.

const source = document.getElementById("worker")?.textContent ?? "";
const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));

/** @type {Worker | null} */
let worker = null;

window.addEventListener(
  "message",
  async (/** @type {MessageEvent<SpareMaterial>} */ { data, source: sender }) => {
    if (sender !== window.parent) return;
    const { port, machine, ...material } = data;
    // What the page has compiled another origin may not have: this one compiles it once more.
    const wasm = await WebAssembly.compile(machine);
    // Each port that comes is the line to another Python; the one before it ends.
    port.onmessage = (/** @type {MessageEvent<MessagePort>} */ { data: line }) => {
      worker?.terminate();
      worker = new Worker(address);
      worker.postMessage(/** @satisfies {SpareBeginning} */ ({ line, wasm, ...material }), [line]);
    };
  },
);
