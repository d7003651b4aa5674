// The browser's localStorage as an append-only ledger: what the page may ask of it, and no more.
// Nothing outside storage/ touches localStorage; storage/keys.js says what stands there.

import { OWN_FORMAT } from "./storage/format.js";
import { isKept } from "./storage/store.js";
import { tellFormat } from "./storage/turns.js";

/** @typedef {import("./storage/writing.js").Answer} Answer */

export { append, erase, writeBack } from "./storage/appending.js";
export { lastGlance, remember } from "./storage/glance.js";
export { lookAhead } from "./storage/known.js";
export { keepSnapshot, letGoOf, pack } from "./storage/packing.js";
export { hasLedger, readAll, readNew, readSegments, readStored } from "./storage/reading.js";
export { keepRejected } from "./storage/rejected.js";
export { isKept, isWideDouble, roomLeft } from "./storage/store.js";
export { watch } from "./storage/watching.js";

if (isKept()) tellFormat(OWN_FORMAT);
