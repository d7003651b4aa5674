// Gestures: what a person does to a control, as a name and plain text fields.
//
// A control says which gesture it is by data-gesture. Its form's fields and its own data-* go
// along, and those of the form that its own names by data-with. Of a control with data-asks a
// double click is one gesture, as of those named below. What is done before Python runs
// waits here, in order, and is not lost.

// Gestures that only say where something stands now. While Python still answers the last one,
// only the newest of its kind is worth sending: a slider that is dragged never gets ahead of its
// answers.
export const OVERTAKEN = new Set(["slide", "scroll-ledger", "point", "find-account"]);

// Gestures that ask for something to happen. A double click, a double tap and a held key ask once.
const ASKING = new Set([
  ...["open-account", "deposit", "withdraw", "transfer", "freeze", "unfreeze", "close-account"],
  ...["play-story", "skip-story", "export", "export-damage", "write-back", "go-on"],
  ...["reset", "keep", "erase", "print-ledger"],
]);

// Gestures of which each counts, however quickly they follow one another.
const COUNTED = new Set(["step-back", "step-forward"]);

const ONE_GESTURE_MS = 500; // what systems take for the longest double click, if nobody sets it
const ONE_BOUNCE_MS = 150; // of a mouse, whose double clicks the system counts, only a worn switch
const ONE_PLACE_PX = 24; // as far as a finger slips between two taps

/**
 * @typedef {HTMLButtonElement | HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control
 * @typedef {[name: string, fields: string, attached?: ArrayBuffer]} Said the fields as JSON text
 * @typedef {(...said: Said) => void} Receiver
 * @typedef {{ said: Said, moment: number }} Gesture
 */

/** @type {Receiver | null} */
let receive = null;
/** @type {Gesture[]} until Python can receive them */
const waiting = [];
/** @type {Gesture[]} oldest first */
const unanswered = [];
/** @type {Map<string, Gesture>} by name */
const newest = new Map();
/** @type {(control: Element) => void} */
let noticeWaiting = () => {};
/** Counts on with all that a person does. */
let moment = 0;
/** What Python has answered last. @type {{ moment: number }} */
let answered = { moment };

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
  answered = unanswered.shift() ?? answered;
  if (!unanswered.length) handOverNewest();
}

function handOverNewest() {
  const gestures = [...newest.values()];
  newest.clear();
  gestures.forEach(handOver);
}

/** @param {Gesture} gesture */
function handOver(gesture) {
  unanswered.push(gesture);
  receive?.(...gesture.said);
}

/**
 * Call back with the control whenever a gesture has to wait for Python.
 *
 * @param {(control: Element) => void} callback
 */
export function whenWaiting(callback) {
  noticeWaiting = callback;
}

/** Whether a gesture only says where something stands now. */
const isOvertaken = (/** @type {string} */ name, /** @type {Element | undefined} */ control) =>
  OVERTAKEN.has(name) || control?.matches("input:is([type=range], [type=search])");

/**
 * Send a gesture, or have it wait until Python can receive it.
 *
 * @param {string} name
 * @param {Record<string, string | undefined>} fields
 * @param {Element} [control] none where no control was used
 * @param {ArrayBuffer} [attached] what is no text; it is handed over, and not here any more
 */
export function send(name, fields, control, attached) {
  /** @type {Gesture} */
  const gesture = { said: [name, JSON.stringify(fields), attached], moment: ++moment };
  if (control) carried(control, gesture);
  if (!receive) {
    waiting.push(gesture);
    if (control) noticeWaiting(control);
  } else if (unanswered.length && isOvertaken(name, control)) {
    newest.set(name, gesture);
  } else {
    handOverNewest();
    handOver(gesture);
  }
}

/**
 * The forms whose fields go along with a control's gesture.
 *
 * @param {Element} control
 */
function formsOf(control) {
  const form = "form" in control ? control.form : null;
  if (!(form instanceof HTMLFormElement)) return [];
  const other = document.getElementById(form.dataset.with ?? "");
  return other instanceof HTMLFormElement ? [other, form] : [form];
}

/** @param {Control} control */
function fieldsOf(control) {
  /** @type {Record<string, string | undefined>} */
  const fields = { ...control.dataset };
  delete fields.gesture;
  for (const form of formsOf(control)) {
    for (const [name, value] of new FormData(form)) {
      // Half of a surrogate pair has no place in any file.
      if (typeof value === "string") fields[name] = value.toWellFormed?.() ?? value;
    }
  }
  if (!(control instanceof HTMLButtonElement)) fields.value = control.value;
  if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)) {
    fields.checked = String(control.checked);
  }
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

