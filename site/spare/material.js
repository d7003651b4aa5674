// What a Python that can be thrown away is made of: what the page's own was started from, once more.
// A hosted page has it from its service worker or from the browser's cache, and the single file
// carries it; all but the runtime as a script has come already, and is not fetched again.

import { element } from "../edge/elements.js";
import { keptImage } from "../start/kept-image.js";
import { unpacked } from "../start/parts.js";
import { bytesOf } from "../start/single-base64.js";

/** @returns {Promise<Pick<SpareMaterial, "machine" | "runtime" | "parts">>} */
export async function material() {
  const [machine, runtime, image, library, labs] = await Promise.all([
    whole("wasm"),
    runtimeText(),
    imageBytes().catch(nothing),
    whole("library").catch(nothing),
    whole("labs").catch(nothing),
  ]);
  // Python without its image starts from our code, as the page's own does.
  const code = image ? undefined : await whole("code");
  return { machine, runtime, parts: { image, library, labs, code } };
}

const nothing = () => undefined;

/** Where a part stands on a host; empty in the single file, which carries it. */
function addressOf(/** @type {string} */ name) {
  /** @type {Record<string, KnownPart>} */
  const known = JSON.parse(element("parts").textContent);
  const address = known[name]?.address;
  return address ? new URL(address, document.baseURI).href : "";
}

/**
 * The bytes of a part, unpacked.
 *
 * @param {string} name
 */
async function whole(name) {
  const address = addressOf(name);
  const body = address
    ? (await fetched(address)).body
    : await bytesOf(element(`part-${name}`).textContent);
  if (!body) throw new Error(`${name} is empty`);
  return new Response(await unpacked(body)).arrayBuffer();
}

async function imageBytes() {
  const address = addressOf("image");
  const kept = address ? await keptImage(address) : null;
  return kept ? kept.arrayBuffer() : whole("image");
}

/** What runtime.js does, as a script. */
async function runtimeText() {
  const address = addressOf("runtime");
  return address ? (await fetched(address)).text() : element("runtime-script").textContent;
}

/**
 * What the page has fetched before; its name tells its content, so whatever is kept of it will do.
 *
 * @param {string} address
 */
async function fetched(address) {
  try {
    const response = await fetch(address, { cache: "force-cache" });
    if (response.ok) return response;
    throw new Error(`${address} was answered with ${response.status}`);
  } catch (error) {
    // On its first visit a page has no service worker between, and yet may have been kept by it.
    const kept = await globalThis.caches?.match(address).catch(() => undefined);
    if (kept) return kept;
    throw error;
  }
}
