const SLICE = 1 << 18;

/**
 * The bytes that a base64 text stands for, as a stream.
 *
 * @param {string} text
 */
export async function bytesOf(text) {
  if (Uint8Array.fromBase64) return streamOf(Uint8Array.fromBase64(text));
  // The quickest way that every browser has.
  const response = await fetch(`data:application/octet-stream;base64,${text}`);
  return streamOf(new Uint8Array(await response.arrayBuffer()));
}

/**
 * Some bytes as a stream. A blob's would do, but WebKit cannot read one in a worker from disk.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
function streamOf(bytes) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.subarray(at, (at += SLICE)));
      else controller.close();
    },
  });
}
