"""The Debug lab on the built page: a history is searched, tried, compared, tested and solved."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bankpage.labs.debug.spans import BARS
from playwright.sync_api import Browser, Locator, Page, expect

import build
from tests.e2e.looks import settled, sized
from tests.e2e.teller import Teller
from tests.e2e.test_accessibility import assert_accessible

pytestmark = pytest.mark.e2e

BANK = [
    ("A", "AccountOpened", {"owner": "Ada", "currency": "EUR"}),
    ("B", "AccountOpened", {"owner": "<b>Bo</b>", "currency": "JPY"}),
    ("A", "MoneyDeposited", {"amount": 5000, "note": "salary"}),
    ("A", "MoneyWithdrawn", {"amount": 6000, "note": "rent"}),
    ("A", "MoneyDeposited", {"amount": 9000, "note": "salary"}),
    ("B", "com.example.Scored", {"risk": {"level": "high"}}),
    ("B", "AccountFrozen", {"reason": "lost"}),
    ("C", "MoneyDeposited", {"amount": 700}),
    ("A", "MoneyWithdrawn", {"amount": 9500, "note": "rent"}),
    ("A", "MoneyDeposited", {"amount": 2000}),
]
"""A history that is not ours: A falls below zero at 4 and at 9, C begins without its opening."""


def bank_file(folder: Path) -> Path:
    path = folder / "bank.jsonl"
    lines = [
        json.dumps(
            {
                "specversion": "1.0",
                "id": str(nth),
                "source": "https://bank.example",
                "type": kind,
                "subject": stream,
                "time": f"2026-03-{nth:02d}T10:00:00Z",
                "causationid": "one" if nth in (3, 5) else str(nth),
                "data": data,
            }
        )
        for nth, (stream, kind, data) in enumerate(BANK, start=1)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


ASKED = {
    "Balance falls below": "amount",
    "Amount is at least": "amount",
    "Time since the event before is at least": "span",
    "Field equals": "text",
    "Field contains": "text",
}
"""What each condition asks for: the field of another kind is another field."""


class Lab:
    """Someone in front of the opened Debug lab."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.page: Page = teller.page
        self.room: Locator = teller.region("Debug lab")

    def opens(self, history: Path) -> Lab:
        back = self.teller.button("Back to my ledger")
        if back.is_visible():
            # What an earlier story opened says the same of itself: it must be gone first.
            back.click()
            expect(self.teller.region("Study")).to_be_hidden()
            expect(self.room).not_to_contain_text("10 events in 3 streams")
        self.page.get_by_label("Open a history").first.set_input_files(history)
        expect(self.teller.region("Study")).to_contain_text("bank.jsonl")
        if not self.room.is_visible():
            self.teller.button("Open the debug lab").click()
            # Seen at the click, and not only when Python has answered.
            choices = self.room.get_by_role("combobox", name="Condition").first.locator("option")
            assert "Balance falls below" in choices.all_inner_texts()
        expect(self.room).to_contain_text("10 events in 3 streams")
        return self

    def button(self, name: str) -> Locator:
        return self.room.get_by_role("button", name=name, exact=True)

    def presses(self, *names: str) -> Lab:
        for name in names:
            self.button(name).click()
        return self

    def finds(self, condition: str, value: str = "", field: str = "") -> Lab:
        self.room.get_by_role("combobox", name="Condition").first.select_option(label=condition)
        if value:
            typed = self.room.get_by_role("textbox", name="Value").first
            expect(typed).to_have_id(re.compile(f"-{ASKED[condition]}$"))
        if field:
            self.room.get_by_role("textbox", name="Field").fill(field)
        if value:
            self.room.get_by_role("textbox", name="Value").fill(value)
        return self.presses("Find")

    @property
    def found(self) -> Locator:
        return self.room.get_by_role("status", name="Found")

    @property
    def moments(self) -> Locator:
        return self.room.get_by_role("list", name="Moments").get_by_role("button")

    def table(self, name: str) -> Locator:
        return self.room.get_by_role("table", name=name)

    def stands_at(self, position: int) -> None:
        expect(self.teller.slider).to_have_value(str(position))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bank_file(tmp_path_factory.mktemp("bank"))


