// The slider's line is more than the slider: its curve can be pressed, and the event under the
// pointer is named while it rests there.

import { send } from "./gestures.js";

let pointedAt = 0;

document.addEventListener("click", (event) => {
  const slider = sliderUnder(event);
  if (!slider || event.target === slider) return;
  slider.value = String(positionAt(event.clientX, slider));
  slider.dispatchEvent(new Event("input", { bubbles: true }));
});

for (const kind of ["pointermove", "pointerdown", "pointerout"]) {
  document.addEventListener(kind, point, { passive: true });
}

/** @param {Event} event */
function point(event) {
  if (!(event instanceof PointerEvent)) return;
  const slider = event.type === "pointerout" ? null : sliderUnder(event);
  // Under a hand that drags, the slider itself says where it stands; a finger points at nothing.
  const isResting = !event.buttons && event.pointerType !== "touch";
  const position = slider && isResting ? positionAt(event.clientX, slider) : 0;
  if (position === pointedAt) return;
  pointedAt = position;
  send("point", { position: String(position) }, document.body);
}

/**
 * The slider whose line the pointer is on, if it can be moved.
 *
 * @param {Event} event
 */
function sliderUnder({ target }) {
  if (!(target instanceof Element) || !target.closest("[data-timeline]")) return null;
  const slider = document.getElementById("slider");
  return slider instanceof HTMLInputElement && !slider.disabled ? slider : null;
}

/**
 * The position that the slider has at a place across the page.
 *
 * @param {number} x
 * @param {HTMLInputElement} slider
 */
function positionAt(x, slider) {
  const { left, width, height } = slider.getBoundingClientRect();
  const reach = height / 2; // half of the thumb is kept free at either end: style.css
  const fraction = (x - left - reach) / (width - 2 * reach);
  return Math.round(Math.min(1, Math.max(0, fraction)) * Number(slider.max));
}
