// Runs pytest inside Pyodide, in Node, on this very folder. The packages are those of the
// .venv: pytest and Hypothesis are pure Python, so they need no other build.
//
//   node run.mjs <repository> <site-packages> [pytest arguments]

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [repository, packages, ...pytestArguments] = process.argv.slice(2);
const pyodideFolder = resolve(repository, "node_modules/pyodide");
const { loadPyodide } = await import(pathToFileURL(resolve(pyodideFolder, "pyodide.mjs")).href);

const pyodide = await loadPyodide({ indexURL: pyodideFolder });
const folders = [
  ["/repository", repository],
  ["/packages", packages],
  ["/shared", resolve(repository, "../shared")], // test data, where it is there
];
for (const [path, folder] of folders.filter(([, folder]) => existsSync(folder))) {
  pyodide.FS.mkdirTree(path);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: folder }, path);
}
pyodide.globals.set("pytest_arguments", pyodide.toPy(pytestArguments));
const status = await pyodide.runPythonAsync(`
import os, sys
sys.path.append("/packages")
sys.dont_write_bytecode = True
os.chdir("/repository")
import pytest
int(pytest.main(list(pytest_arguments)))
`);
process.exit(status);
