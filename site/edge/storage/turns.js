// Taking turns among tabs that write to one localStorage.
//
// The turn lock lets one tab in at a time, but a browser's processes see one another's writes
// late, so a tab whose turn has just come may not see what the tab before it wrote. The lock
// manager itself is never late: a tab that has written holds a shared lock whose name tells how
// far the ledger goes, its head, and the next one waits until it can see that far.
// docs/decisions/0002-tabs.md has the measurements.

const TURN_LOCK = "esbank/append";
const HEAD_LOCK = "esbank/head/";
const FORMAT_LOCK = "esbank/format/";
const LONGEST_WAIT_MS = 2000; // a head that never shows: its tab was killed before it wrote

/** Heads that were waited for in vain. @type {Set<string>} */
const neverSeen = new Set();

let letGoOfHead = () => {};

/**
 * Do some work while no other tab does any, once the head of every tab can be seen. The work is
 * told the heads.
 *
 * @template T
 * @param {(head: string) => boolean} isVisible
 * @param {(heads: string[]) => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function inTurn(isVisible, work) {
  // Only a secure context has locks; elsewhere two tabs are told apart by their keys alone.
  if (!navigator.locks) return work([]);
  return navigator.locks.request(TURN_LOCK, async () => {
    const heads = await heldHeads();
    const unseen = () => heads.filter((head) => !neverSeen.has(head) && !isVisible(head));
    const deadline = performance.now() + LONGEST_WAIT_MS;
    while (unseen().length > 0 && performance.now() < deadline) {
      await new Promise((resume) => setTimeout(resume, 1));
    }
    for (const head of unseen()) neverSeen.add(head);
    return work(heads);
  });
}

async function heldHeads() {
  const { held = [] } = await navigator.locks.query();
  return held
    .map(({ name = "" }) => name)
    .filter((name) => name.startsWith(HEAD_LOCK))
    .map((name) => name.slice(HEAD_LOCK.length));
}

/** Hold no head any more: what this tab has written is not there, and nobody shall wait for it. */
export function letGo() {
  letGoOfHead();
  letGoOfHead = () => {};
}

/**
 * Tell other tabs how far the ledger goes. What was written stays written if this fails.
 *
 * @param {string} head
 * @returns {Promise<void>}
 */
export function holdHead(head) {
  if (!navigator.locks) return Promise.resolve();
  neverSeen.delete(head);
  const letGoOfLast = letGoOfHead;
  return new Promise((held) => {
    const holding = navigator.locks.request(HEAD_LOCK + head, { mode: "shared" }, () => {
      letGoOfLast();
      held();
      /** @type {Promise<void>} */
      const untilLetGo = new Promise((release) => (letGoOfHead = release));
      return untilLetGo;
    });
    holding.catch(() => held());
  });
}

/**
 * Tell other tabs which form of what is stored this one can read, for as long as it is open.
 *
 * @param {number} format
 */
export function tellFormat(format) {
  const forEver = () => new Promise(() => {});
  navigator.locks?.request(FORMAT_LOCK + format, { mode: "shared" }, forEver).catch(() => {});
}

/**
 * Whether a tab is open that has written something and does not tell which form it can read: one of
 * an earlier version of the page, which knows none but the first.
 */
export async function isOlderOpen() {
  const { held = [] } = await navigator.locks.query();
  const clientsWith = (/** @type {string} */ start) =>
    held.filter(({ name = "" }) => name.startsWith(start)).map(({ clientId }) => clientId);
  const readers = new Set(clientsWith(FORMAT_LOCK));
  return clientsWith(HEAD_LOCK).some((client) => !readers.has(client));
}
