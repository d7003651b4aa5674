// The keys of localStorage that are ours, as live/stored/keys.py and segments.py have them.
//
// "esbank/generation" says which generation counts, so that erasing is one write; "esbank/head" is
// how far the ledger went, so that a missing end is noticed; under "esbank/rejected/" stand the
// newest commands that were rejected, a key each, which make room for the ledger;
// "esbank/snapshot" is where every account stood at the end of a segment; "esbank/format" is there
// once anything was written in a form that an earlier version of the page does not know;
// "esbank/glance" is what Current State last showed, for the moment before Python runs.
//
// "esbank/ledger/<generation>/<position>" holds one append, "…/<first>-<last>" a segment of old
// events, and "…/<first>-<last>-<until>" a segment of an import, which counts once the ledger goes
// as far as the append that is written last of it.

export const PREFIX = "esbank/";
export const LEDGER = "esbank/ledger/";
export const GENERATION = "esbank/generation";
export const HEAD = "esbank/head";
export const FORMAT = "esbank/format";
export const SNAPSHOT = "esbank/snapshot";
export const GLANCE = "esbank/glance";
export const REJECTED = "esbank/rejected/";
export const PROBE = "esbank/probe";
export const NUMBER = /^[1-9][0-9]{0,8}$/;

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

/**
 * The key of an append that would begin where something stands, or begins.
 *
 * @param {string} key
 */
export const appendAt = (key) => key.replace(/-.*/, "");

/** @param {string} key */
export const isSegment = (key) => key.includes("-") && Boolean(placeOf(key)?.last);

/** @param {string} key */
export const isOfImport = (key) => key.includes("-") && Boolean(placeOf(key)?.until);
