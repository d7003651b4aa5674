// A Python that can be thrown away, in a worker of the frame's: it is made of what it is handed, and
// answers texts, one after another. It ends when its worker is ended, whatever it does.

const ROOM = 512 << 20; // bytes for Python; of more it hears that there are none
const BYTES_IN_PAGE = 1 << 16;
const CODE_IN_PYTHON = "/home/pyodide";

self.onmessage = async (/** @type {MessageEvent<SpareBeginning>} */ { data }) => {
  self.onmessage = null;
  // Bound: what a program does to ports in general does not reach this one.
  const say = /** @type {(told: FromSpare) => void} */ (data.line.postMessage.bind(data.line));
  try {
    const answer = await start(data);
    data.line.onmessage = (/** @type {MessageEvent<string>} */ { data: text }) => {
      say({ hasBegun: true });
      try {
        say({ answer: String(answer(text, (told) => say({ told: String(told) }))) });
      } catch (error) {
        say({ broken: String(error) });
      }
    };
    say({ isReady: true });
  } catch (error) {
    say({ broken: String(error) });
  }
};

/**
 * Start Python, and give the function “answer” of its program.
 *
 * @param {SpareBeginning} beginning
 * @returns {Promise<(text: string, tell: (told: unknown) => void) => unknown>}
 */
async function start({ runtime, wasm, parts, program }) {
  limitMemory();
  /** @type {Take} */
  const take = async (name) => {
    const part = name === "wasm" ? wasm : parts[name];
    if (part) return part;
    throw new Error(`there is no ${name}`);
  };
  globalThis.esbankTake = take;
  // eslint-disable-next-line no-eval -- it is ours, and no address leads to it from here
  (0, eval)(runtime);
  const quiet = () => {};
  const { loadPyodide } = await esbankRuntime;
  const python = await loadPyodide({ stdout: quiet, stderr: quiet });
  // The runtime, which asked first, has put it where Python looks; it is large.
  await take("library").catch(quiet);
  if (parts.labs) python.unpackArchive(parts.labs, "zip", { extractDir: CODE_IN_PYTHON });
  python.runPython("import importlib; importlib.invalidate_caches()");
  python.runPython(program);
  return python.globals.get("answer");
}

function limitMemory() {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * BYTES_IN_PAGE > ROOM) throw new RangeError("no more room");
    return grow.call(this, pages);
  };
}
