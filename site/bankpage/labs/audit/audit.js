// What the Audit lab needs of the browser: a kept head drawn as a QR code, copies for the
// clipboard, and one sheet printed by itself.

import encodeQR from "qr";

const SVG = "http://www.w3.org/2000/svg";
const QUIET_ZONE = 4; // modules of white around a code, as ISO/IEC 18004 wants

/**
 * Begin: called when the lab opens, with what sends its gestures.
 *
 * @param {(gesture: string, fields: Record<string, string>) => void} send
 */
export function open(send) {
  /** @param {Event} event */
  const onClick = ({ target }) => {
    const button = target instanceof Element ? target.closest("#audit-lab button") : null;
    if (!(button instanceof HTMLButtonElement)) return;
    const { auditCopies, auditPrints } = button.dataset;
    if (auditCopies) copy(auditCopies).then((how) => send("copied", { how, text: auditCopies }));
    if (auditPrints) printAlone(auditPrints);
  };
  document.addEventListener("click", onClick);
  send("opened", {});
  return {
    /** @param {string} text of a kept head */
    hear(text) {
      document.getElementById("audit-qr")?.replaceChildren(drawn(text));
    },
    close() {
      document.removeEventListener("click", onClick);
    },
  };
}

/**
 * A QR code: one path, a square a module. What it says is in the text beside it.
 *
 * @param {string} text
 */
function drawn(text) {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: QUIET_ZONE });
  const size = String(rows.length);
  const squares = rows.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  const code = document.createElementNS(SVG, "svg");
  code.setAttribute("viewBox", `0 0 ${size} ${size}`);
  code.setAttribute("aria-hidden", "true");
  const ground = document.createElementNS(SVG, "rect");
  ground.setAttribute("width", size);
  ground.setAttribute("height", size);
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("d", squares.join(""));
  code.append(ground, dark);
  return code;
}

/**
 * Put the text of an element on the clipboard; where that is not allowed, select it.
 *
 * @param {string} id
 * @returns {Promise<"copied" | "selected" | "nothing">}
 */
async function copy(id) {
  const source = document.getElementById(id);
  if (!source) return "nothing";
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
    return "copied";
  } catch {
    document.getSelection()?.selectAllChildren(source);
    return "selected";
  }
}

/**
 * Print a copy of one element, and nothing else of the page.
 *
 * @param {string} id
 */
function printAlone(id) {
  const source = document.getElementById(id);
  if (!source) return;
  const sheet = document.createElement("div");
  sheet.className = "audit-paper";
  sheet.append(source.cloneNode(true));
  for (const copied of sheet.querySelectorAll("[id]")) copied.removeAttribute("id");
  const others = [...document.body.children].filter(
    (other) => other instanceof HTMLElement && !other.hidden,
  );
  const hide = (/** @type {boolean} */ isHidden) => {
    for (const other of others) other.toggleAttribute("hidden", isHidden);
  };
  hide(true);
  document.body.append(sheet);
  const restore = () => {
    sheet.remove();
    hide(false);
  };
  window.addEventListener("afterprint", restore, { once: true });
  window.print();
}
