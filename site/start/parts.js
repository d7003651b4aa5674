// The parts that Python is made of: each is opened, counted, unpacked and made ready on the way.

const ATTEMPTS = 3;
const PAUSE_MS = 400; // doubled after each attempt
const TOLD_EVERY_MS = 50;

const READ = {
  /** Compiled while it arrives. Its type is given here: hosts that do not know .wasm exist. */
  wasm: (body) =>
    WebAssembly.compileStreaming(
      new Response(body, { headers: { "Content-Type": "application/wasm" } }),
    ),
  image: allOf,
  library: allOf,
  code: allOf,
};

/**
 * A function that gives a part by its name, made ready once however often it is asked for.
 *
 * `open` gives the stream of a part's bytes, or of as many of them as come, and hears which
 * attempt it is, from 1; `sizes` are how many there should be, by name. `tell` hears how many
 * have arrived, and of how many.
 */
export function partsFrom(open, sizes, tell) {
  const arrived = {};
  let lastTold = -TOLD_EVERY_MS;

  /** Passes bytes on, and counts them. */
  function counting(name) {
    arrived[name] = 0;
    return new TransformStream({
      transform(chunk, controller) {
        arrived[name] += chunk.byteLength;
        tellSometimes();
        controller.enqueue(chunk);
      },
    });
  }

  function tellSometimes() {
    const now = performance.now();
    if (now - lastTold < TOLD_EVERY_MS) return;
    lastTold = now;
    const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
    tell(sum(Object.values(arrived)), sum(Object.keys(arrived).map((name) => sizes[name])));
  }

  async function ready(name, attempt) {
    const body = (await open(name, attempt)).pipeThrough(counting(name));
    return READ[name](await unpacked(body));
  }

  function begin(name) {
    arrived[name] = 0;
    tellSometimes(); // at once how much there will be in all: progress never goes back
    return withRetries((attempt) => ready(name, attempt));
  }

  const taken = {};
  return (name) => (taken[name] ??= begin(name));
}

async function withRetries(work) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resume) => setTimeout(resume, PAUSE_MS * 2 ** (attempt - 1)));
    }
  }
}

/** The bytes without their gzip wrapping, if they have one: a host may have taken it off. */
async function unpacked(body) {
  const [head, whole] = body.tee();
  const reader = head.getReader();
  const { value } = await reader.read();
  reader.cancel();
  const isPacked = value?.[0] === 0x1f && value?.[1] === 0x8b;
  return isPacked ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}

function allOf(body) {
  return new Response(body).arrayBuffer();
}
