// The boot image: the memory of a Python that had loaded the page's modules when the page was
// built, without what a machine that has just been made has in it anyway.
//
// Words of 32 bits, little-endian: how many stretches there are, and of each where in memory it
// begins and ends; then the stretches, one after another (boot_image_maker.py).

const HASH_BEGINS = 0x811c9dc5;
const HASH_FACTOR = 0x01000193;

/**
 * Options with which Pyodide takes an image for its memory, as soon as its machine has been made.
 *
 * @param {(settings: object) => Promise<Machine>} makeMachine
 * @param {AboutImage} about
 * @param {Promise<ArrayBuffer>} arriving
 */
export function fromImage(makeMachine, about, arriving) {
  return {
    // Pyodide wants nothing of it but its length: the room that the machine is to have.
    _loadSnapshot: new Uint8Array(about.memory),
    async createPyodideModule(/** @type {Settings} */ settings) {
      const machine = await makeMachine(settings);
      fill(machine.HEAPU8, await arriving);
      settings.API.restoreSnapshot = () => about.state;
      return machine;
    },
  };
}

/**
 * An image that is whole, and the one that the page was built with.
 *
 * @param {ArrayBuffer} image
 * @param {AboutImage} about
 */
export function checked(image, about) {
  const isTheOne = image.byteLength === about.length && hashOf(image) === about.hash;
  if (!isTheOne) throw new Error("it is damaged or of another build");
  return image;
}

/**
 * FNV-1a over words of 32 bits: a few milliseconds for all of it.
 *
 * @param {ArrayBuffer} image
 */
function hashOf(image) {
  const words = new Uint32Array(image);
  let hash = HASH_BEGINS;
  for (let at = 0; at < words.length; at++) hash = Math.imul(hash ^ (words[at] ?? 0), HASH_FACTOR);
  return hash >>> 0;
}

/**
 * @param {Uint8Array} memory
 * @param {ArrayBuffer} image
 */
function fill(memory, image) {
  const [count = 0] = new Uint32Array(image, 0, 1);
  const places = new Uint32Array(image, 4, 2 * count);
  let from = 4 + places.byteLength;
  for (let at = 0; at < places.length; at += 2) {
    const [start = 0, end = 0] = places.subarray(at, at + 2);
    memory.set(new Uint8Array(image, from, end - start), start);
    from += end - start;
  }
}
