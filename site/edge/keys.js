// The keys of the ledger, as stored_ledger.py and segments.py write them.
//
// "esbank/ledger/<generation>/<position>" holds one append, "…/<first>-<last>" a segment of old
// events, and "…/<first>-<last>-<until>" a segment of an import, which counts once the ledger goes
// as far as the append that is written last of it.

/**
 * @typedef {object} Place
 * @property {number} generation
 * @property {number} first
 * @property {number | null} last null for an append
 * @property {number | null} until null but for a segment of an import
 */

const LEDGER_KEY =
  /^esbank\/ledger\/([1-9][0-9]{0,8})\/((?!0{12})[0-9]{12})(?:-([0-9]{12})(?:-([0-9]{12}))?)?$/;

/**
 * Where a key of the ledger stands; null for any other key.
 *
 * @param {string} key
 * @returns {Place | null}
 */
export function placeOf(key) {
  const named = LEDGER_KEY.exec(key);
  if (!named) return null;
  const [, generation, first, last, until] = named;
  return {
    generation: Number(generation),
    first: Number(first),
    last: last ? Number(last) : null,
    until: until ? Number(until) : null,
  };
}

/**
 * The generation that a key of the ledger is of; 0 for any other key.
 *
 * @param {string} key
 */
export const generationOf = (key) => placeOf(key)?.generation ?? 0;

/** @param {string} key */
export const isSegment = (key) => key.includes("-") && Boolean(placeOf(key)?.last);

/** @param {string} key */
export const isOfImport = (key) => key.includes("-") && Boolean(placeOf(key)?.until);
