// Fetches what Python is made of, on a thread of its own, so that neither the page nor Python
// waits for bytes that could have been on their way: the two large parts at once, the others
// when they are asked for.
//
// The page sends { parts } once, and later { port }, from the thread that Python runs on. That
// asks for parts by name and gets { name, part } or { name, error }. Progress is told to the page.

const ATTEMPTS = 3;
const PAUSE_MS = 400; // doubled at each attempt
const TOLD_EVERY_MS = 50;

const READ = {
  /** Compiled while it arrives. Its type is given here: hosts that do not know .wasm exist. */
  wasm: (body) =>
    WebAssembly.compileStreaming(
      new Response(body, { headers: { "Content-Type": "application/wasm" } }),
    ),
  image: async (body) => new Response(await unpacked(body)).arrayBuffer(),
  library: (body) => new Response(body).arrayBuffer(),
  code: (body) => new Response(body).arrayBuffer(),
};

let parts = {};
const taken = {};
const arrived = {};
let lastTold = 0;

/** A part, fetched once however often it is asked for. */
function take(name) {
  taken[name] ??= withRetries(() => fetchPart(name));
  return taken[name];
}

async function withRetries(work) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resume) => setTimeout(resume, PAUSE_MS * 2 ** (attempt - 1)));
    }
  }
}

async function fetchPart(name) {
  arrived[name] = 0;
  const response = await fetch(parts[name].address);
  if (!response.ok) throw new Error(`${parts[name].address} was answered with ${response.status}`);
  return READ[name](response.body.pipeThrough(counting(name)));
}

/** Passes bytes on, and counts them as progress. */
function counting(name) {
  return new TransformStream({
    transform(chunk, controller) {
      arrived[name] += chunk.byteLength;
      tellProgress();
      controller.enqueue(chunk);
    },
  });
}

function tellProgress() {
  const now = performance.now();
  if (now - lastTold < TOLD_EVERY_MS) return;
  lastTold = now;
  const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
  const names = Object.keys(arrived);
  postMessage({
    arrived: sum(Object.values(arrived)),
    total: sum(names.map((name) => parts[name].size)),
  });
}

/**
 * The bytes without their gzip wrapping, which few hosts would put around a file of this type.
 * A host that calls it an encoding has had it taken off by the browser already.
 */
async function unpacked(body) {
  const [head, whole] = body.tee();
  const reader = head.getReader();
  const { value } = await reader.read();
  reader.cancel();
  const isPacked = value?.[0] === 0x1f && value?.[1] === 0x8b;
  return isPacked ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}

function serve(port) {
  port.onmessage = async ({ data: name }) => {
    try {
      const part = await take(name);
      port.postMessage({ name, part }, part instanceof ArrayBuffer ? [part] : []);
    } catch (error) {
      port.postMessage({ name, error: String(error?.message ?? error) });
    }
  };
}

onmessage = ({ data }) => {
  if (data.port) return serve(data.port);
  parts = data.parts;
  // Whoever asks for them hears of a failure; here nobody is to blame for not having asked.
  for (const name of ["image", "wasm"]) take(name).catch(() => {});
  // Modules that the other thread will import: from the browser's cache, then.
  for (const { address } of parts.ahead) fetch(address).catch(() => {});
};
