// The Debug lab's own script: it says when the lab is opened, and copies what is to be copied,
// which a browser allows only in answer to a click.

/**
 * @param {(gesture: string, fields: Record<string, string>) => void} send
 */
export function open(send) {
  /** @param {MouseEvent} event */
  const copy = async ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-debug-copies]") : null;
    if (!(button instanceof HTMLElement)) return;
    const source = document.getElementById(button.dataset.debugCopies ?? "");
    if (source && (await isCopied(source))) send("copied", {});
  };
  document.addEventListener("click", copy);
  send("opened", {});
  return { hear() {}, close: () => document.removeEventListener("click", copy) };
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
