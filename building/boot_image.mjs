// Makes the boot image: node boot_image.mjs <pyodide folder> <pyscript.js> <code.zip> <target>
//
// The image is the memory of a Python that has loaded the page's modules. Chance and the clock are
// the same at each making, and on each machine, so that one commit gives the same bytes; each
// browser makes its own anew (boot_image.py, wake).

import crypto from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, pyscriptModule, codeArchive, target] = process.argv.slice(2);
const MOMENT = Date.UTC(2026, 0, 1);
const CODE_IN_PYTHON = "/home/pyodide";

/** What Python would be told of the machine that makes the image: where its files are, its language. */
function sayNothingOfThisMachine() {
  process.argv = ["node", "esbank"];
  Reflect.deleteProperty(globalThis, "navigator");
}

function stopChanceAndClock() {
  let state = 1;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
  crypto.randomFillSync = (room) => {
    const bytes = new Uint8Array(room.buffer, room.byteOffset, room.byteLength);
    for (const at of bytes.keys()) bytes[at] = next();
    return room;
  };
  Math.random = () => next() / 256;
  Date.now = () => MOMENT;
  performance.now = () => 0;
  globalThis.Date = new Proxy(Date, {
    construct: (kind, given, made) => Reflect.construct(kind, given.length ? given : [MOMENT], made),
  });
}

/**
 * PyScript's modules as { "pyscript": source, "pyscript.web": source, … }.
 *
 * @param {Record<string, string>} files
 */
function modules(files) {
  return Object.fromEntries(
    Object.entries(files).map(([file, source]) => [
      file === "__init__.py" ? "pyscript" : `pyscript.${file.replace(/\.py$/, "")}`,
      source,
    ]),
  );
}

/**
 * What a machine has in its memory that has just been made, and waits for a snapshot.
 *
 * @param {Uint8Array} snapshot
 * @returns {Promise<Uint8Array>}
 */
function freshMemory(snapshot) {
  return new Promise((resolve, reject) => {
    const createPyodideModule = async (/** @type {object} */ settings) => {
      const machine = await makeMachine(settings);
      resolve(machine.HEAPU8.slice());
      return machine;
    };
    const options = { _loadSnapshot: snapshot, indexURL: `${pyodideFolder}/`, createPyodideModule };
    loadPyodide(options).catch(reject);
  });
}

stopChanceAndClock();
sayNothingOfThisMachine();
const { loadPyodide } = await import(pathToFileURL(join(pyodideFolder, "pyodide.mjs")).href);
const { default: makeMachine } = await import(
  pathToFileURL(join(pyodideFolder, "pyodide.asm.mjs")).href
);
const { default: pyscript } = await import(pathToFileURL(pyscriptModule).href);
const python = await loadPyodide({
  _makeSnapshot: true,
  indexURL: `${pyodideFolder}/`,
  env: { PYTHONHASHSEED: "0" },
});
const code = readFileSync(codeArchive);
python.unpackArchive(new Uint8Array(code), "zip", { extractDir: CODE_IN_PYTHON });
python.FS.writeFile(
  `${CODE_IN_PYTHON}/boot_image.py`,
  readFileSync(new URL("boot_image.py", import.meta.url)),
);
const bootImage = python.pyimport("boot_image");
bootImage.fill(
  python.toPy(modules(pyscript.pyscript)),
  crypto.createHash("sha256").update(code).digest("hex"),
);
bootImage.destroy();
const snapshot = python.makeMemorySnapshot();
writeFileSync(`${target}/snapshot`, snapshot);
writeFileSync(`${target}/fresh`, await freshMemory(snapshot));
process.exit(0);
