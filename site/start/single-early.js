// Runs in the single file as soon as its two large parts have been read, while the rest of it
// is still being read: gives them to the loader. Where a page from disk may start no worker,
// there is none, and single-parts.js does without.

import { element } from "../edge/elements.js";

const known = JSON.parse(element("parts").textContent);

function startLoader() {
  const script = element("loader-script").textContent;
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const loader = new Worker(address);
  for (const name of ["image", "wasm"]) {
    const text = element(`part-${name}`).textContent;
    loader.postMessage({ name, size: known[name].size, text });
  }
  return loader;
}

try {
  globalThis.esbankLoader = startLoader();
} catch (error) {
  console.debug("esbank: no worker unpacks the parts:", error);
}
