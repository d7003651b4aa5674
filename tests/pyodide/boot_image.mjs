// Starts Python twice from a boot image, as two visitors would, and prints what each has:
// node boot_image.mjs <pyodide.mjs> <image, packed>

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const [pyodideModule, file] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(pyodideModule).href);

/** @param {Uint8Array} packed */
function whole(packed) {
  const words = new Uint32Array(packed.buffer, packed.byteOffset, packed.byteLength >> 2);
  const [length = 0, count = 0] = words;
  const image = new Uint8Array(length);
  let from = 8 + 8 * count;
  for (let at = 2; at < 2 + 2 * count; at += 2) {
    const [start = 0, end = 0] = words.subarray(at, at + 2);
    image.set(packed.subarray(from, from + end - start), start);
    from += end - start;
  }
  return image;
}

const packed = Uint8Array.from(gunzipSync(readFileSync(file)));
const visitors = [];
for (let visitor = 0; visitor < 2; visitor++) {
  const python = await loadPyodide({ _loadSnapshot: whole(packed) });
  const codeHash = python.pyimport("boot_image").wake();
  const told = python.runPython(`
import json, random, sys, uuid
from datetime import datetime, timezone
json.dumps({
    "random": [random.random() for _ in range(3)],
    "id": str(uuid.uuid4()),
    "year": datetime.now(timezone.utc).year,
    "modules": sorted(name for name in sys.modules if name.startswith(("bankpage", "esbank_core"))),
    "pyscript": "pyscript" in sys.modules,
})`);
  visitors.push({ ...JSON.parse(told), codeHash });
}
console.log(JSON.stringify(visitors));
