// Fetches what Python is made of, on a thread of its own, so that neither the page nor Python
// waits for bytes that could have been on their way: some at once, the others when they are
// asked for.
//
// The page sends { parts, atOnce } once, and later { port }, a line to whoever wants parts. They
// ask by name and get { name, part } or { name, error }. Progress goes to the page as
// { arrived, total }.

import { partsFrom, serve, sizesOf } from "./parts.js";

/** @type {Take} */
let take;

onmessage = (/** @type {MessageEvent<ToLoader>} */ { data }) =>
  data.port ? serve(data.port, take) : begin(data.parts, data.atOnce);

/**
 * @param {KnownParts} parts
 * @param {PartName[]} atOnce
 */
function begin(parts, atOnce) {
  const open = async (/** @type {PartName} */ name, /** @type {number} */ attempt) => {
    // A second attempt goes past the browser's cache: what failed may have been kept in it.
    const { address } = parts[name];
    const file = address.split("/").at(-1);
    const response = await fetch(address, attempt > 1 ? { cache: "reload" } : {}).catch(() => {
      throw new Error(`${file} did not arrive`);
    });
    if (response.ok && response.body) return response.body;
    throw new Error(`${file} was answered with ${response.status}`);
  };
  take = partsFrom(open, sizesOf(parts), (arrived, total) => postMessage({ arrived, total }));
  for (const name of atOnce) take(name).catch(() => {}); // whoever asks for it hears of a failure
  // What the other thread will import, and then finds in the browser's cache. It has to be read
  // to its end: a download that nobody reads would hold up everyone who asks for the same.
  for (const { address } of atOnce.includes("image") ? parts.ahead : []) {
    fetch(address)
      .then((response) => response.arrayBuffer())
      .catch(() => {});
  }
}
