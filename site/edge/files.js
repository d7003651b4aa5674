// Files: what a reader gives the page to be opened, by a button, a drop or a paste.
//
// They stay here. Python is told their names and sizes, and asks for the pieces that it has a use
// for: nothing is read that nobody wants, and nothing of a file is ever run.

import { element } from "./elements.js";
import { send } from "./gestures.js";
import { heardBy } from "./labs.js";

const OPENER = '[data-gesture="choose-history"]';
const TEXT_FIELD =
  'input:not([type]), input:is([type="text"], [type="search"]), textarea, [contenteditable="true"]';
const LIKE_A_HISTORY = /^\s*[[{]/;
const PASTED = "pasted.jsonl";
const MAPPINGS = "esbank-mappings"; // beside the ledger, and never among its keys

/** @typedef {{ file: File, isDirectory: boolean }} Given */

let offers = 0;
/** Of the last offer. @type {File[]} */
let files = [];

/** @param {Given[]} given */
function offer(given) {
  if (!given.length) return;
  offers += 1;
  files = given.map(({ file }) => file);
  const told = given.map(({ file: { name, size }, isDirectory }) => ({ name, size, isDirectory }));
  const about = { offer: String(offers), files: JSON.stringify(told), kept: keptMappings() };
  send("opening-offered", about, input);
}

/** @param {Iterable<File>} list */
const plain = (list) => [...list].map((file) => ({ file, isDirectory: false }));

/** The mappings that were set for records of some shapes, as Python wrote them. */
function keptMappings() {
  try {
    return localStorage.getItem(MAPPINGS) ?? "";
  } catch {
    return ""; // the browser keeps nothing here
  }
}

/** @param {string} text */
function keepMappings(text) {
  try {
    localStorage.setItem(MAPPINGS, text);
  } catch {
    // No room, or not allowed: they last as long as the page, and can be had as files.
  }
}

heardBy("opening", {
  /** Hand over a piece of a file, unless others have been offered since; or keep mappings. */
  async hear(text) {
    const wanted = JSON.parse(text);
    if (typeof wanted.keep === "string") return keepMappings(wanted.keep);
    if (wanted.offer !== offers) return;
    const place = { offer: `${wanted.offer}`, file: `${wanted.file}`, at: `${wanted.at}` };
    try {
      const piece = files[wanted.file].slice(wanted.at, wanted.at + wanted.length);
      send("opening-piece", place, undefined, await piece.arrayBuffer());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      send("opening-lost", { ...place, reason });
    }
  },
});

const input = /** @type {HTMLInputElement} */ (element("history-files"));

input.addEventListener("change", () => {
  offer(plain(input.files ?? []));
  input.value = ""; // the same file, chosen again, is another offer
});

// The chooser opens only while the press is felt: Python would be asked too late.
document.addEventListener(
  "click",
  (event) => {
    if (!(event.target instanceof Element) || !event.target.closest(OPENER)) return;
    event.stopPropagation();
    input.click();
  },
  { capture: true },
);

const sign = element("drop-sign");

/** @param {DragEvent} event */
function isOfFiles({ dataTransfer }) {
  return Boolean(dataTransfer?.types.includes("Files"));
}

for (const kind of /** @type {const} */ (["dragenter", "dragover"])) {
  document.addEventListener(kind, (event) => {
    if (!isOfFiles(event) || !event.dataTransfer) return;
    event.preventDefault(); // or the browser would leave the page for the file
    event.dataTransfer.dropEffect = "copy";
    sign.hidden = false;
  });
}

document.addEventListener("dragleave", ({ relatedTarget }) => {
  if (!relatedTarget) sign.hidden = true; // out of the window
});

document.addEventListener("drop", (event) => {
  sign.hidden = true;
  if (!isOfFiles(event) || !event.dataTransfer) return;
  event.preventDefault();
  offer(dropped(event.dataTransfer));
});

/**
 * @param {DataTransfer} transfer
 * @returns {Given[]}
 */
function dropped(transfer) {
  return [...transfer.items].flatMap((item) => {
    const file = item.kind === "file" ? item.getAsFile() : null;
    if (!file) return [];
    return [{ file, isDirectory: Boolean(item.webkitGetAsEntry?.()?.isDirectory) }];
  });
}

document.addEventListener("paste", (event) => {
  const [target] = event.composedPath();
  if (!event.clipboardData || (target instanceof Element && target.closest(TEXT_FIELD))) return;
  const given = plain(event.clipboardData.files);
  const text = event.clipboardData.getData("text/plain");
  if (!given.length && LIKE_A_HISTORY.test(text)) given.push(...plain([new File([text], PASTED)]));
  if (given.length) event.preventDefault();
  offer(given);
});
