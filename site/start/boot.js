// Starts the page: gestures are taken from the first moment on, the balance of the last
// visit is shown at once, and Python is started once the page has been painted, or at once
// when somebody reaches for a control.

import { element, template } from "../edge/elements.js";
import "../edge/files.js";
import * as gestures from "../edge/gestures.js";
import { comeFrom } from "../edge/labs.js";
import * as line from "../edge/line.js";
import * as storage from "../edge/storage.js";
import "../edge/timeline.js";
import { watchTimeBar } from "../edge/time-bar.js";
import { messageOf } from "./reasons.js";

const root = document.documentElement;
const bar = element("starting");

/**
 * A sentence of the page's own, from the template in index.html.
 *
 * @param {string} name
 */
function phrase(name) {
  const found = template("phrases").querySelector(`[data-phrase="${name}"]`);
  return found?.textContent.trim() ?? "";
}

/** @type {TellProgress} */
function showProgress(arrived, total) {
  const percent = Math.min(99, Math.round((100 * arrived) / total));
  const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
  bar.setAttribute("aria-valuenow", String(percent));
  bar.style.setProperty("--progress", String(percent / 100));
  element("starting-text").textContent = phrase(
    arrived < total ? "starting-loading" : "starting-running",
  )
    .replace("{arrived}", megabytes(arrived))
    .replace("{total}", megabytes(total));
}

/** @param {string} name */
function fail(name, reason = "") {
  if (root.dataset.python === "failed") return;
  root.dataset.python = "failed";
  // What cannot work any more must not look as if it could.
  const selector = "button[data-gesture], select[data-gesture], input";
  /** @type {NodeListOf<HTMLButtonElement | HTMLSelectElement | HTMLInputElement>} */
  const controls = document.querySelectorAll(selector);
  for (const control of controls) control.disabled = true;
  bar.hidden = true;
  const notice = element("page-notice");
  const sentence = document.createElement("p");
  sentence.textContent = phrase(name).replace("{reason}", reason);
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button";
  again.textContent = phrase("try-again");
  again.addEventListener("click", () => location.reload());
  notice.replaceChildren(sentence, again);
  notice.hidden = false;
}

function showLastVisit() {
  for (const [id, text] of storage.lastGlance()) {
    const shown = element("current-state").querySelector(`#${CSS.escape(id)}`);
    if (shown) shown.textContent = text;
  }
  if (storage.hasLedger()) {
    element("ledger-empty").hidden = true;
    element("play-story").hidden = true;
    element("ledger-count").textContent = phrase("ledger-reading");
  }
}

gestures.whenWaiting((control) => {
  /** @type {HTMLElement | null} */
  const teller = control.closest("[data-outcome]");
  const place = element(teller?.dataset.outcome ?? "store-outcome");
  place.textContent = phrase("waiting");
  place.className = "outcome is-waiting";
});

gestures.doFirstGestures();

/**
 * What went wrong: before Python runs it could not start, later it has stopped.
 *
 * @param {string} reason
 */
function failed(reason) {
  fail(root.dataset.python === "ready" ? "python-broke" : "python-failed", reason);
}

/** The page has been painted: a frame has been made, and what came after it has begun. */
const painted = () =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

const reachedFor = () =>
  new Promise((resolve) => {
    for (const sign of ["pointerdown", "keydown", "focusin"]) {
      document.addEventListener(sign, resolve, { once: true, capture: true });
    }
  });

/**
 * Start the page in its place: hosted.js or the single file's entry. The place shows progress
 * through watchProgress, and starts PyScript, connected with the page, through start. It is told
 * when Python has started.
 *
 * @param {Place} place
 */
export async function boot(place) {
  /** Python has shown what the browser has kept, and takes commands. */
  function ready() {
    performance.mark("python-ready");
    place.started?.();
  }

  comeFrom(place.labs);
  showLastVisit();
  watchTimeBar();
  place.watchProgress(showProgress);
  if (typeof WebAssembly !== "object") return fail("no-webassembly");
  // What PyScript throws while it starts is caught by nobody else.
  window.addEventListener("unhandledrejection", ({ reason }) => {
    if (root.dataset.python === "starting") failed(messageOf(reason));
  });
  if (!place.isAtHand) await Promise.race([painted(), reachedFor()]);
  try {
    await place.start({
      connect: (worker) => line.connect(worker, ready),
      hear: line.hear,
      fail: failed,
    });
  } catch (error) {
    failed(messageOf(error));
  }
}