@pytest.fixture(scope="module")
def lab(browser: Browser, address: str, history: Path) -> Iterator[Lab]:
    """One page for all stories here; each opens the history anew."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    context.set_default_timeout(30_000)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield Lab(Teller(context.new_page(), address).open()).opens(history)
    context.close()
    assert errors == []


@pytest.fixture(autouse=True)
def opened_anew(request: pytest.FixtureRequest, history: Path) -> None:
    if "lab" in request.fixturenames:
        request.getfixturevalue("lab").opens(history)


def test_the_source_is_told_and_the_ledger_filtered(lab: Lab) -> None:
    streams = lab.table("Streams").locator("tbody").get_by_role("row")
    expect(streams).to_have_count(3)
    expect(streams.nth(1)).to_contain_text("B <b>Bo</b>")
    not_understood = lab.room.get_by_role("list", name="Not understood")
    expect(not_understood).to_contain_text("com.example.Scored")
    lab.room.get_by_role("combobox", name="Stream").select_option("A")
    lab.room.get_by_role("combobox", name="Type").select_option("MoneyDeposited")
    shown = lab.room.get_by_role("status", name="Shown")
    expect(shown).to_have_text("3 of 10 events are shown.")
    expect(lab.teller.rows).to_have_count(3)
    lab.room.get_by_role("searchbox", name="Text").fill("salary")
    expect(lab.teller.rows).to_have_count(2)
    lab.presses("Show all again")
    expect(lab.teller.rows).to_have_count(10)


def marks(lab: Lab) -> Locator:
    return lab.page.locator("#debug-lanes svg text")


def test_streams_are_found_sorted_and_laid_out_in_time(lab: Lab) -> None:
    lab.room.get_by_role("searchbox", name="Find a stream").fill("frozen")
    first = lab.table("Streams").locator("tbody").get_by_role("row")
    expect(first).to_have_count(1)
    expect(marks(lab)).to_have_count(9)  # those of B, and of A, where the slider stands
    lab.room.get_by_role("searchbox", name="Find a stream").fill("")
    lab.presses("Stream", "Stream")
    expect(first.first).to_contain_text("C")
    expect(marks(lab)).to_have_count(10)
    marks(lab).nth(2).click()  # of B, below C
    lab.stands_at(6)
    lanes = lab.room.get_by_role("group", name="Lanes, as a picture")
    lanes.press("ArrowRight")
    lab.stands_at(7)
    lanes.press("ArrowDown")
    lab.stands_at(9)
    lab.presses("In words")
    words = lab.room.get_by_role("list", name="Lanes in words")
    words.get_by_role("button", name="#4 MoneyWithdrawn").click()
    lab.stands_at(4)
    lab.presses("Previous AccountOpened", "In words")
    lab.stands_at(2)
    expect(words).to_be_hidden()


def test_the_event_is_looked_into(lab: Lab) -> None:
    lab.teller.slider.fill("5")
    event = lab.room.get_by_role("group", name="The event where the slider stands")
    expect(event).to_contain_text("#5")
    payload = lab.room.get_by_role("list", name="Payload")
    expect(payload).to_contain_text("9000")
    differences = lab.table("What differs in the payload")
    expect(differences.get_by_role("row", name="data.amount")).to_contain_text("5000")
    thread = lab.room.get_by_role("list", name="Its thread")
    expect(thread).to_contain_text("#5")
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    payload.get_by_role("button", name="Copy path data.note").click()
    expect(lab.room.get_by_role("status", name="Path")).to_contain_text("Copied: data.note")
    assert lab.page.evaluate("navigator.clipboard.readText()") == "data.note"
    toggle = payload.get_by_role("button", name="data", exact=True)
    toggle.focus()
    toggle.press("Enter")
    expect(payload.get_by_role("listitem")).to_have_count(1)
    expect(toggle).to_be_focused()
    toggle.press("Enter")
    expect(payload.get_by_role("listitem")).to_have_count(3)


@pytest.mark.parametrize(
    ("condition", "value", "field", "found"),
    [
        ("Balance falls below", "0", "", "2 moments in 1 of 3 streams"),
        ("Amount is at least", "60", "", "3 moments in 1 of 3 streams"),
        ("Field equals", "high", "data.risk.level", "1 moment in 1 of 3 streams"),
        ("Field contains", "SAL", "data.note", "2 moments in 1 of 3 streams"),
        ("Time since the event before is at least", "1d", "", "9 moments in 3 of 3 streams"),
        ("Stands out of order in time", "", "", "0 moments in 0 of 3 streams"),
        ("Came twice for one cause", "", "", "1 moment in 1 of 3 streams"),
        ("Today's rules would refuse it", "", "", "2 moments in 1 of 3 streams"),
    ],
)
def test_conditions_are_found(lab: Lab, condition, value, field, found) -> None:
    lab.finds(condition, value, field)
    expect(lab.found).to_have_text(found)


@pytest.mark.parametrize(
    ("condition", "value", "found"),
    [
        ("Event type is", "com.example.Scored", "1 moment in 1 of 3 streams"),
        ("Status becomes", "frozen", "1 moment in 1 of 3 streams"),
    ],
)
def test_where_values_are_few_they_are_chosen(lab: Lab, condition, value, found) -> None:
    lab.room.get_by_role("combobox", name="Condition").first.select_option(label=condition)
    lab.room.get_by_role("combobox", name="Value").select_option(value)
    lab.presses("Find")
    expect(lab.found).to_have_text(found)


def test_conditions_are_joined_and_streams_without_opening_counted(lab: Lab) -> None:
    lab.finds("Balance falls below", "0").presses("And another condition")
    lab.room.get_by_role("combobox", name="Condition").nth(1).select_option(
        label="Today's rules would refuse it"
    )
    lab.room.get_by_role("textbox", name="Value").first.fill("-40")
    lab.presses("Find")
    expect(lab.found).to_have_text("0 moments in 0 of 3 streams")
    expect(lab.room).to_contain_text("One stream begins without its opening")
    lab.room.get_by_role("button", name="Remove").last.click()
    expect(lab.room.get_by_role("combobox", name="Condition")).to_have_count(1)
    lab.finds("Balance falls below", "much")
    expect(lab.found).to_contain_text("“much” is not an amount.")


def test_moments_are_gone_to_and_one_comes_back(lab: Lab) -> None:
    lab.teller.slider.fill("2")
    lab.finds("Balance falls below", "0")
    expect(lab.found).to_have_text("2 moments in 1 of 3 streams")
    lab.moments.nth(1).click()
    lab.stands_at(9)
    expect(lab.moments.nth(1)).to_have_attribute("aria-current", "true")
    expect(lab.teller.region("Current State")).to_contain_text("−€15.00")
    lab.presses("Previous moment")
    lab.stands_at(4)
    lab.presses("Next moment")
    lab.stands_at(9)
    lab.presses("Back to where I was")
    lab.stands_at(2)
    expect(lab.page.locator("#marks-found")).to_have_attribute("d", re.compile("M.*M"))
    begins = lab.room.get_by_role("slider", name="Moments from")
    begins.press("End")
    expect(lab.moments).to_have_count(0)
    for bar in range(BARS - 2, BARS - 22, -1):
        begins.press("ArrowLeft")
        expect(begins).to_have_value(str(bar))
    expect(lab.moments).to_have_count(1)
    lab.presses("The whole time")
    expect(lab.moments).to_have_count(2)


def test_the_histogram_is_dragged_to_narrow(lab: Lab) -> None:
    lab.finds("Balance falls below", "0")
    expect(lab.moments).to_have_count(2)
    handle = lab.room.get_by_role("slider", name="Moments until")
    handle.scroll_into_view_if_needed()
    settled(lab.page)
    box = handle.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    lab.page.mouse.move(box["x"] + box["width"] - 8, y)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + box["width"] / 2, y, steps=6)
    lab.page.mouse.up()
    expect(lab.moments).to_have_count(1)
    expect(lab.moments).to_contain_text("#4 MoneyWithdrawn")


def test_what_if_adds_up_is_taken_back_and_taken_to_the_stage(lab: Lab) -> None:
    lab.teller.slider.fill("4")
    lab.presses("Leave it out")
    consequences = lab.table("Consequences")
    expect(consequences).to_contain_text("first divergence")
    expect(consequences.get_by_role("row", name="A Balance")).to_contain_text("€65.00")
    lab.teller.slider.fill("9")
    lab.presses("Change it")
    lab.room.get_by_role("textbox", name="How much, in EUR").fill("a lot")
    lab.presses("Try it")
    expect(lab.room).to_contain_text("“a lot” is not an amount.")
    lab.room.get_by_role("textbox", name="How much, in EUR").fill("10")
    lab.presses("Try it")
    expect(consequences.get_by_role("row", name="A Balance")).to_contain_text("€150.00")
    lab.presses("Insert before it")
    lab.room.get_by_role("combobox", name="Type of event").select_option("AccountFrozen")
    lab.presses("Try it")
    edits = lab.room.get_by_role("list", name="Edits")
    expect(edits.get_by_role("listitem")).to_have_count(3)
    edits.get_by_role("button", name="Take back").nth(2).click()
    edits.get_by_role("button", name="Take back").nth(1).click()
    expect(consequences.get_by_role("row", name="A Balance")).to_contain_text("€65.00")
    lab.presses("Open as a study")
    expect(lab.teller.region("Study")).to_contain_text("What if: without event 4")
    expect(lab.page.get_by_role("status", name="Chain")).to_contain_text("Chain intact: 9 events")
    lab.presses("Back to what happened")
    expect(lab.teller.region("Study")).to_contain_text("10 events")
    expect(edits.get_by_role("listitem")).to_have_count(1)


def test_what_would_be_rejected_says_why(lab: Lab) -> None:
    lab.teller.slider.fill("1")
    lab.presses("Leave it out")
    expect(lab.table("Consequences")).to_contain_text(
        "would now be rejected: There is no account A."
    )


def test_two_points_are_compared(lab: Lab) -> None:
    lab.teller.slider.fill("5")
    lab.presses("Remember this point as A")
    lab.teller.slider.fill("9")
    differences = lab.table("Differences")
    expect(differences.get_by_role("row", name="A Balance")).to_contain_text("−€15.00")
    expect(differences.get_by_role("row", name="B Status")).to_contain_text("frozen")
    lab.room.get_by_text("4 events between").click()
    between = lab.room.get_by_role("list", name="Events between A and here")
    between.get_by_role("button").first.click()
    lab.stands_at(6)
    lab.presses("Forget A")
    expect(differences).to_be_hidden()


def test_the_test_that_is_written_runs(lab: Lab, tmp_path: Path) -> None:
    lab.teller.slider.fill("9")
    lab.room.get_by_role("checkbox", name="Replace names and notes").check()
    lab.presses("Write the test")
    region = lab.teller.region("Test")
    expect(region.locator("code")).to_contain_text("def test_")
    expect(region.locator("code")).not_to_contain_text("Ada")
    code = region.locator("code").inner_text()
    lab.room.get_by_role("checkbox", name="Replace names and notes").uncheck()
    lab.presses("Write the test")
    expect(region).to_contain_text("'Ada'")
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    region.get_by_role("button", name="Copy").click()
    expect(lab.room).to_contain_text("Copied.")
    assert "'Ada'" in lab.page.evaluate("navigator.clipboard.readText()")
    with lab.page.expect_download() as download:
        region.get_by_role("button", name="Download").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    for text in (code, path.read_text()):
        path.write_text(text)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]
        ran = subprocess.run(
            command,
            cwd=tmp_path,
            env={"PYTHONPATH": str(build.ROOT)},
            capture_output=True,
            check=False,
        )
        assert b"2 passed" in ran.stdout, ran.stdout


def solves_the_case(lab: Lab, axe: str | None = None) -> None:
    lab.presses("Open “Last Tuesday”")
    expect(lab.teller.region("Study")).to_contain_text("Last Tuesday")
    expect(lab.room).to_contain_text("3,243 events in 40 streams")
    answer = lab.room.get_by_role("textbox", name="Position of the event")
    verdict = lab.room.get_by_role("status", name="Verdict")
    answer.fill("the rent")
    lab.presses("Check")
    expect(verdict).to_contain_text("An answer is a position")
    lab.presses("Hint", "Hint")
    expect(lab.room).to_contain_text("Second hint")
    lab.finds("Came twice for one cause")
    expect(lab.found).to_have_text("2 moments in 2 of 40 streams")
    lab.presses("And another condition")
    lab.room.get_by_role("textbox", name="Value").fill("0")
    lab.presses("Find")
    expect(lab.found).to_have_text("1 moment in 1 of 40 streams")
    position = re.search(r"#(\d+)", lab.moments.first.inner_text())
    assert position
    answer.fill(f"event {position[1]}")
    lab.presses("Check")
    expect(verdict).to_contain_text("Right")
    lab.presses("What if it had happened once?")
    expect(lab.table("Consequences")).to_contain_text("LT-117")
    if axe is not None:
        assert_accessible(lab.teller, axe, "the case solved")
    lab.room.get_by_role("button", name="Remove").last.click()


def test_the_case_is_solved(lab: Lab) -> None:
    solves_the_case(lab)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_the_lab_is_accessible_in_every_state(lab: Lab, axe: str, width: int, scheme: str) -> None:
    page = lab.page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    sized(page, width, 800)
    try:
        assert_accessible(lab.teller, axe, "a study")
        lab.finds("Today's rules would refuse it")
        lab.moments.first.click()
        lab.presses("Remember this point as A", "Leave it out", "Next moment", "Change it")
        lab.presses("Write the test")
        expect(lab.table("Consequences")).to_be_visible()
        expect(lab.table("Differences")).to_be_visible()
        assert_accessible(lab.teller, axe, "everything open")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        lab.presses("Cancel")
        solves_the_case(lab, axe)
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme=None, reduced_motion=None)


def test_the_single_file_has_it_too(browser: Browser, history: Path) -> None:
    context = browser.new_context()
    context.set_default_timeout(60_000)
    try:
        address = (build.DIST / "esbank.html").as_uri()
        lab = Lab(Teller(context.new_page(), address).open()).opens(history)
        lab.finds("Balance falls below", "0")
        expect(lab.found).to_have_text("2 moments in 1 of 3 streams")
        lab.moments.first.click()
        lab.stands_at(4)
        expect(marks(lab)).to_have_count(10)
        marks(lab).first.click()
        lab.stands_at(1)
        lab.presses("Next of this stream", "Next of this stream")
        lab.stands_at(4)
        lab.presses("Leave it out")
        expect(lab.table("Consequences")).to_contain_text("first divergence")
        lab.presses("Write the test")
        expect(lab.teller.region("Test")).to_contain_text("then_rejected")
        lab.presses("Open “Last Tuesday”")
        expect(lab.room).to_contain_text("3,243 events in 40 streams")
    finally:
        context.close()
