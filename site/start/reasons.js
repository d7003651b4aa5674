/**
 * What something thrown says: browsers and Python throw all kinds of things.
 *
 * @param {unknown} thrown
 */
export function messageOf(thrown) {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
