// The single file's loader: a worker, whose script is carried as text like the parts that it
// unpacks. A part comes as { name, size, text } and goes as { name, part } or { name, error };
// progress goes as { arrived, total }.

import { bytesOf } from "./single-base64.js";
import { partsFrom } from "./parts.js";

const texts = {};
const sizes = {};
const take = partsFrom(
  (name) => bytesOf(texts[name]),
  sizes,
  (arrived, total) => postMessage({ arrived, total }),
);

onmessage = async ({ data: { name, size, text } }) => {
  texts[name] = text;
  sizes[name] = size;
  try {
    const part = await take(name);
    postMessage({ name, part }, part instanceof ArrayBuffer ? [part] : []);
  } catch (error) {
    postMessage({ name, error: String(error?.message ?? error) });
  }
};
