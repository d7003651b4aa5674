"""How the page is looked at: what is in sight, what lies over what, what has been cut."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from playwright.sync_api import Locator, Page

T = TypeVar("T")

PATIENCE_S = 20

# Whatever ends by itself has ended, and what watches the window has been told where things are.
SETTLED = """async () => {
    await document.fonts.ready;
    const isMoving = ({ playState, timeline, effect }) => playState === "running"
        && timeline instanceof DocumentTimeline && effect.getComputedTiming().endTime !== Infinity;
    for (let frame = 0; frame < 3; frame++) {
        const moving = document.getAnimations().filter(isMoving);
        await Promise.allSettled(moving.map(({ finished }) => finished));
        await new Promise(requestAnimationFrame);
    }
}"""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels from the corner of the window."""

# Texts as they are painted: their boxes, cut to those of whatever scrolls or clips them.
TEXTS = """(root) => {
    const cut = (box, element) => {
        for (let parent = element; parent; parent = parent.parentElement) {
            const style = getComputedStyle(parent);
            if (style.overflowX === "visible" && style.overflowY === "visible") continue;
            const by = parent.getBoundingClientRect();
            box = {left: Math.max(box.left, by.left), top: Math.max(box.top, by.top),
                right: Math.min(box.right, by.right), bottom: Math.min(box.bottom, by.bottom)};
        }
        return box;
    };
    const texts = [];
    const walker = document.createTreeWalker(document.querySelector(root), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, parent = node.parentElement;
        if (!node.data.trim() || parent.closest("option, .out-of-sight, .time-bar")) continue;
        if (!parent.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const line of range.getClientRects()) {
            const box = cut(line, parent);
            if (box.right - box.left > 1 && box.bottom - box.top > 1)
                texts.push({node, text: node.data.trim(), ...box});
        }
    }
    return texts;
}"""

# A few pixels of leading belong to no letter.
OVERLAPS = f"""(root) => {{
    const texts = ({TEXTS})(root), found = [];
    texts.forEach((one, n) => texts.slice(n + 1).forEach((other) => {{
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        const isOver = wide > 2 && high > 5 && one.node !== other.node;
        if (isOver) found.push(one.text + " | " + other.text);
    }}));
    return found;
}}"""

CONTROLS_OUTSIDE = """() => [...document.querySelectorAll("button, input, select, summary, a")]
    .filter((control) => control.checkVisibility({visibilityProperty: true}))
    .filter((control) => !control.matches(".skip, [role=group][tabindex='0'] *"))
    .map((control) => [control, control.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.left < -0.5 || box.right > innerWidth + 0.5))
    .map(([control]) => control.id || control.textContent)
"""

CUT_NAMES = """(names) => names.filter((name) => {
    const row = name.closest("li").getBoundingClientRect();
    return name.scrollWidth > name.clientWidth + 1
        || name.getBoundingClientRect().right > row.right;
}).map((name) => name.textContent)"""

CUT_PLACEHOLDERS = """(fields) => fields.filter((field) => {
    if (!field.checkVisibility({visibilityProperty: true})) return false;
    const { font } = getComputedStyle(field, "::placeholder");
    const { paddingLeft, paddingRight } = getComputedStyle(field);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    const room = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    return pen.measureText(field.placeholder).width > room + 1;
}).map((field) => field.placeholder)"""


def box_of(locator: Locator) -> Box:
    """Where an element is in the window."""
    found: Any = locator.evaluate(
        "(e) => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; }"
    )
    return tuple(found)


def is_in_sight(locator: Locator) -> bool:
    """Whether all of an element is within the window, and within whatever scrolls it."""
    return bool(
        locator.evaluate(
            """(element) => {
                const box = element.getBoundingClientRect();
                const log = element.closest("[data-scrolls]")?.getBoundingClientRect();
                const top = Math.max(0, log?.top ?? 0);
                const end = Math.min(innerHeight, log?.bottom ?? innerHeight);
                return element.checkVisibility({visibilityProperty: true}) && box.height > 0
                    && box.top >= top - 1.5 && box.bottom <= end + 1.5
                    && box.left >= -1 && box.right <= innerWidth + 1;
            }"""
        )
    )


def settled(page: Page) -> None:
    """Wait until nothing moves by itself any more, and the letters are those that stay."""
    page.evaluate(SETTLED)


def sized(page: Page, width: int, height: int) -> None:
    """A window of another size, and the page laid out in it."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(f"innerWidth === {width} && innerHeight === {height}")
    settled(page)


def becomes(look: Callable[[], T], wanted: T) -> T:
    """What is seen, as soon as it is what is wanted, or else in the end.

    What Python paints comes when it comes; a look in between says nothing.
    """
    deadline = time.monotonic() + PATIENCE_S
    while (seen := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    return seen


def comes_in_sight(*all_of: Locator) -> bool:
    """Whether all of them are in sight together, now or soon."""
    return becomes(lambda: all(map(is_in_sight, all_of)), True)


def overlapping_texts(page: Page, root: str = ".panels") -> list[str]:
    """Pairs of texts of which one lies over the other."""
    found: list[str] = page.evaluate(OVERLAPS, root)
    return found


def controls_outside(page: Page) -> list[str]:
    """Controls of which a part is beside the window, and in no table that is scrolled by itself."""
    found: list[str] = page.evaluate(CONTROLS_OUTSIDE)
    return found


def cut_names(page: Page) -> list[str]:
    """Names of events of which not all is to be seen."""
    found: list[str] = page.locator(".event-type").evaluate_all(CUT_NAMES)
    return found


def cut_placeholders(page: Page) -> list[str]:
    """Examples in empty fields of which not all is to be seen."""
    found: list[str] = page.locator("input[placeholder]").evaluate_all(CUT_PLACEHOLDERS)
    return found


def scroll_to(page: Page, selector: str) -> None:
    """Bring an element to the top of the window, at once."""
    page.evaluate(
        "(s) => document.querySelector(s).scrollIntoView({block: 'start', behavior: 'instant'})",
        selector,
    )
    settled(page)
