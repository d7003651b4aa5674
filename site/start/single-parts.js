// The parts of the single file: they stand in the page itself, packed and as base64, in script
// elements that no browser runs. Imported before runtime.js, which looks for them as it loads.

import { bytesOf } from "./single-base64.js";
import { partsFrom } from "./parts.js";

const parts = JSON.parse(document.getElementById("parts").textContent);
const loader = globalThis.esbankLoader;
const given = new Set(["image", "wasm"]); // single-early.js has given these to the loader
const waiting = {};
let show = () => {};

/** Call back with how many bytes have been unpacked, and of how many. */
export function watchProgress(callback) {
  show = callback;
}

const textOf = (name) => document.getElementById(`part-${name}`).textContent;

const sizes = Object.fromEntries(Object.entries(parts).map(([name, { size }]) => [name, size]));

const takeHere = partsFrom(
  (name) => bytesOf(textOf(name)),
  sizes,
  (...numbers) => show(...numbers),
);

function takeFromLoader(name) {
  return new Promise((resolve, reject) => {
    waiting[name] = { resolve, reject };
    if (!given.has(name)) loader.postMessage({ name, size: sizes[name], text: textOf(name) });
  });
}

function hear({ data: { name, part, error, arrived, total } }) {
  if (total) show(arrived, total);
  else if (error === undefined) waiting[name].resolve(part);
  else waiting[name].reject(new Error(error));
}

function withoutLoader() {
  for (const { reject } of Object.values(waiting)) reject(new Error("the loader has stopped"));
}

const taken = {};

async function takeAnyhow(name) {
  if (!loader) return takeHere(name);
  try {
    return await takeFromLoader(name);
  } catch (error) {
    console.debug(`esbank: ${name} is unpacked here:`, error);
    return takeHere(name);
  }
}

globalThis.esbankTake = (name) => (taken[name] ??= takeAnyhow(name));

// At once: what the loader says is heard only by those who have asked.
for (const name of given) globalThis.esbankTake(name).catch(() => {});
if (loader) Object.assign(loader, { onmessage: hear, onerror: withoutLoader });
