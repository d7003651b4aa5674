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

/** @typedef {import("../pyodide/pyodide.mjs").Pyodide} Pyodide */

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
/** @type {Take} */
const take = globalThis.esbankTake ?? taking(askThePage());

/**
 * PyScript's request for an interpreter.
 *
 * @param {object} options
 */
export async function loadPyodide(options) {
  const wanted = { ...options, indexURL: PYODIDE, lockFileContents: NO_PACKAGES };
  try {
    return await startFromImage(wanted);
  } catch (error) {
    console.debug("esbank: the boot image is not used:", error);
    return startWithout(wanted);
  }
}

/** @param {object} options */
async function startFromImage(options) {
  // Pyodide waits for the image before it makes the machine, though at first it wants nothing
  // but its length. So it gets the room, and the image moves in once the machine is made.
  const image = new Uint8Array(bootImage.length);
  const arriving = take("image");
  arriving.catch(() => {}); // told below
  const python = await loadWith({ [LIBRARY]: async () => EMPTY_ARCHIVE }, {
    ...options,
    _loadSnapshot: image,
    async createPyodideModule(/** @type {object} */ settings) {
      const machine = await createPyodideModule(settings);
      fill(image, bytesOf(await arriving));
      return machine;
    },
  });
  const codeHash = python.pyimport("boot_image").wake();
  if (codeHash !== bootImage.codeHash) throw new Error("it is of another build");
  bringLibrary(python);
  return python;
}

/**
 * A part that is no machine.
 *
 * @param {Part} part
 */
function bytesOf(part) {
  if (part instanceof ArrayBuffer) return part;
  throw new Error("a machine came in the place of bytes");
}

/**
 * Put the stretches of an image into their places; boot_image_maker.py says how they come.
 *
 * @param {Uint8Array} image
 * @param {ArrayBuffer} packed
 */
function fill(image, packed) {
  const [length, count = 0] = new Uint32Array(packed, 0, 2);
  if (length !== image.length) throw new Error("it is of another build");
  const places = new Uint32Array(packed, 8, 2 * count);
  let from = 8 + places.byteLength;
  for (let at = 0; at < places.length; at += 2) {
    const [start = 0, end = 0] = places.subarray(at, at + 2);
    image.set(new Uint8Array(packed, from, end - start), start);
    from += end - start;
  }
}

/**
 * The standard library, for whatever the image does not hold; nobody waits for it.
 *
 * @param {Pyodide} python
 */
async function bringLibrary(python) {
  try {
    python.FS.writeFile(LIBRARY_IN_PYTHON, new Uint8Array(bytesOf(await take("library"))));
  } catch (error) {
    console.debug("esbank: the standard library did not arrive:", error);
  }
}

/** @param {object} options */
async function startWithout(options) {
  const code = take("code");
  const python = await loadWith(
    { [LIBRARY]: async () => bytesOf(await take("library")) },
    { ...options, createPyodideModule },
  );
  python.unpackArchive(bytesOf(await code), "zip", { extractDir: CODE_IN_PYTHON });
  return python;
}

/**
 * Load Pyodide, with files of its own answered from the parts instead of fetched.
 *
 * @param {Record<string, () => Promise<BodyInit>>} files
 * @param {object} options
 */
async function loadWith(files, options) {
  const { fetch } = globalThis;
  const { instantiateStreaming, Module } = WebAssembly;
  // Pyodide writes to the console that a file did not come, and waits for ever.
  /** @type {PromiseWithResolvers<never>} */
  const missing = Promise.withResolvers();
  /**
   * @template T
   * @param {Promise<T>} part
   */
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
    if (!(module instanceof WebAssembly.Module)) throw new Error("bytes came in the place of a machine");
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

/**
 * Pyodide wraps hundreds of functions, each in a new module of the same few dozen bytes.
 *
 * @param {typeof WebAssembly.Module} Module
 */
function compiledOnce(Module) {
  /** @type {Map<string, WebAssembly.Module>} */
  const compiled = new Map();
  return new Proxy(Module, {
    construct(_, [bytes]) {
      const key = bytes.byteLength < 100 ? bytes.join() : "";
      const module = compiled.get(key) ?? new Module(bytes);
      if (key) compiled.set(key, module);
      return module;
    },
  });
}

/** The page answers with a line to the loader, and later with the machine, if it has one. */
function askThePage() {
  const { port1: toPage, port2: theirs } = new MessageChannel();
  /** @type {PromiseWithResolvers<MessagePort>} */
  const loader = Promise.withResolvers();
  /** @type {PromiseWithResolvers<WebAssembly.Module | null>} */
  const machine = Promise.withResolvers();
  toPage.onmessage = (/** @type {MessageEvent<ToRuntime>} */ { data }) =>
    data.port ? loader.resolve(data.port) : machine.resolve(data.machine);
  self.postMessage({ wantsParts: theirs }, { transfer: [theirs] });
  return { loader: loader.promise, machine: machine.promise };
}

/**
 * A function that gets a part by its name, once each; the machine from the page, if it has it.
 *
 * @param {ReturnType<typeof askThePage>} page
 * @returns {Take}
 */
function taking({ loader, machine }) {
  /** @type {Partial<Record<PartName, PromiseWithResolvers<Part>>>} */
  const waiting = {};
  loader.then((port) => {
    port.onmessage = (/** @type {MessageEvent<PartAnswer>} */ { data: { name, part, error } }) =>
      part ? waiting[name]?.resolve(part) : waiting[name]?.reject(new Error(error));
  });
  /** @type {Take} */
  const ask = async (name) => {
    const answer = Promise.withResolvers();
    waiting[name] = answer;
    (await loader).postMessage(name);
    return answer.promise;
  };
  /** @type {Partial<Record<PartName, Promise<Part>>>} */
  const taken = { wasm: machine.then((module) => module ?? ask("wasm")) };
  return (name) => (taken[name] ??= ask(name));
}
