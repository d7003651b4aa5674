// PyScript's interpreter: Pyodide, started from the boot image, with all that it needs on its
// way before it asks.
//
// PyScript finds it in a global and takes "loadPyodide" and "version" from it (building/pyscript.py).
// Python begins to start as soon as this runs; PyScript gets it when it asks. Where the boot image
// is missing, damaged or of another build, Python starts as it would anywhere, only later.

import bootImage from "../boot-image.json";
import { info } from "../pyodide/pyodide-lock.json";
import createPyodideModule from "../pyodide/pyodide.asm.mjs";
import { loadPyodide as load, version } from "../pyodide/pyodide.mjs";
import { checked, fromImage } from "./image.js";
import { keptImage } from "./kept-image.js";

export { version };

/** @typedef {import("../pyodide/pyodide.mjs").Pyodide} Pyodide */

const PYODIDE = new URL("./pyodide/", import.meta.url).href;
const IMAGE = new URL("./image/boot.image", import.meta.url).href;
const MACHINE = `${PYODIDE}pyodide.asm.wasm`;
const LIBRARY = `${PYODIDE}python_stdlib.zip`;
const LIBRARY_IN_PYTHON = "/lib/python314.zip";
const CODE_IN_PYTHON = "/home/pyodide";

/** An archive of nothing, for a Python that has its modules in memory already. */
const EMPTY_ARCHIVE = Uint8Array.of(0x50, 0x4b, 5, 6, ...new Array(18).fill(0));

/** Where Python writes: PyScript says it when it asks. */
const output = { stdout: console.log, stderr: console.error };

const OPTIONS = {
  indexURL: PYODIDE,
  lockFileContents: { info, packages: {} }, // no package is ever loaded
  stdout: (/** @type {string} */ text) => output.stdout(text),
  stderr: (/** @type {string} */ text) => output.stderr(text),
};

/** Gives a part by its name: on the page's own thread the page has them itself, else it is asked. */
/** @type {Take} */
const take = globalThis.esbankTake ?? taking(askThePage());

// Not at once: what is asked for from the top of a script has browsers read all of it for its lines.
const started = Promise.resolve().then(start);
started.catch(() => {}); // PyScript hears of it
globalThis.esbankRuntime = Promise.resolve({ loadPyodide, version });

/**
 * PyScript's request for an interpreter.
 *
 * @param {typeof output} options
 */
export function loadPyodide({ stdout, stderr }) {
  Object.assign(output, { stdout, stderr });
  return started;
}

async function start() {
  try {
    return await startFromImage();
  } catch (error) {
    console.debug("esbank: the boot image is not used:", error);
    return startWithout();
  }
}

async function startFromImage() {
  const arriving = image();
  arriving.catch(() => {}); // told below
  const python = await loadWith(
    { [LIBRARY]: async () => EMPTY_ARCHIVE },
    { ...OPTIONS, ...fromImage(createPyodideModule, bootImage, arriving) },
  );
  const codeHash = python.pyimport("boot_image").wake();
  if (codeHash !== bootImage.codeHash) throw new Error("it is of another build");
  bringLibrary(python);
  return python;
}

/** The boot image: the one that the service worker has unpacked, or else the packed one. */
async function image() {
  try {
    const kept = await keptImage(IMAGE);
    if (kept) return checked(await kept.arrayBuffer(), bootImage);
  } catch (error) {
    console.debug("esbank: the unpacked image is not used:", error);
  }
  return checked(bytesOf(await take("image")), bootImage);
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

async function startWithout() {
  const code = take("code");
  const python = await loadWith(
    { [LIBRARY]: async () => bytesOf(await take("library")) },
    { ...OPTIONS, createPyodideModule },
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
  const { instantiateStreaming } = WebAssembly;
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
  try {
    return await Promise.race([load(options), missing.promise]);
  } finally {
    globalThis.fetch = fetch;
    WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}

/**
 * The page sends the machine, if it has one, and a line to the loader when asked. They come as
 * messages to this worker and not over a line of their own: a machine that is sent over one never
 * arrives where the page is from disk.
 */
function askThePage() {
  /** @type {PromiseWithResolvers<MessagePort>} */
  const loader = Promise.withResolvers();
  /** @type {PromiseWithResolvers<WebAssembly.Module | null>} */
  const machine = Promise.withResolvers();
  self.addEventListener("message", (/** @type {MessageEvent<ToRuntime | ToPyScript>} */ event) => {
    const { data } = event;
    if (!("to" in data)) return;
    event.stopImmediatePropagation(); // PyScript takes whatever comes for its own
    if (data.port) loader.resolve(data.port);
    else machine.resolve(data.machine);
  });
  const askForLoader = () => {
    self.postMessage(/** @satisfies {FromPython} */ ({ wants: "loader" }));
    return loader.promise;
  };
  return { askForLoader, machine: machine.promise };
}

/**
 * A function that gets a part by its name, once each; the machine from the page, if it has it.
 *
 * @param {ReturnType<typeof askThePage>} page
 * @returns {Take}
 */
function taking({ askForLoader, machine }) {
  /** @type {Partial<Record<PartName, PromiseWithResolvers<Part>>>} */
  const waiting = {};
  /** @type {Promise<MessagePort> | undefined} */
  let loader;
  const theLoader = async () => {
    const port = await askForLoader();
    port.onmessage = (/** @type {MessageEvent<PartAnswer>} */ { data: { name, part, error } }) =>
      part ? waiting[name]?.resolve(part) : waiting[name]?.reject(new Error(error));
    return port;
  };
  /** @type {Take} */
  const ask = async (name) => {
    const answer = Promise.withResolvers();
    waiting[name] = answer;
    (await (loader ??= theLoader())).postMessage(name);
    return answer.promise;
  };
  /** @type {Partial<Record<PartName, Promise<Part>>>} */
  const taken = { wasm: machine.then((module) => module ?? ask("wasm")) };
  return (name) => (taken[name] ??= ask(name));
}