/**
 * The last press of a control that asks, as long as nothing else was pressed or typed since.
 *
 * @type {{ control: Element, click: MouseEvent } | null}
 */
let lastAsked = null;

/**
 * Whether a click goes on with the gesture that has asked already: on the same control, or where
 * that was before the page changed under the pointer.
 *
 * @param {Control} control
 * @param {MouseEvent} click
 */
function isSameGesture(control, click) {
  if (!lastAsked) return false;
  const { click: last } = lastAsked;
  const isCounted = click.detail > 1; // by the system, as it is set; but not every one counts taps
  const pointer = "pointerType" in click ? click.pointerType : "";
  const isSoon =
    click.timeStamp - last.timeStamp < (pointer === "mouse" ? ONE_BOUNCE_MS : ONE_GESTURE_MS);
  if (control === lastAsked.control) return isCounted || isSoon;
  const isTap = pointer === "touch";
  const distance = Math.hypot(click.clientX - last.clientX, click.clientY - last.clientY);
  return distance < ONE_PLACE_PX && (isCounted || (isTap && isSoon));
}

/**
 * Whether a click goes on with the last gesture, or is one of its own, with which others are
 * compared from now on.
 *
 * @param {Control} control
 * @param {MouseEvent} click
 */
function isRepeated(control, click) {
  const goesOn = isSameGesture(control, click);
  const asks = ASKING.has(control.dataset.gesture ?? "") || "asks" in control.dataset;
  lastAsked = asks || goesOn ? { control, click } : null;
  return goesOn;
}

// Every command is given by a click: by pointer, by key, and by Enter in a form's field.
document.addEventListener(
  "click",
  (event) => {
    const control = controlOf(event, "button[data-gesture]");
    if (!control || !event.isTrusted) return; // a script's clicks are no gesture: it means each
    if (!isRepeated(control, event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);

/**
 * The controls that the reader has moved or typed in since they were sent, and when.
 *
 * @type {WeakMap<Element, number>}
 */
const touched = new WeakMap();
/**
 * The gesture with which what the reader had moved or typed was sent.
 *
 * @type {WeakMap<Element, Gesture>}
 */
const sentWith = new WeakMap();

/**
 * What the reader has set of a control, and of the forms that go along with it, is sent.
 *
 * @param {Element} control
 * @param {Gesture} gesture
 */
function carried(control, gesture) {
  for (const element of [control, ...formsOf(control).flatMap(({ elements }) => [...elements])]) {
    if (touched.delete(element)) sentWith.set(element, gesture);
  }
}

/**
 * Whether a control stands as the reader has put it after what Python answers now: what is painted
 * of it meanwhile is older.
 *
 * @param {Element} control
 */
export function isInHand(control) {
  const gesture = sentWith.get(control);
  if (gesture && [...waiting, ...unanswered, ...newest.values()].includes(gesture)) return true;
  return (touched.get(control) ?? 0) > (unanswered[0] ?? answered).moment;
}

/**
 * Whether what a field holds was typed after it was sent, and so is for the next command.
 *
 * @param {Element | null} field
 */
export const isTypedSince = (field) => field !== null && touched.has(field);

// What is typed makes another command of the next press.
document.addEventListener(
  "input",
  ({ target }) => {
    lastAsked = null;
    if (target instanceof Element) touched.set(target, ++moment);
  },
  { capture: true },
);

// A held Enter presses once, even if the focus moves on meanwhile. Another key is another gesture.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Enter" && event.key !== " ") lastAsked = null;
    if (!event.repeat || event.key !== "Enter") return;
    const control = controlOf(event, "button[data-gesture], form input");
    if (!control || COUNTED.has(control.dataset.gesture ?? "")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);

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
  const control = controlOf(event, ":is(select, textarea, input)[data-gesture]");
  if (control?.matches("[type=range], [type=search]")) return; // told as they are moved
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

/** Do what was done before this script ran. To be called once, when waiting gestures are noticed. */
export function doFirstGestures() {
  for (const { event, control } of globalThis.esbankFirstGestures?.() ?? []) {
    if (!(event instanceof MouseEvent)) control.dispatchEvent(new Event(event.type, { bubbles: true }));
    else if (control instanceof HTMLButtonElement && !isRepeated(control, event)) control.click();
  }
  globalThis.esbankFirstGestures = () => []; // whoever comes to keep them now is too late
}
