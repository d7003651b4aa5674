// Compiles Python for the page's own: node compile_python.mjs <pyodide folder> <sources.zip> <target>
//
// Bytecode is of one version of Python, and the one in the browser is not that of whoever builds.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, sources, target] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodideFolder, "pyodide.mjs")).href);
const python = await loadPyodide({
  indexURL: `${pyodideFolder}/`,
  env: { PYTHONHASHSEED: "0" },
});
python.FS.writeFile("/sources.zip", new Uint8Array(readFileSync(sources)));
python.FS.writeFile(
  "/home/pyodide/compile_python.py",
  readFileSync(new URL("compile_python.py", import.meta.url)),
);
python.pyimport("compile_python").compile_archive("/sources.zip", "/compiled.zip");
writeFileSync(target, python.FS.readFile("/compiled.zip"));
