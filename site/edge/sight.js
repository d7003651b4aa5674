// Which rows of a long ledger are in sight: arithmetic alone.

/** Over how many rows the list is scrolled row by row, where its space stands for more than it has. */
const NEAR = 200;

/**
 * Which rows are in sight, if not all of them are there: the first, and the one in the middle.
 *
 * @param {string} shown the first and the last row that are there, of how many; then for how many
 *   rows there is space before them, and in all (stage/ledger.py)
 * @param {number} top how many rows' space is above what is in sight
 * @param {number} tall how many rows are in sight
 */
export function rowsInSight(shown, top, tall) {
  const [from = 0, to = 0, all = 0, before = 0, slots = 0] = shown.split(" ").map(Number);
  const isExact = slots === all;
  const count = Math.ceil(tall);
  let first = from + Math.floor(top) - before;
  if (!isExact && Math.abs(first - from) > NEAR) {
    first = 1 + Math.round((Math.floor(top) / Math.max(1, slots - count)) * (all - count));
  }
  first = Math.max(1, first);
  const last = first + count;
  // Where the space ends and the rows do not, there have to be others to scroll on to.
  const isAtEnd = (top < 1 && first > 1) || (top + tall > slots - 1 && last <= all);
  if (first >= from && Math.min(last, all) <= to && (isExact || !isAtEnd)) return null;
  return { first, middle: Math.min(all, (first + last) >> 1), isExact };
}
