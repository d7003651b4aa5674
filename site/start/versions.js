// Versions of the page: keeps this one for use without a network, and tells when a new one is
// ready. The reader decides when to change: what has been typed here is never taken away.

import { element } from "../edge/elements.js";

const LOOK_AGAIN_MS = 60 * 60 * 1000;

const notice = element("version-notice");

/** Begin, once nothing more urgent is going on. Where no such keeping is possible, do nothing. */
export async function keepThisVersion() {
  try {
    const registration = await navigator.serviceWorker.register("./service-worker.js", {
      updateViaCache: "none",
    });
    if (!registration) return; // where it is blocked and says nothing
    watch(registration);
    lookAgainLater(registration);
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage("python-is-ready");
  } catch (error) {
    // Private browsing, a plain http address, a browser without: the page works all the same.
    console.debug("esbank: the page is not kept for use without a network:", error);
  }
}

/** @param {ServiceWorkerRegistration} registration */
function watch(registration) {
  if (registration.waiting) offer(registration.waiting);
  // The browser may have found one by itself, and be at it already.
  if (registration.installing) offerOnceInstalled(registration.installing);
  registration.addEventListener("updatefound", () => offerOnceInstalled(registration.installing));
}

/** @param {ServiceWorker | null} next */
function offerOnceInstalled(next) {
  next?.addEventListener("statechange", () => {
    // The very first version has nothing that it would take the place of.
    if (next.state === "installed" && navigator.serviceWorker.controller) offer(next);
  });
}

/** @param {ServiceWorker} next */
function offer(next) {
  notice.hidden = false;
  element("use-version").onclick = () => {
    // This tab has been asked to change; the others go on as they are.
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), {
      once: true,
    });
    next.postMessage("use-this-build");
  };
  element("later-version").onclick = () => (notice.hidden = true);
}

/** @param {ServiceWorkerRegistration} registration */
function lookAgainLater(registration) {
  let lastLook = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - lastLook < LOOK_AGAIN_MS) return;
    lastLook = Date.now();
    registration.update().catch(() => {}); // no network: another time
  });
}
