/**
 * The bytes that a base64 text stands for, as a stream.
 *
 * @param {string} text
 */
export async function bytesOf(text) {
  if (Uint8Array.fromBase64) return new Blob([Uint8Array.fromBase64(text)]).stream();
  // The quickest way that every browser has.
  return (await (await fetch(`data:application/octet-stream;base64,${text}`)).blob()).stream();
}
