// PyScript's interpreter: Pyodide, started from the boot image, with all that it needs on its
// way before it asks.
//
// PyScript imports this module by the name in its configuration and takes "loadPyodide" and
// "version" from it. The boot image is the memory of a Python that had loaded the page's
// modules when the page was built. Where it is missing, damaged or of another build, Python
// starts as it would anywhere, only later.

import bootImage from "../boot-image.json";
import { info } from "../pyodide/pyodide-lock.json";
import createPyodideModule from "../pyodide/pyodide.asm.mjs";
import { loadPyodide as load, version } from "../pyodide/pyodide.mjs";

export { version };

const PYODIDE = new URL("./pyodide/", import.meta.url).href;
const MACHINE = `${PYODIDE}pyodide.asm.wasm`;
const LIBRARY = `${PYODIDE}python_stdlib.zip`;
const LIBRARY_IN_PYTHON = "/lib/python314.zip";
const CODE_IN_PYTHON = "/home/pyodide";

/** Pyodide's list of packages, without the packages: none is ever loaded. */
const NO_PACKAGES = { info, packages: {} };

/** An archive of nothing, for a Python that has its modules in memory already. */
const EMPTY_ARCHIVE = Uint8Array.of(0x50, 0x4b, 5, 6, ...new Array(18).fill(0));

/** Gives a part by its name: the single file has them itself, otherwise the page knows who has. */
const take = globalThis.esbankTake ?? taking(askThePage());

/** PyScript's request for an interpreter. */
export async function loadPyodide(options) {
  const wanted = { ...options, indexURL: PYODIDE, lockFileContents: NO_PACKAGES };
  try {
    return await startFromImage(wanted);
  } catch (error) {
    console.debug("esbank: the boot image is not used:", error);
    return startWithout(wanted);
  }
}

async function startFromImage(options) {
  // Pyodide waits for the image before it makes the machine, though at first it wants nothing
  // but its length. So it gets the room, and the image moves in once the machine is made.
  const image = new Uint8Array(bootImage.length);
  const arriving = take("image");
  arriving.catch(() => {}); // told below
  const python = await loadWith({ [LIBRARY]: async () => EMPTY_ARCHIVE }, {
    ...options,
    _loadSnapshot: image,
    async createPyodideModule(settings) {
      const machine = await createPyodideModule(settings);
      fill(image, await arriving);
      return machine;
    },
  });
  const codeHash = python.pyimport("boot_image").wake();
  if (codeHash !== bootImage.codeHash) throw new Error("it is of another build");
  bringLibrary(python);
  return python;
}

/** Put the stretches of an image into their places; boot_image_maker.py says how they come. */
function fill(image, packed) {
  const [length, count] = new Uint32Array(packed, 0, 2);
  if (length !== image.length) throw new Error("it is of another build");
  const places = new Uint32Array(packed, 8, 2 * count);
  let from = 8 + places.byteLength;
  for (let at = 0; at < places.length; at += 2) {
    const [start, end] = [places[at], places[at + 1]];
    image.set(new Uint8Array(packed, from, end - start), start);
    from += end - start;
  }
}

/** The standard library, for whatever the image does not hold; nobody waits for it. */
async function bringLibrary(python) {
  try {
    python.FS.writeFile(LIBRARY_IN_PYTHON, new Uint8Array(await take("library")));
  } catch (error) {
    console.debug("esbank: the standard library did not arrive:", error);
  }
}

async function startWithout(options) {
  const code = take("code");
  const python = await loadWith(
    { [LIBRARY]: () => take("library") },
    { ...options, createPyodideModule },
  );
  python.unpackArchive(await code, "zip", { extractDir: CODE_IN_PYTHON });
  return python;
}

/** Load Pyodide, with files of its own answered from the parts instead of fetched. */
async function loadWith(files, options) {
  const { fetch } = globalThis;
  const { instantiateStreaming, Module } = WebAssembly;
  // Pyodide writes to the console that a file did not come, and waits for ever.
  const missing = Promise.withResolvers();
  const orFail = async (part) => {
    try {
      return await part;
    } catch (error) {
      missing.reject(error);
      throw error;
    }
  };
  globalThis.fetch = async (resource, ...rest) => {
    const file = files[String(resource)];
    if (String(resource) === MACHINE) return new Response();
    return file ? new Response(await orFail(file())) : fetch(resource, ...rest);
  };
  WebAssembly.instantiateStreaming = async (_, imports) => {
    const module = await orFail(take("wasm"));
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
  WebAssembly.Module = compiledOnce(Module);
  try {
    return await Promise.race([load(options), missing.promise]);
  } finally {
    globalThis.fetch = fetch;
    Object.assign(WebAssembly, { instantiateStreaming, Module });
  }
}

/** Pyodide wraps hundreds of functions, each in a new module of the same few dozen bytes. */
function compiledOnce(Module) {
  const compiled = new Map();
  function Compiled(bytes) {
    const key = bytes.byteLength < 100 && bytes.join();
    if (!key) return new Module(bytes);
    if (!compiled.has(key)) compiled.set(key, new Module(bytes));
    return compiled.get(key);
  }
  return Object.assign(Compiled, { prototype: Module.prototype, customSections: Module.customSections });
}

/** The page answers with a line to the loader, and later with the machine, if it has one. */
function askThePage() {
  const { port1: toPage, port2: theirs } = new MessageChannel();
  const loader = Promise.withResolvers();
  const machine = Promise.withResolvers();
  toPage.onmessage = ({ data: { port, machine: module } }) =>
    port ? loader.resolve(port) : machine.resolve(module);
  self.postMessage({ wantsParts: theirs }, [theirs]);
  return { loader: loader.promise, machine: machine.promise };
}

/** A function that gets a part by its name, once each; the machine from the page, if it has it. */
function taking({ loader, machine }) {
  const waiting = {};
  loader.then((port) => {
    port.onmessage = ({ data: { name, part, error } }) =>
      error === undefined ? waiting[name].resolve(part) : waiting[name].reject(new Error(error));
  });
  const ask = async (name) => {
    waiting[name] = Promise.withResolvers();
    (await loader).postMessage(name);
    return waiting[name].promise;
  };
  const taken = { wasm: machine.then((module) => module ?? ask("wasm")) };
  return (name) => (taken[name] ??= ask(name));
}
