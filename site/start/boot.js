// Starts the page: gestures are taken from the first moment on, the balance of the last
// visit is shown at once, and Python is started once the page has been painted, or at once
// when somebody reaches for a control.

import * as gestures from "../edge/gestures.js";
import * as line from "../edge/line.js";
import * as storage from "../edge/storage.js";

const root = document.documentElement;
const bar = document.getElementById("starting");

/** A sentence of the page's own, from the template in index.html. */
function phrase(name) {
  const template = document.getElementById("phrases").content;
  return template.querySelector(`[data-phrase="${name}"]`).textContent.trim();
}

function showProgress(arrived, total) {
  const percent = Math.min(99, Math.round((100 * arrived) / total));
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  bar.setAttribute("aria-valuenow", String(percent));
  bar.style.setProperty("--progress", String(percent / 100));
  document.getElementById("starting-text").textContent = phrase(
    arrived < total ? "starting-loading" : "starting-running",
  )
    .replace("{arrived}", megabytes(arrived))
    .replace("{total}", megabytes(total));
}

function fail(name, reason = "") {
  if (root.dataset.python === "failed") return;
  root.dataset.python = "failed";
  // What cannot work any more must not look as if it could.
  const controls = "button[data-gesture], select[data-gesture], #slider, input[type=text]";
  for (const control of document.querySelectorAll(controls)) control.disabled = true;
  bar.hidden = true;
  const notice = document.getElementById("page-notice");
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
    const shown = document.getElementById("current-state").querySelector(`#${CSS.escape(id)}`);
    if (shown) shown.textContent = text;
  }
  if (storage.hasLedger()) {
    document.getElementById("ledger-empty").hidden = true;
    document.getElementById("ledger-count").textContent = phrase("ledger-reading");
  }
}

gestures.whenWaiting((control) => {
  const outcome = control.closest("[data-outcome]")?.dataset.outcome ?? "example-outcome";
  const place = document.getElementById(outcome);
  place.textContent = phrase("waiting");
  place.className = "outcome is-waiting";
});

/** What went wrong: before Python runs it could not start, later it has stopped. */
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
 */
export async function boot(place) {
  /** Python has shown what the browser has kept, and takes commands. */
  function ready() {
    performance.mark("python-ready");
    place.started?.();
  }

  showLastVisit();
  place.watchProgress(showProgress);
  if (typeof WebAssembly !== "object") return fail("no-webassembly");
  // What PyScript throws while it starts is caught by nobody else.
  window.addEventListener("unhandledrejection", ({ reason }) => {
    if (root.dataset.python === "starting") failed(String(reason?.message ?? reason));
  });
  await Promise.race([painted(), reachedFor()]);
  try {
    await place.start({
      connect: (worker) => line.connect(worker, ready),
      hear: line.hear,
      fail: failed,
    });
  } catch (error) {
    failed(String(error?.message ?? error));
  }
}
