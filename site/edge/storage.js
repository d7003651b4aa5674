// The browser's localStorage as an append-only ledger. The one module that touches it.
//
// Keys: "esbank/ledger/<generation>/<position>" holds one append (stored_ledger.py says how);
// "esbank/generation" says which generation counts, so that erasing is one write;
// "esbank/glance" is what Current State last showed, for the moment before Python runs.
//
// Two tabs may append at the same moment. The append lock lets one in at a time, but a
// browser's processes see one another's writes late, so a tab that has just got the lock
// may not see what the tab before it wrote. The lock manager itself is never late: a tab
// that has written holds a shared lock whose name tells how far the ledger goes, and the
// next writer waits until it can see that far.

const PREFIX = "esbank/";
const LEDGER = "esbank/ledger/";
const GENERATION = "esbank/generation";
const GLANCE = "esbank/glance";
const APPEND_LOCK = "esbank/append";
const HEAD_LOCK = "esbank/head/";
const LONGEST_WAIT_MS = 2000; // a head that never shows: its tab was killed before it wrote

const store = openStore();
let letGoOfHead = () => {};
let lastKnown = ""; // the last key of the ledger that Python has seen

function openStore() {
  try {
    const probe = `${PREFIX}probe`;
    window.localStorage.setItem(probe, "");
    window.localStorage.removeItem(probe);
    return window.localStorage;
  } catch (error) {
    // A full store can still be read, and must not be taken for a denied one.
    return isFull(error) ? window.localStorage : null;
  }
}

/** @param {unknown} error */
function isFull(error) {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

/** Whether the browser lets the page keep anything at all. */
export const isKept = () => store !== null;

/** Every key of ours and its value, as the JSON text of a list of pairs. */
export function readAll() {
  lastKnown = "";
  return readNew();
}

/** The same, without what stands in the ledger up to the last key read or written here. */
export function readNew() {
  if (!store) return "[]";
  if (lastKnown && generationOf(lastKnown) !== currentGeneration()) lastKnown = "";
  const isKnown = (/** @type {string} */ key) => key.startsWith(LEDGER) && key <= lastKnown;
  const keys = Object.keys(store).filter(
    (key) => key.startsWith(PREFIX) && key !== GLANCE && !isKnown(key),
  );
  const newest = `${LEDGER}${currentGeneration()}/`;
  for (const key of keys) if (key.startsWith(newest) && key > lastKnown) lastKnown = key;
  return JSON.stringify(keys.map((key) => [key, store?.getItem(key)]));
}

function currentGeneration() {
  return Number(store?.getItem(GENERATION)) || 1;
}

const generationOf = (/** @type {string} */ key) => Number(key.slice(LEDGER.length).split("/")[0]);

/**
 * Write one append under its key, or nothing.
 * Answers "written", "taken" (another tab was first, or began a new generation), "full" (no
 * room left) or "failed".
 *
 * @param {string} key
 * @param {string} text
 */
export async function append(key, text) {
  if (!store) return "written"; // kept in memory alone, by Python, and the page says so
  try {
    return await oneAtATime(async () => {
      await untilHeadIsVisible();
      const isStale = currentGeneration() !== generationOf(key) || store.getItem(key) !== null;
      if (isStale) return "taken";
      store.setItem(key, text);
      lastKnown = key;
      await holdHead(key);
      return "written";
    });
  } catch (error) {
    if (isFull(error)) return "full";
    console.warn("esbank: an append was not written", error);
    return "failed";
  }
}

/**
 * Keep what Current State shows, for the next visit's first moment; no harm where it fails.
 *
 * @param {string} glance
 */
export function remember(glance) {
  try {
    store?.setItem(GLANCE, glance);
  } catch {
    store?.removeItem(GLANCE);
  }
}

/** Whether anything of a ledger is there. */
export const hasLedger = () => !!store && Object.keys(store).some((key) => key.startsWith(LEDGER));

/**
 * What Current State showed last.
 *
 * @returns {[id: string, text: string][]}
 */
export function lastGlance() {
  try {
    const pairs = JSON.parse(store?.getItem(GLANCE) ?? "[]");
    return Array.isArray(pairs) ? pairs : [];
  } catch {
    return [];
  }
}

/** Begin a new, empty generation. The old one stops counting with a single write. */
export async function erase() {
  if (!store) return;
  await oneAtATime(async () => {
    await untilHeadIsVisible();
    const next = currentGeneration() + 1;
    store.setItem(GENERATION, String(next));
    for (const key of Object.keys(store)) {
      if (key.startsWith(PREFIX) && key !== GENERATION) store.removeItem(key);
    }
    await holdHead(`${LEDGER}${next}/`);
  });
}

/**
 * Call back, with the JSON text of readNew, when another tab has changed the ledger.
 *
 * @param {(entries: string) => void} callback
 */
export function watch(callback) {
  let scheduled = false;
  window.addEventListener("storage", (event) => {
    const isOurs = event.key === null || event.key === GENERATION || event.key.startsWith(LEDGER);
    if (!isOurs || scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      callback(readNew());
    });
  });
}

/**
 * @template T
 * @param {() => Promise<T>} work
 */
async function oneAtATime(work) {
  // Only a secure context has locks; elsewhere two tabs are told apart by the key alone.
  if (!navigator.locks) return work();
  return navigator.locks.request(APPEND_LOCK, work);
}

async function untilHeadIsVisible() {
  if (!navigator.locks) return;
  const { held } = await navigator.locks.query();
  const heads = (held ?? [])
    .map(({ name = "" }) => name)
    .filter((name) => name.startsWith(HEAD_LOCK))
    .map((name) => name.slice(HEAD_LOCK.length))
    .sort((a, b) => generationOf(a) - generationOf(b) || (a < b ? -1 : 1));
  const head = heads.at(-1);
  if (head === undefined) return;
  const isVisible = () =>
    currentGeneration() > generationOf(head) ||
    (currentGeneration() === generationOf(head) &&
      (head.endsWith("/") || store?.getItem(head) !== null));
  const deadline = performance.now() + LONGEST_WAIT_MS;
  while (!isVisible() && performance.now() < deadline) {
    await new Promise((resume) => setTimeout(resume, 1));
  }
}

/**
 * Tell other tabs, by the name of a shared lock, how far the ledger goes.
 *
 * @param {string} key
 * @returns {Promise<void>}
 */
function holdHead(key) {
  if (!navigator.locks) return Promise.resolve();
  const letGoOfLast = letGoOfHead;
  return new Promise((held) => {
    navigator.locks.request(HEAD_LOCK + key, { mode: "shared" }, () => {
      letGoOfLast();
      held();
      /** @type {Promise<void>} */
      const untilLetGo = new Promise((letGo) => (letGoOfHead = letGo));
      return untilLetGo;
    });
  });
}
