// Pyodide refuses plain workers, and knows them by what importScripts does, twice. From a browser
// it gets an error with a stack of calls, for whose lines that reads a megabyte of script once
// more, each time; so it meets one that throws nothing of the kind. Here nothing is imported so.

if ("importScripts" in globalThis) {
  Object.assign(globalThis, {
    importScripts() {
      throw Symbol("no plain worker");
    },
  });
}

/** Let the browser's own be found again, once Pyodide has asked. */
export function asBefore() {
  Reflect.deleteProperty(globalThis, "importScripts");
}
