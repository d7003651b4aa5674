// Gestures: what a person does to a control, as a name and plain text fields.
//
// A control says which gesture it is by data-gesture. Its form's fields and its own data-* go
// along, and those of the form that its own names by data-with. What is done before Python runs
// waits here, in order, and is not lost.

// Gestures that only say where something stands now. While Python still answers the last one,
// only the newest is worth sending: a slider that is dragged never gets ahead of its answers.
const OVERTAKEN = new Set(["slide", "scroll-ledger"]);

let receive = null;
const waiting = [];
let unanswered = 0;
let newest = null;
let noticeWaiting = () => {};

/** Hand every gesture, those that waited first, to a callback (name, fields as JSON text). */
export function listen(callback) {
  receive = callback;
  for (const gesture of waiting.splice(0)) handOver(gesture);
}

/** Python has answered the oldest gesture that it had not answered yet. */
export function wasAnswered() {
  unanswered = Math.max(0, unanswered - 1);
  if (unanswered || !newest) return;
  const gesture = newest;
  newest = null;
  handOver(gesture);
}

function handOver(gesture) {
  unanswered += 1;
  receive(...gesture);
}

/** Call back with the control whenever a gesture has to wait for Python. */
export function whenWaiting(callback) {
  noticeWaiting = callback;
}

function send(name, fields, control) {
  const gesture = [name, JSON.stringify(fields)];
  if (!receive) {
    waiting.push(gesture);
    noticeWaiting(control);
  } else if (unanswered && OVERTAKEN.has(name)) {
    newest = gesture;
  } else {
    if (newest) handOver(newest);
    newest = null;
    handOver(gesture);
  }
}

function fieldsOf(control) {
  const fields = { ...control.dataset };
  delete fields.gesture;
  const forms = [document.getElementById(control.form?.dataset.with), control.form];
  for (const form of forms.filter(Boolean)) {
    for (const [name, value] of new FormData(form)) {
      // Half of a surrogate pair has no place in any file.
      if (typeof value === "string") fields[name] = value.toWellFormed?.() ?? value;
    }
  }
  if ("value" in control && control.tagName !== "BUTTON") fields.value = control.value;
  return fields;
}

function sendFrom(control) {
  send(control.dataset.gesture, fieldsOf(control), control);
}

document.addEventListener("click", (event) => {
  const control = event.target.closest?.("button[data-gesture]");
  if (control?.type === "button") sendFrom(control);
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.dataset.gesture) sendFrom(event.submitter);
});

document.addEventListener("input", (event) => {
  if (event.target.matches?.("input[type=range][data-gesture]")) sendFrom(event.target);
});

document.addEventListener("change", (event) => {
  if (event.target.matches?.("select[data-gesture]")) sendFrom(event.target);
});

// Escape closes a dialog: that is an answer, too.
document.addEventListener(
  "cancel",
  (event) => {
    event.preventDefault();
    send(event.target.dataset.cancelGesture, {}, event.target);
  },
  { capture: true },
);

// Of a long ledger only the rows in sight exist; scrolling asks for others.
document.addEventListener(
  "scroll",
  (event) => {
    const rows = event.target.querySelector?.("ol[data-rows-shown]");
    if (!rows) return;
    const height = rows.firstElementChild?.offsetHeight;
    if (!height) return;
    const first = Math.floor(event.target.scrollTop / height) + 1;
    const last = first + Math.ceil(event.target.clientHeight / height);
    const [shownFrom, shownTo, all] = rows.dataset.rowsShown.split(" ").map(Number);
    const isMissing = first < shownFrom || Math.min(last, all) > shownTo;
    const middle = Math.min(all, (first + last) >> 1);
    if (isMissing) send("scroll-ledger", { middle: String(middle) }, rows);
  },
  { capture: true, passive: true },
);
