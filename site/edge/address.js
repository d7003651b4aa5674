// The browser's address bar: an event has an address, and Back returns to where one was.
//
// Which address belongs to what is Python's to say. Here it is only put into the bar, and told
// when somebody comes by one.

import { send } from "./gestures.js";

/** Sliding and stepping change the address once they rest: browsers allow few changes in a time. */
const REST_MS = 500;

/** @type {number | undefined} */
let resting;
/** @type {string | null} */
let waiting = null;

/** What Python may ask of the address bar. */
export const calls = { address };

/**
 * Have the bar say where one is: a jump as an entry of its own, anything else once it rests.
 *
 * @param {string} fragment
 * @param {boolean} isJump
 */
function address(fragment, isJump) {
  clearTimeout(resting);
  if (isJump) {
    settle(); // where one was is where Back leads to
    put("pushState", fragment);
  } else {
    waiting = fragment;
    resting = setTimeout(settle, REST_MS);
  }
}

function settle() {
  if (waiting !== null) put("replaceState", waiting);
  waiting = null;
}

/**
 * @param {"pushState" | "replaceState"} how
 * @param {string} fragment
 */
function put(how, fragment) {
  try {
    history[how](null, "", `${location.pathname}${location.search}${fragment}`);
  } catch (error) {
    console.debug("esbank: the address stays as it is:", error);
  }
}

/** @param {boolean} isArrival */
function tell(isArrival) {
  clearTimeout(resting);
  waiting = null;
  send("open-address", { address: location.hash, arrival: String(isArrival) });
}

/** Whether somebody came here by an address, and has not only loaded the page again. */
function hasCome() {
  const [visit] = performance.getEntriesByType("navigation");
  return visit instanceof PerformanceNavigationTiming && visit.type === "navigate";
}

window.addEventListener("hashchange", () => tell(false));
if (location.hash) tell(hasCome());
