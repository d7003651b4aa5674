// Starts the page: gestures are taken from the first moment on, the balance of the last
// visit is shown at once, and Python is loaded once the page has been painted.

import * as gestures from "./gestures.js";
import * as paint from "./paint.js";
import * as storage from "./storage.js";

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
  if (root.dataset.python === "ready") return;
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

window.addEventListener("python-progress", ({ detail }) =>
  showProgress(detail.arrived, detail.total),
);
window.addEventListener("python-failed", ({ detail }) => fail("python-failed", detail.reason));

// What PyScript throws while it starts is caught by nobody else.
window.addEventListener("unhandledrejection", ({ reason }) =>
  fail("python-failed", String(reason?.message ?? reason)),
);

globalThis.esbank = {
  gestures,
  storage,
  document: paint,
  /** Python is up: it has painted its first screen and taken the gestures that waited. */
  started() {
    performance.mark("python-ready");
  },
  failed: (reason) => fail("python-broke", reason),
};

async function startPython() {
  try {
    await import("./pyscript/core.js");
  } catch (error) {
    fail("python-failed", String(error?.message ?? error));
  }
}

showLastVisit();
if (typeof WebAssembly === "object") {
  // Two frames: the page is painted before anything large is fetched or compiled.
  requestAnimationFrame(() => requestAnimationFrame(startPython));
} else {
  fail("no-webassembly");
}
