// The single file's loader: a worker, whose script is carried as text like the parts that it
// unpacks. A part comes as { name, size, text } and goes as { name, part } or { name, error };
// progress goes as { arrived, total }.

import { bytesOf } from "./single-base64.js";
import { partsFrom } from "./parts.js";
import { messageOf } from "./reasons.js";

const texts = { image: "", wasm: "", library: "", code: "", labs: "" };
const sizes = { image: 0, wasm: 0, library: 0, code: 0, labs: 0 };
const take = partsFrom(
  (name) => bytesOf(texts[name]),
  sizes,
  (arrived, total) => postMessage({ arrived, total }),
);

onmessage = async (/** @type {MessageEvent<PartAsText>} */ { data: { name, size, text } }) => {
  texts[name] = text;
  sizes[name] = size;
  try {
    const part = await take(name);
    postMessage({ name, part }, part instanceof ArrayBuffer ? [part] : []);
  } catch (error) {
    postMessage({ name, error: messageOf(error) });
  }
};
