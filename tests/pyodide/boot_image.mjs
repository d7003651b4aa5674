// Starts Python twice from a boot image, as two visitors would, and prints what each has:
// node boot_image.mjs <pyodide folder> <image.js> <about, as JSON> <image, packed>

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const [folder = "", imageModule = "", about = "", file = ""] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
const { default: makeMachine } = await import(pathToFileURL(join(folder, "pyodide.asm.mjs")).href);
// By its text: Node would take a file of this name for a script of the other kind.
const { checked, fromImage } = await import(
  `data:text/javascript,${encodeURIComponent(readFileSync(imageModule, "utf8"))}`
);

const known = JSON.parse(readFileSync(about, "utf8"));
const image = checked(Uint8Array.from(gunzipSync(readFileSync(file))).buffer, known);
const visitors = [];
for (let visitor = 0; visitor < 2; visitor++) {
  const python = await loadPyodide(fromImage(makeMachine, known, Promise.resolve(image)));
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
