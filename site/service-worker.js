// Keeps the page working without a network: one build of it, whole.
//
// The build puts a line before this one: self.BUILD = { version, files }. Each build has a cache
// of its own, filled before the build is used at all and deleted once it no longer is. A page is
// answered from the cache of the build that it came from; nothing of another is ever mixed in,
// and a new build waits until the reader asks for it or the last page of the old one is closed.

// TypeScript knows only what all kinds of workers have in common.
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const { version, files } = BUILD;
const SCOPE = worker.registration.scope;
const OURS = `esbank ${new URL(SCOPE).pathname} `; // others may have caches at this origin
const CACHE = OURS + version;
const PAGE = new URL("./", SCOPE).href;
const ADDRESSES = new Set(files.map((file) => new URL(file, SCOPE).href));

const IMAGE = [...ADDRESSES].find((address) => address.endsWith("/boot.image")) ?? "";
let wasPackedAskedFor = false;

/** Whether the name tells the content, so that it need not be asked for again. */
const isNamedByContent = (/** @type {string} */ address) => /-[0-9a-f]{12}\//.test(address);

const GONE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Not available offline</title>
<p>This page was kept for use without a network, but the browser has removed it to make room, and
there is no network now. The recorded history is still in this browser. Connect once and open the
page again.</p></html>`;

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(deleteOtherBuilds()));
worker.addEventListener("message", (event) => {
  if (event.data === "use-this-build") worker.skipWaiting();
  if (event.data === "python-is-ready") event.waitUntil(keepUnpacked());
});

worker.addEventListener("fetch", (event) => {
  const address = addressOf(event.request);
  if (address) event.respondWith(answer(address, event));
});

/** All files or none: what came before goes on serving if this fails. */
async function install() {
  const before = await otherBuilds();
  try {
    const cache = await caches.open(CACHE);
    await Promise.all([...ADDRESSES].map((address) => keep(cache, address, before)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/**
 * @param {Cache} cache
 * @param {string} address
 * @param {string[]} before
 */
async function keep(cache, address, before) {
  const stays = isNamedByContent(address);
  for (const name of stays ? before : []) {
    const known = await (await caches.open(name)).match(address);
    if (known) return cache.put(address, known);
  }
  // The page has just fetched what is named by content; anything else may be of another build.
  // What the browser remembers of a host's bad moment is asked for once more.
  /** @type {RequestCache[]} */
  const sources = stays ? ["default", "reload"] : ["no-cache"];
  for (const source of sources) {
    const response = await fetch(address, { cache: source });
    if (await isOfThisBuild(address, response)) return cache.put(address, response);
  }
  throw new Error(`${address} could not be kept`);
}

/**
 * A page tells its build by the scripts that it names.
 *
 * @param {string} address
 * @param {Response} response
 */
async function isOfThisBuild(address, response) {
  if (response.status !== 200) return false;
  if (address !== PAGE) return true;
  const text = await response.clone().text();
  return files.filter((file) => file.endsWith(".js")).some((file) => text.includes(file));
}

/**
 * Keep the boot image unpacked as well, beside the packed one: reading all of it is quicker than
 * unpacking it (kept-image.js). It is left as it is unless somebody has asked for the packed one,
 * who then did not find it or could not use it.
 */
async function keepUnpacked() {
  try {
    const cache = await caches.open(CACHE);
    const unpacked = `${IMAGE}?unpacked`;
    if (!wasPackedAskedFor && (await cache.match(unpacked))) return;
    wasPackedAskedFor = false;
    const packed = await cache.match(IMAGE);
    if (!packed?.body) return;
    await cache.put(unpacked, new Response(packed.body.pipeThrough(new DecompressionStream("gzip"))));
  } catch (error) {
    // No room for it, or no way to unpack it here: it will be unpacked at each start.
    console.debug("esbank: the boot image is not kept unpacked:", error);
  }
}

async function otherBuilds() {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(OURS) && name !== CACHE);
}

async function deleteOtherBuilds() {
  await Promise.all((await otherBuilds()).map((name) => caches.delete(name)));
}

/**
 * The address under which a request's answer is kept; null for what is none of ours.
 *
 * @param {Request} request
 */
function addressOf({ method, mode, url }) {
  if (method !== "GET") return null;
  const { origin, pathname, href } = new URL(url);
  const place = origin + pathname;
  if (mode === "navigate") return [PAGE, `${PAGE}index.html`].includes(place) ? PAGE : null;
  return ADDRESSES.has(href) ? href : null;
}

/**
 * @param {string} address
 * @param {FetchEvent} event
 */
async function answer(address, event) {
  if (address === IMAGE) wasPackedAskedFor = true;
  const cache = await caches.open(CACHE);
  const kept = await cache.match(address);
  // Of a script out of a cache a browser writes the compiled form beside it, at each visit; for a
  // worker's it then never looks. An answer that was made here it leaves alone.
  if (kept && address.endsWith("/python.js")) return new Response(kept.body, kept);
  if (kept) return kept;
  try {
    // The browser has thrown it out: fetch it, and keep it again.
    const response = await fetch(address);
    if (await isOfThisBuild(address, response)) {
      event.waitUntil(cache.put(address, response.clone()));
    }
    return response;
  } catch (error) {
    if (address !== PAGE) throw error;
    return new Response(GONE, { status: 503, headers: { "Content-Type": "text/html" } });
  }
}
