// The line to Python: what the page tells goes out as a list of texts, and what Python asks
// for comes back as one JSON text of calls, whichever thread Python runs on.

import * as address from "./address.js";
import * as gestures from "./gestures.js";
import * as labs from "./labs.js";
import * as paint from "./paint.js";
import * as paper from "./paper.js";
import * as storage from "./storage.js";
import "./scroll.js";
import { messageOf } from "../start/reasons.js";

/**
 * Where messages to Python go: its worker, or a port. A message is texts, and bytes where there
 * are any, which are handed over.
 *
 * @typedef {{ postMessage(parts: (string | ArrayBuffer)[], transfer: ArrayBuffer[]): void }} Line
 */

/**
 * What Python may call, by the names that shell.py uses.
 *
 * @type {Record<string, Function>}
 */
const CALLS = {
  ...paint.calls,
  ...paper.calls,
  ...address.calls,
  clear: (/** @type {string[]} */ ids) =>
    paint.calls.clear(ids.filter((id) => !gestures.isTypedSince(document.getElementById(id)))),
  remember: storage.remember,
  append: async (
    /** @type {string} */ key,
    /** @type {string} */ text,
    /** @type {string} */ head,
    /** @type {[key: string, text: string][]} */ segments,
  ) => {
    const answer = await storage.append(key, text, head, segments);
    tell("append-answered", answer, entriesAfter(answer));
    if (answer === "written") tellRoomByAndBy();
  },
  keepRejected: storage.keepRejected,
  pack: async (
    /** @type {string} */ key,
    /** @type {string} */ text,
    /** @type {[key: string, text: string][]} */ replaced,
    /** @type {string} */ snapshot,
  ) => {
    const answer = await storage.pack(key, text, replaced, snapshot);
    tell("pack-answered", answer, entriesAfter(answer));
  },
  letGoOf: storage.letGoOf,
  keepSnapshot: storage.keepSnapshot,
  readSegments: (/** @type {string[]} */ keys) =>
    tell("segments-read", storage.readSegments(keys)),
  erase: async () => {
    const answer = await storage.erase();
    tell("erase-answered", answer, answer === "written" ? storage.readAll() : "[]");
  },
  writeBack: async (/** @type {[key: string, text: string][]} */ lost) => {
    const answer = await storage.writeBack(lost);
    tell("write-back-answered", answer, storage.readStored());
  },
  readStored: () => tell("stored", storage.readStored()),
  readAnew: () => tell("read-anew", storage.readAll()),
  answered() {
    gestures.wasAnswered();
    paint.paintHeld();
  },
  ...labs.calls,
  loadLabs: () => labs.archive().then((bytes) => tell("labs", bytes), (error) => tell("labs-arrived", messageOf(error))),
};

/**
 * What Python has to see of the store after an answer.
 *
 * @param {storage.Answer | "waiting"} answer
 */
function entriesAfter(answer) {
  if (answer === "taken") return storage.readNew();
  return ["gone", "later"].includes(answer) ? storage.readStored() : "[]";
}

/** Whether the browser keeps anything; and if so, whether narrow characters hold more there. */
const isKept = () => (storage.isKept() ? (storage.isWideDouble() ? "narrow" : "true") : "false");

const ROOM_MS = 3000; // in which nobody needs to know; a look takes some milliseconds
let isRoomAsked = false;

/** How much room is left, once in a while, so that it is said before there is none. */
function tellRoomByAndBy() {
  if (isRoomAsked || !storage.isKept()) return;
  isRoomAsked = true;
  setTimeout(() => {
    isRoomAsked = false;
    tell("room-told", String(storage.roomLeft()));
  }, ROOM_MS);
}

/** @type {Line | null} */
let python = null;
/** @type {(() => void) | null} */
let whenReady = () => {};

/** @param {(string | ArrayBuffer)[]} parts */
function tell(...parts) {
  python?.postMessage(
    parts,
    parts.filter((part) => part instanceof ArrayBuffer),
  );
}

/**
 * Begin to talk; calls back once, when Python has shown what the browser has kept.
 *
 * @param {Line} line
 * @param {() => void} ready
 */
export function connect(line, ready) {
  python = line;
  whenReady = ready;
  const glance = JSON.stringify(storage.lastGlance());
  tell("opened", paint.phrases(), storage.readAll(), isKept(), glance);
  storage.watch(tell);
}

/**
 * Carry out what Python asks for.
 *
 * @param {string} text
 */
export function hear(text) {
  for (const [name, ...values] of JSON.parse(text)) CALLS[name](...values);
  if (!whenReady) return;
  whenReady();
  whenReady = null;
  tellRoomByAndBy();
  gestures.listen((name, fields, attached) => {
    tell("gesture", name, fields, ...(attached ? [attached] : []));
    // While Python decides, which ends with an append if anything does.
    if (!gestures.OVERTAKEN.has(name)) storage.lookAhead();
  });
}
