// The Debug lab's own script: it says when the lab is opened, draws the lanes of time, and copies
// what is to be copied, which a browser allows only in answer to a click.

import { drawLanes } from "./lanes.js";

/**
 * @param {(gesture: string, fields: Record<string, string>) => void} send
 */
export function open(send) {
  /** @param {MouseEvent} event */
  const copy = async ({ target }) => {
    if (!(target instanceof Element)) return;
    const button = target.closest("[data-debug-copies], [data-debug-copies-text]");
    if (!(button instanceof HTMLElement)) return;
    const path = button.dataset.debugCopiesText;
    if (path !== undefined) {
      if (await isTextCopied(path)) send("path-copied", { path });
      return;
    }
    const source = document.getElementById(button.dataset.debugCopies ?? "");
    if (source && (await isCopied(source))) send("copied", {});
  };
  document.addEventListener("click", copy);
  const picture = document.getElementById("debug-lanes");
  const end = picture ? drawLanes(picture, send) : () => {};
  send("opened", {});
  return {
    hear() {},
    close() {
      document.removeEventListener("click", copy);
      end();
    },
  };
}

/**
 * Copy a text that stands nowhere on the page.
 *
 * @param {string} text
 */
async function isTextCopied(text) {
  const source = document.createElement("pre");
  source.className = "for-ears";
  source.textContent = text;
  document.body.append(source);
  try {
    return await isCopied(source);
  } finally {
    source.remove();
  }
}

/**
 * Copy the text of an element; where no program may write to the clipboard, by selecting it.
 *
 * @param {Element} source
 */
async function isCopied(source) {
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(source);
    return document.execCommand("copy");
  }
}
