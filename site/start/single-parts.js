// The parts of the single file: they stand in the page itself, packed and as base64, in script
// elements that no browser runs. A worker unpacks them; where a page from disk may start none, or
// it cannot, they are unpacked here.

import { element } from "../edge/elements.js";
import { bytesOf } from "./single-base64.js";
import { partsFrom, serve, sizesOf } from "./parts.js";

/** @type {KnownParts} */
const parts = JSON.parse(element("parts").textContent);
const sizes = sizesOf(parts);
/** @type {Partial<Record<PartName, PromiseWithResolvers<Part>>>} */
const waiting = {};
/** @type {TellProgress} */
let show = () => {};

const read = {
  image: Promise.withResolvers(),
  wasm: Promise.withResolvers(),
  library: Promise.withResolvers(),
  code: Promise.withResolvers(),
  labs: Promise.withResolvers(),
};

/** @param {PartName} name */
async function textOf(name) {
  await read[name].promise;
  return element(`part-${name}`).textContent;
}

function startLoader() {
  const script = element("loader-script").textContent;
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return Object.assign(new Worker(address), { onmessage: hear, onerror: withoutLoader });
  } catch (error) {
    console.debug("esbank: no worker unpacks the parts:", error);
    return null;
  }
}

/** @param {MessageEvent<Progress | PartAnswer>} message */
function hear({ data }) {
  if ("total" in data) show(data.arrived, data.total);
  else if (data.part) waiting[data.name]?.resolve(data.part);
  else waiting[data.name]?.reject(new Error(data.error));
}

function withoutLoader() {
  loader = null;
  for (const { reject } of Object.values(waiting)) reject(new Error("the loader has stopped"));
}

/** @type {Worker | null} */
let loader = startLoader();

const takeHere = partsFrom(
  async (name) => bytesOf(await textOf(name)),
  sizes,
  (...numbers) => show(...numbers),
);

/**
 * @param {Worker} from
 * @param {PartName} name
 */
function takeFrom(from, name) {
  const answer = Promise.withResolvers();
  waiting[name] = answer;
  textOf(name).then((text) => from.postMessage({ name, size: sizes[name], text }));
  return answer.promise;
}

/** @param {PartName} name */
async function takeAnyhow(name) {
  if (!loader) return takeHere(name);
  try {
    return await takeFrom(loader, name);
  } catch (error) {
    console.debug(`esbank: ${name} is unpacked here:`, error);
    return takeHere(name);
  }
}

/** @type {Partial<Record<PartName, Promise<Part>>>} */
const taken = {};
/** @type {Take} */
export const take = (name) => (taken[name] ??= takeAnyhow(name));

/** A line over which parts are given. */
export function line() {
  const { port1, port2 } = new MessageChannel();
  serve(port1, take);
  return port2;
}

globalThis.esbankParts = {
  take,
  watchProgress: (callback) => (show = callback),
  hasRead: (name) => read[name].resolve(null),
};
for (const name of /** @type {const} */ (["image", "wasm"])) take(name).catch(() => {}); // who asks hears of it
