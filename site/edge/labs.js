// Labs: their Python and their scripts, which come when a lab is opened, and not before.
//
// A lab's script exports open(send) and gives { hear(text), close() }. What it sends are gestures
// of its lab. Python tells it by texts.

import { send } from "./gestures.js";

/**
 * @typedef {{ hear(text: string): void, close?(): void }} Script
 * @typedef {(name: string, fields: Record<string, string>, attached?: ArrayBuffer) => void} Send
 */

/** @type {LabsAtHand} */
let atHand = { archive: () => Promise.reject(new Error("it is nowhere")), script: async () => null };

/** @type {Map<string, Promise<Script | null>>} by the name of the lab */
const scripts = new Map();

/**
 * Say where labs come from: hosted.js and the single file know it in their own ways.
 *
 * @param {LabsAtHand} given
 */
export function comeFrom(given) {
  atHand = given;
}

/** The Python of the labs, as an archive. */
export const archive = () => atHand.archive();

/** What Python may ask for labs. */
export const calls = { startScript, stopScript, tell };

/**
 * Have a script that is there from the start, and no file of its own, told what its lab tells it.
 *
 * @param {string} lab
 * @param {Script} script
 */
export function heardBy(lab, script) {
  scripts.set(lab, Promise.resolve(script));
}

/** @param {string} lab */
function startScript(lab) {
  if (!scripts.has(lab)) scripts.set(lab, started(lab));
}

/** @param {string} lab */
async function stopScript(lab) {
  const script = await scripts.get(lab);
  if (!script?.close) return;
  scripts.delete(lab);
  script.close();
}

/**
 * @param {string} lab
 * @param {string} text
 */
async function tell(lab, text) {
  startScript(lab);
  (await scripts.get(lab))?.hear(text);
}

/**
 * @param {string} lab
 * @returns {Promise<Script | null>}
 */
async function started(lab) {
  /** @type {Send} */
  const sendOwn = (name, fields, attached) => send(`${lab}-${name}`, fields, undefined, attached);
  try {
    const script = await atHand.script(lab);
    return script && script.open(sendOwn);
  } catch (error) {
    scripts.delete(lab);
    sendOwn("script-missing", { reason: error instanceof Error ? error.message : String(error) });
    return null;
  }
}

// A lab is seen to open, or to close, at once; Python says the same when it has heard of it. What
// is done in it meanwhile waits there in order.
document.addEventListener("click", ({ target }) => {
  const door = target instanceof Element ? target.closest("[data-gesture=toggle-lab]") : null;
  if (!(door instanceof HTMLElement)) return;
  const lab = document.getElementById(`${door.dataset.lab}-lab`);
  const room = document.getElementById(`${door.dataset.lab}-room`);
  if (!lab || !room) return;
  lab.hidden = !lab.hidden;
  if (!lab.hidden) room.hidden = false;
});
