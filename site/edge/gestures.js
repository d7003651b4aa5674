// Gestures: what a person does to a control, as a name and plain text fields.
//
// A control says which gesture it is by data-gesture. Its form's fields and its own data-* go
// along, and those of the form that its own names by data-with. What is done before Python runs
// waits here, in order, and is not lost.

// Gestures that only say where something stands now. While Python still answers the last one,
// only the newest of its kind is worth sending: a slider that is dragged never gets ahead of its
// answers.
export const OVERTAKEN = new Set(["slide", "scroll-ledger", "point", "find-account"]);

/**
 * @typedef {HTMLButtonElement | HTMLInputElement | HTMLSelectElement} Control
 * @typedef {[name: string, fields: string]} Gesture the fields as JSON text
 * @typedef {(name: string, fields: string) => void} Receiver
 */

/** @type {Receiver | null} */
let receive = null;
/** @type {Gesture[]} */
const waiting = [];
let unanswered = 0;
/** @type {Map<string, Gesture>} by name */
const newest = new Map();
/** @type {(control: Element) => void} */
let noticeWaiting = () => {};

/**
 * Hand every gesture, those that waited first, to a callback.
 *
 * @param {Receiver} callback
 */
export function listen(callback) {
  receive = callback;
  for (const gesture of waiting.splice(0)) handOver(gesture);
}

/** Python has answered the oldest gesture that it had not answered yet. */
export function wasAnswered() {
  unanswered = Math.max(0, unanswered - 1);
  if (!unanswered) handOverNewest();
}

function handOverNewest() {
  const gestures = [...newest.values()];
  newest.clear();
  gestures.forEach(handOver);
}

/** @param {Gesture} gesture */
function handOver(gesture) {
  unanswered += 1;
  receive?.(...gesture);
}

/**
 * Call back with the control whenever a gesture has to wait for Python.
 *
 * @param {(control: Element) => void} callback
 */
export function whenWaiting(callback) {
  noticeWaiting = callback;
}

/**
 * Send a gesture, or have it wait until Python can receive it.
 *
 * @param {string} name
 * @param {Record<string, string | undefined>} fields
 * @param {Element} [control] none where no control was used
 */
export function send(name, fields, control) {
  /** @type {Gesture} */
  const gesture = [name, JSON.stringify(fields)];
  if (!receive) {
    waiting.push(gesture);
    if (control) noticeWaiting(control);
  } else if (unanswered && OVERTAKEN.has(name)) {
    newest.set(name, gesture);
  } else {
    handOverNewest();
    handOver(gesture);
  }
}

/** @param {Control} control */
function fieldsOf(control) {
  /** @type {Record<string, string | undefined>} */
  const fields = { ...control.dataset };
  delete fields.gesture;
  const other = document.getElementById(control.form?.dataset.with ?? "");
  for (const form of [other, control.form]) {
    if (!(form instanceof HTMLFormElement)) continue;
    for (const [name, value] of new FormData(form)) {
      // Half of a surrogate pair has no place in any file.
      if (typeof value === "string") fields[name] = value.toWellFormed?.() ?? value;
    }
  }
  if (!(control instanceof HTMLButtonElement)) fields.value = control.value;
  return fields;
}

/** @param {Control} control */
function sendFrom(control) {
  send(control.dataset.gesture ?? "", fieldsOf(control), control);
}

/**
 * The control that a gesture was made on, or null for anything else.
 *
 * @param {Event} event
 * @param {string} selector
 * @returns {Control | null}
 */
function controlOf({ target }, selector) {
  return target instanceof Element ? target.closest(selector) : null;
}

document.addEventListener("click", (event) => {
  const control = controlOf(event, "button[data-gesture]");
  if (control?.type === "button") sendFrom(control);
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const { submitter } = event;
  if (submitter instanceof HTMLButtonElement && submitter.dataset.gesture) sendFrom(submitter);
});

document.addEventListener("input", (event) => {
  const control = controlOf(event, "input:is([type=range], [type=search])[data-gesture]");
  if (control) sendFrom(control);
});

document.addEventListener("change", (event) => {
  const control = controlOf(event, ":is(select, input[type=checkbox])[data-gesture]");
  if (control) sendFrom(control);
});

// A form whose button is disabled does nothing on Enter, and says nothing. Python says why.
document.addEventListener("keydown", ({ key, target }) => {
  if (key !== "Enter" || !(target instanceof HTMLInputElement)) return;
  /** @type {HTMLButtonElement | null | undefined} */
  const button = target.form?.querySelector("button[type=submit]");
  const form = target.form?.id.replace("-form", "");
  if (button?.disabled && form) send("asked-too-soon", { form }, target);
});

// Escape closes a dialog: that is an answer, too.
document.addEventListener(
  "cancel",
  (event) => {
    if (!(event.target instanceof HTMLDialogElement)) return;
    event.preventDefault();
    send(event.target.dataset.cancelGesture ?? "", {}, event.target);
  },
  { capture: true },
);

// Of a long ledger only the rows in sight exist; scrolling asks for others.
document.addEventListener(
  "scroll",
  ({ target: box }) => {
    if (!(box instanceof Element)) return;
    /** @type {HTMLElement | null} */
    const rows = box.querySelector("ol[data-rows-shown]");
    /** @type {HTMLElement | null | undefined} */
    const row = rows?.querySelector(":scope > li");
    const height = row?.offsetHeight;
    if (!rows?.dataset.rowsShown || !height) return;
    const first = Math.floor(box.scrollTop / height) + 1;
    const last = first + Math.ceil(box.clientHeight / height);
    const [shownFrom = 0, shownTo = 0, all = 0] = rows.dataset.rowsShown.split(" ").map(Number);
    const isMissing = first < shownFrom || Math.min(last, all) > shownTo;
    const middle = Math.min(all, (first + last) >> 1);
    if (isMissing) send("scroll-ledger", { middle: String(middle) }, rows);
  },
  { capture: true, passive: true },
);
