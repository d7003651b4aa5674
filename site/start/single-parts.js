// The parts of the single file: they stand in the page itself, packed and as base64, in script
// elements that no browser runs. Imported before runtime.js, which looks for them as it loads.

import { element } from "../edge/elements.js";
import { bytesOf } from "./single-base64.js";
import { partsFrom, sizesOf } from "./parts.js";

/** @type {KnownParts} */
const parts = JSON.parse(element("parts").textContent);
const loader = globalThis.esbankLoader;
/** @type {Set<PartName>} */
const given = new Set(["image", "wasm"]); // single-early.js has given these to the loader
/** @type {Partial<Record<PartName, PromiseWithResolvers<Part>>>} */
const waiting = {};
/** @type {TellProgress} */
let show = () => {};

/**
 * Call back with how many bytes have been unpacked, and of how many.
 *
 * @param {TellProgress} callback
 */
export function watchProgress(callback) {
  show = callback;
}

const textOf = (/** @type {PartName} */ name) => element(`part-${name}`).textContent;

const sizes = sizesOf(parts);

const takeHere = partsFrom(
  (name) => bytesOf(textOf(name)),
  sizes,
  (...numbers) => show(...numbers),
);

/**
 * @param {Worker} from
 * @param {PartName} name
 */
function takeFromLoader(from, name) {
  const answer = Promise.withResolvers();
  waiting[name] = answer;
  if (!given.has(name)) from.postMessage({ name, size: sizes[name], text: textOf(name) });
  return answer.promise;
}

/** @param {MessageEvent<Progress | PartAnswer>} message */
function hear({ data }) {
  if ("total" in data) show(data.arrived, data.total);
  else if (data.part) waiting[data.name]?.resolve(data.part);
  else waiting[data.name]?.reject(new Error(data.error));
}

function withoutLoader() {
  for (const { reject } of Object.values(waiting)) reject(new Error("the loader has stopped"));
}

/** @type {Partial<Record<PartName, Promise<Part>>>} */
const taken = {};

/** @param {PartName} name */
async function takeAnyhow(name) {
  if (!loader) return takeHere(name);
  try {
    return await takeFromLoader(loader, name);
  } catch (error) {
    console.debug(`esbank: ${name} is unpacked here:`, error);
    return takeHere(name);
  }
}

/** @type {Take} */
const take = (name) => (taken[name] ??= takeAnyhow(name));
globalThis.esbankTake = take;

/** @type {LabsAtHand} */
export const labs = {
  async archive() {
    const archive = await take("labs");
    if (archive instanceof ArrayBuffer) return archive;
    throw new Error("a machine came in the place of an archive");
  },
  async script(lab) {
    const text = document.getElementById(`script-${lab}`)?.textContent;
    return text ? import(`data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`) : null;
  },
};

// At once: what the loader says is heard only by those who have asked.
for (const name of given) take(name).catch(() => {});
if (loader) Object.assign(loader, { onmessage: hear, onerror: withoutLoader });
