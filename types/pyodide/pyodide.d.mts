export { loadPyodide, version, type PyodideInterface as Pyodide } from "pyodide";
