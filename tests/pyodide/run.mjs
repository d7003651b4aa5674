// Runs a Python module inside Pyodide, in Node, on this very folder. The packages are those of
// the .venv: pytest and Hypothesis are pure Python, so they need no other build.
//
//   node run.mjs <repository> <site-packages> <module> [arguments]

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [repository, packages, ...command] = process.argv.slice(2);
const pyodideFolder = resolve(repository, "node_modules/pyodide");
const { loadPyodide } = await import(pathToFileURL(resolve(pyodideFolder, "pyodide.mjs")).href);

const pyodide = await loadPyodide({ indexURL: pyodideFolder });
const folders = [
  ["/repository", repository],
  ["/packages", packages],
  ["/shared", resolve(repository, "../shared")], // test data, where it is there
];
for (const [path, folder] of folders.filter(([, there]) => existsSync(there))) {
  pyodide.FS.mkdirTree(path);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: folder }, path);
}
pyodide.globals.set("command", pyodide.toPy(command));
const status = await pyodide.runPythonAsync(`
import os, runpy, sys
sys.path[:0] = ["/repository"]
sys.path.append("/packages")
sys.dont_write_bytecode = True
os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"  # those of the .venv are for CPython itself
os.chdir("/repository")
sys.argv = list(command)
try:
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)
    status = 0
except SystemExit as ended:
    status = int(ended.code or 0)
status
`);
process.exit(status);
