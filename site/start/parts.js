// The parts that Python is made of: each is opened, counted, unpacked and made ready on the way.

import { messageOf } from "./reasons.js";

const ATTEMPTS = 3; // over a network
const PAUSE_MS = 400; // doubled after each attempt
const TOLD_EVERY_MS = 50;

/** @type {Record<PartName, (body: ReadableStream<Uint8Array<ArrayBuffer>>) => Promise<Part>>} */
const READ = {
  /** Compiled while it arrives. Its type is given here: hosts that do not know .wasm exist. */
  wasm: (body) =>
    WebAssembly.compileStreaming(
      new Response(body, { headers: { "Content-Type": "application/wasm" } }),
    ),
  image: allOf,
  library: allOf,
  code: allOf,
  labs: allOf,
};

/**
 * How many bytes of each part travel.
 *
 * @param {Record<PartName, { size: number }>} parts
 */
export function sizesOf({ image, wasm, library, code, labs }) {
  return {
    image: image.size,
    wasm: wasm.size,
    library: library.size,
    code: code.size,
    labs: labs.size,
  };
}

/**
 * Counts what arrives of all parts together, and tells it, though not of every chunk.
 *
 * @param {Record<PartName, number>} sizes how many bytes there should be, by name
 * @param {TellProgress} tell
 */
function counter(sizes, tell) {
  /** @type {Partial<Record<PartName, number>>} */
  const arrived = {};
  let lastTold = -TOLD_EVERY_MS;

  function tellSometimes() {
    const now = performance.now();
    if (now - lastTold < TOLD_EVERY_MS) return;
    lastTold = now;
    let [sum, total] = [0, 0];
    for (const [name, count] of Object.entries(arrived)) {
      sum += count;
      total += sizes[/** @type {PartName} */ (name)];
    }
    tell(sum, total);
  }

  /**
   * From now on a part belongs to what there will be in all: progress never goes back.
   *
   * @param {PartName} name
   */
  function expect(name) {
    arrived[name] = 0;
    tellSometimes();
  }

  /**
   * Passes the bytes of a part on, and counts them.
   *
   * @param {PartName} name
   * @returns {TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>}
   */
  function counting(name) {
    let count = 0;
    arrived[name] = count;
    return new TransformStream({
      transform(chunk, controller) {
        arrived[name] = count += chunk.byteLength;
        tellSometimes();
        controller.enqueue(chunk);
      },
    });
  }

  return { expect, counting };
}

/**
 * A function that gives a part by its name, made ready once however often it is asked for.
 *
 * `open` gives the stream of a part's bytes, or of as many of them as come, and hears which
 * attempt it is, from 1; `sizes` are how many there should be, by name. `tell` hears how many
 * have arrived, and of how many.
 *
 * @param {(name: PartName, attempt: number) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>} open
 * @param {Record<PartName, number>} sizes
 * @param {TellProgress} tell
 * @param {number} [attempts]
 * @returns {Take}
 */
export function partsFrom(open, sizes, tell, attempts = ATTEMPTS) {
  const { expect, counting } = counter(sizes, tell);

  /**
   * @param {PartName} name
   * @param {number} attempt
   */
  async function ready(name, attempt) {
    const body = (await open(name, attempt)).pipeThrough(counting(name));
    return READ[name](await unpacked(body));
  }

  /** @param {PartName} name */
  function begin(name) {
    expect(name);
    return withRetries(attempts, (attempt) => ready(name, attempt));
  }

  /** @type {Partial<Record<PartName, Promise<Part>>>} */
  const taken = {};
  return (name) => (taken[name] ??= begin(name));
}

/**
 * Give parts over a port: they are asked for by name, and go as { name, part } or { name, error }.
 *
 * @param {MessagePort} port
 * @param {Take} take
 */
export function serve(port, take) {
  port.onmessage = async (/** @type {MessageEvent<PartName>} */ { data: name }) => {
    try {
      const part = await take(name);
      port.postMessage({ name, part }, part instanceof ArrayBuffer ? [part] : []);
    } catch (error) {
      port.postMessage({ name, error: messageOf(error) });
    }
  };
}

/**
 * @template T
 * @param {number} attempts
 * @param {(attempt: number) => Promise<T>} work
 */
async function withRetries(attempts, work) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts) throw error;
      await new Promise((resume) => setTimeout(resume, PAUSE_MS * 2 ** (attempt - 1)));
    }
  }
}

/**
 * The bytes without their gzip wrapping, if they have one: a host may have taken it off.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 */
export async function unpacked(body) {
  const [head, whole] = body.tee();
  const reader = head.getReader();
  const { value } = await reader.read();
  reader.cancel();
  const isPacked = value?.[0] === 0x1f && value?.[1] === 0x8b;
  return isPacked ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}

/** @param {ReadableStream<Uint8Array<ArrayBuffer>>} body */
function allOf(body) {
  return new Response(body).arrayBuffer();
}
