// PyScript's interpreter: Pyodide, with its downloads counted on the way.
//
// PyScript imports this module by the name in pyscript.json and takes "loadPyodide" and
// "version" from it. Progress and failure are told to the page as events of the window.

import { loadPyodide as load, version } from "./pyodide/pyodide.mjs";

export { version };

const BASE = new URL("./", import.meta.url).href;
const sizes = fetch(new URL("./sizes.json", BASE)).then((answer) => answer.json());

const tell = (name, detail) => window.dispatchEvent(new CustomEvent(name, { detail }));

/** A fetch that tells how many bytes of all that Python needs have arrived. */
function countingFetch(plainFetch, expected) {
  const total = Object.values(expected).reduce((sum, size) => sum + size, 0);
  let arrived = 0;
  const count = (bytes) => {
    arrived += bytes;
    tell("python-progress", { arrived, total });
  };
  return async (resource, options) => {
    const url = new URL(resource.url ?? resource, document.baseURI).href;
    const response = await plainFetch(resource, options);
    if (!(url.slice(BASE.length) in expected) || !url.startsWith(BASE)) return response;
    if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
    const counted = response.body.pipeThrough(
      new TransformStream({
        transform(chunk, controller) {
          count(chunk.byteLength);
          controller.enqueue(chunk);
        },
      }),
    );
    return new Response(counted, { status: response.status, headers: response.headers });
  };
}

/** Pyodide's own loadPyodide, from our own folder. */
export async function loadPyodide(options) {
  const plainFetch = window.fetch;
  try {
    window.fetch = countingFetch(plainFetch.bind(window), await sizes);
    return await load({ ...options, indexURL: new URL("./pyodide/", BASE).href });
  } catch (error) {
    tell("python-failed", { reason: String(error?.message ?? error) });
    throw error;
  } finally {
    window.fetch = plainFetch;
  }
}
