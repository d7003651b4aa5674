// What was written in the editor, kept in this browser: beside the ledger and never among its keys.

const KEY = "esbank-projection";
const LONGEST = 200_000; // characters; what is longer is kept in a file
const REST_MS = 400;

/** What was kept, or nothing. */
export function keptText() {
  try {
    return localStorage.getItem(KEY)?.slice(0, LONGEST) ?? "";
  } catch {
    return ""; // the browser keeps nothing here
  }
}

/** Keeps a text once nobody has typed for a moment; `now` keeps it at once. */
export function keeper() {
  /** @type {string | null} */
  let waiting = null;
  let timer = 0;

  function now() {
    clearTimeout(timer);
    if (waiting === null) return;
    try {
      localStorage.setItem(KEY, waiting.slice(0, LONGEST));
    } catch {
      // No room, or not allowed: the text stays in the editor, and can be had as a file.
    }
    waiting = null;
  }

  /** @param {string} text */
  function keep(text) {
    waiting = text;
    clearTimeout(timer);
    timer = setTimeout(now, REST_MS);
  }

  return { keep, now };
}
