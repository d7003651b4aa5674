// The boot image as a service worker keeps it: unpacked, because unpacking it takes longer than
// reading all of it. It stands in the cache beside the packed one, under an address of its own
// that no host is ever asked for.

/**
 * The address of the unpacked image.
 *
 * @param {string} address of the packed one
 */
export const unpackedOf = (address) => `${address}?unpacked`;

/**
 * The unpacked image, not read yet; null where none is kept.
 *
 * @param {string} address of the packed one
 */
export async function keptImage(address) {
  // A page from disk keeps nothing, and in its workers some browsers never answer.
  if (!address.startsWith(self.origin)) return null;
  try {
    return (await caches.match(unpackedOf(address))) ?? null;
  } catch {
    return null; // no caches in this place, or none that can be read
  }
}
