// The entry of the single file, which opens from disk. Python runs in a worker as it does in the
// hosted page, or where browsers let such a page start none, on the page's own thread.

import { boot } from "./boot.js";
import { startPyScript } from "./pyscript.js";
import { startHere } from "./single-here.js";

const { take, watchProgress } = globalThis.esbankParts;

/** @type {LabsAtHand} */
const labs = {
  async archive() {
    const archive = await take("labs");
    if (archive instanceof ArrayBuffer) return archive;
    throw new Error("a machine came in the place of an archive");
  },
  async script(lab) {
    const text = document.getElementById(`script-${lab}`)?.textContent;
    return text ? import(`data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`) : null;
  },
};

boot({
  isAtHand: false,
  labs,
  watchProgress,
  async start(page) {
    const worker = await globalThis.esbankPython;
    await (worker ? startPyScript(page, worker) : startHere(page, take));
  },
});
