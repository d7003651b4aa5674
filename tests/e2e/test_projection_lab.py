"""The Projection lab in a browser: a read model in the reader's own Python, in both places."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

import build
from tests.e2e.browser import IS_KEPT, eventually
from tests.e2e.late import held_back
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

COUNT = """\
initial = {}

def apply(state, event):
    return {**state, event.type: state.get(event.type, 0) + 1}
"""


class ProjectionLab:
    """The lab as a reader uses it, with four events on the stage."""

    def __init__(self, page: Page, address: str, place: str = "hosted") -> None:
        self.page = page
        self.place = place
        self.teller = Teller(page, address).open()
        self.record()
        self.lab = page.get_by_role("region", name="Projection lab")
        self.open()

    def record(self) -> None:
        self.teller.open_account("Ada").has_rows(1).deposit("100").has_rows(2)
        self.teller.deposit("20").has_rows(3).withdraw("7").has_rows(4)

    def tidy(self) -> None:
        """Whatever a story has left: four events, seen from now, by the bank's own ``evolve``."""
        for name in ("Close the debug lab", "Back to the bank’s own"):
            button = self.page.get_by_role("button", name=name, exact=True).first
            if button.is_visible():
                button.click()
                expect(button).to_be_hidden()
        if self.page.locator("#ledger-count").inner_text() != "4 events":
            self.teller.erase_all()
            self.record()
        self.teller.slider.fill("4")
        self.teller.stands_at(4, 4)
        if not self.lab.is_visible():
            self.open()

    def open(self) -> None:
        self.page.get_by_role("button", name="Open the projection lab").click()
        expect(self.editor).to_be_visible()

    @property
    def editor(self) -> Locator:
        return self.lab.get_by_role("textbox", name="Projection in Python")

    @property
    def status(self) -> Locator:
        return self.lab.get_by_role("status", name="Projection")

    @property
    def model(self) -> Locator:
        return self.lab.get_by_role("region", name="Read model")

    def button(self, name: str) -> Locator:
        return self.lab.get_by_role("button", name=name, exact=True)

    def write(self, text: str) -> None:
        self.editor.click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def run(self, text: str, *, wait: str | None = "Folded from") -> None:
        self.write(text)
        self.button("Run").click()
        if wait is not None:
            expect(self.status).to_contain_text(wait)


def opened(
    browser: Browser, address: str, tmp: Path, place: str
) -> tuple[BrowserContext, ProjectionLab]:
    if place == "single":
        copy = tmp / "esbank.html"
        copy.write_bytes((build.DIST / "esbank.html").read_bytes())
        address = copy.as_uri()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    return context, ProjectionLab(context.new_page(), address, place)


@pytest.fixture(scope="module", params=["hosted", "single"])
def visited(
    browser: Browser,
    address: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ProjectionLab]:
    """One page for all stories of a place."""
    tmp = tmp_path_factory.mktemp("disk")
    context, lab = opened(browser, address, tmp, request.param)
    yield lab
    context.close()


@pytest.fixture
def lab(visited: ProjectionLab) -> ProjectionLab:
    """The lab, open, with four events on the stage, whatever an earlier story has left."""
    visited.tidy()
    return visited


def test_a_read_model_is_folded_and_follows_the_slider(lab: ProjectionLab) -> None:
    lab.run(COUNT)
    expect(lab.model.get_by_role("row", name="MoneyDeposited 2")).to_be_visible()
    expect(lab.lab).to_contain_text("Checkpoint 4 of 4.")
    slider = lab.page.get_by_role("slider", name="Events applied")
    slider.fill("1")
    expect(lab.model.get_by_role("row", name="AccountOpened 1")).to_be_visible()
    expect(lab.model.get_by_role("row", name="MoneyDeposited")).to_have_count(0)
    slider.fill("4")
    expect(lab.model.get_by_role("row", name="MoneyWithdrawn 1")).to_be_visible()


def test_what_a_projection_is_can_be_tried(lab: ProjectionLab) -> None:
    lab.run("initial = 0\ndef apply(state, event):\n    return state + 1")
    expect(lab.model).to_have_text("4")
    lab.button("Deliver the last event twice").click()
    expect(lab.status).to_contain_text("passed over")
    expect(lab.model).to_have_text("4")
    lab.lab.get_by_role("checkbox", name="Keep a checkpoint").uncheck()
    lab.button("Deliver the last event twice").click()
    expect(lab.model).to_have_text("5")
    lab.button("Throw away and rebuild").click()
    expect(lab.model).to_have_text("4")
    expect(lab.status).to_contain_text(re.compile(r"rebuilt from 4 events in [\d.,]+ ms"))
    lab.button("Lag behind").click()
    expect(lab.model).to_have_text("1")
    expect(lab.lab).to_contain_text("Checkpoint 1 of 4: it lags 3 events behind")
    lab.button("Catch up").click()
    expect(lab.model).to_have_text("4")
    lab.lab.get_by_role("checkbox", name="Keep a checkpoint").check()


def test_an_error_names_the_readers_own_line(lab: ProjectionLab) -> None:
    text = "initial = 0\n\ndef apply(state, event):\n    return state + 'x'\n"
    lab.run(text, wait="TypeError")
    expect(lab.status).to_contain_text("(line 4, at event 1)")


ASLEEP = "    import time; time.sleep(3600)"
"""Endless as well, and leaves the processor to the others."""

ENDLESS = (
    "    while True: pass",
    ASLEEP,
    "    return apply(state, event) + apply(state, event)",
    "    while True: print('x' * 1000)",
    "    kept = [bytearray(1 << 20) for _ in range(1024)]; return len(kept)",
    "    import js; return js.eval('for (;;) {}')",
)


def test_what_never_ends_is_stopped_and_the_bank_goes_on(lab: ProjectionLab) -> None:
    slider = lab.page.get_by_role("slider", name="Events applied")
    for endless in ENDLESS:
        lab.run(f"initial = 0\ndef apply(state, event):\n{endless}", wait=None)
        slider.fill("2")
        expect(lab.page.locator("#balance")).to_have_text("$100.00")
        slider.fill("4")
        expect(lab.page.locator("#balance")).to_have_text("$113.00")
        expect(lab.status).to_contain_text(re.compile("Running|RecursionError|MemoryError"))
        lab.button("Stop").click()
        expect(lab.status).to_contain_text("Stopped.")
        lab.run(COUNT)


def test_it_reaches_nothing_of_the_pages(lab: ProjectionLab) -> None:
    text = """
import js
initial = ""
def apply(state, event):
    found = []
    for name in ("localStorage", "indexedDB", "document", "parent"):
        try:
            thing = getattr(js, name)
            if name == "indexedDB":
                thing.open("x")
            found.append(name)
        except Exception:
            pass
    return " ".join(found) or "nothing"
"""
    lab.run(text)
    expect(lab.model).to_have_text("nothing")


def test_a_python_that_the_browser_has_ended_is_replaced(lab: ProjectionLab) -> None:
    lab.run("initial = 'here'\ndef apply(state, event):\n    return state")
    expect(lab.model).to_have_text("here")  # no earlier one is still being run
    lab.page.evaluate("() => document.querySelector('iframe').remove()")
    lab.button("Run").click()
    expect(lab.status).to_contain_text("The browser has ended that Python")
    lab.run(COUNT)
    expect(lab.model.get_by_role("row", name="MoneyDeposited 2")).to_be_visible()


def test_a_template_and_a_question(lab: ProjectionLab) -> None:
    lab.lab.get_by_role("combobox", name="Start from").select_option(label="Monthly report")
    expect(lab.editor).to_contain_text("month by month")
    lab.button("Run").click()
    expect(lab.model.get_by_role("columnheader", name="out")).to_be_visible()
    question = """
from esbank_core.questions.ask import Answer, Column
class Seen:
    def __init__(self):
        self.seen = 0
    def see(self, change):
        self.seen += 1
    def answer(self):
        return Answer((Column("seen"),), ((self.seen,),))
"""
    lab.run(question, wait="Answered from 4 events")
    expect(lab.model.get_by_role("cell", name="4")).to_be_visible()


def test_a_file_is_a_text_until_it_is_run_and_what_was_written_is_kept(
    lab: ProjectionLab, tmp_path: Path
) -> None:
    lab.run(COUNT)
    file = tmp_path / "mine.py"
    file.write_text("# mine\ninitial = 'from a file'\ndef apply(state, event):\n    return state\n")
    lab.lab.get_by_label("Open a program").set_input_files(file)
    expect(lab.editor).to_contain_text("# mine")
    expect(lab.model).to_contain_text("MoneyDeposited")
    with lab.page.expect_download() as saving:
        lab.button("Save as a file").click()
    assert saving.value.suggested_filename == "projection.py"
    assert Path(saving.value.path()).read_text() == file.read_text()
    lab.page.get_by_role("button", name="Close the projection lab").click()
    expect(lab.page.locator("iframe")).to_have_count(0)
    lab.page.reload()
    lab.open()
    expect(lab.editor).to_contain_text("# mine")
    lab.button("Run").click()
    expect(lab.model).to_have_text("from a file")


EVOLVE = """\
from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Totals:
    total: int = 0
    events: dict[str, int] = field(default_factory=lambda: {"of": 0})


initial = Totals()


def evolve(state, event):
    if event.type == "MoneyDeposited":
        state.total += event.data["amount"]
    state.events["of"] += 1
    return state
"""


def test_an_evolve_of_ones_own_belongs_to_the_page(
    lab: ProjectionLab, tmp_path: Path, axe: str
) -> None:
    page = lab.page
    slider = page.get_by_role("slider", name="Events applied")
    state = page.get_by_role("region", name="Current State", exact=True)
    debugger = page.get_by_role("region", name="Time Travel Debugger")
    back = page.get_by_role("button", name="Back to the bank’s own")

    lab.run(EVOLVE, wait="Each stream’s state")
    lab.button("Show in Current State").click()
    expect(state).to_contain_text("ACC-1, by your own evolve: as of event 4")
    expect(state).to_contain_text("Your evolve takes all 4 events.")
    page.get_by_role("button", name="Close the projection lab").click()

    # It lasts without the lab, wherever the slider goes, and with what comes.
    slider.fill("2")
    expect(debugger).to_contain_text("What event 2 changed in ACC-1, by your own evolve")
    expect(debugger.get_by_role("row", name="total 0 10000")).to_be_visible()
    slider.fill("4")
    lab.teller.deposit("1.50")
    expect(state).to_contain_text("as of event 5")
    expect(state).to_contain_text("12150")
    state.get_by_role("combobox", name="Value in Balances").select_option("events.of")
    expect(page.get_by_role("list", name="Balances").get_by_role("listitem")).to_contain_text("5")

    # Find, Compare and the test have its states.
    page.get_by_role("button", name="Open the debug lab").click()
    debug = page.get_by_role("region", name="Debug lab")
    debug.get_by_role("combobox", name="Condition").select_option("field-equals")
    debug.get_by_role("textbox", name="Field", exact=True).fill("state.events.of")
    debug.get_by_role("textbox", name="Value", exact=True).fill("3")
    debug.get_by_role("button", name="Find", exact=True).click()
    expect(debug.get_by_role("status", name="Found")).to_contain_text("1 moment")
    debug.get_by_role("list", name="Moments").get_by_role("button").click()
    expect(debugger).to_contain_text("What event 3 changed in ACC-1, by your own evolve")
    debug.get_by_role("button", name="Remember this point as A").click()
    slider.fill("5")
    expect(debug.get_by_role("row", name="ACC-1 total 12000 12150")).to_be_visible()
    debug.get_by_role("button", name="Write the test").click()
    with page.expect_download() as saving:
        debug.get_by_role("button", name="Download", exact=True).click()
    test = tmp_path / saving.value.suggested_filename
    saving.value.save_as(test)
    page.evaluate(axe)
    found = page.evaluate("() => axe.run('#current-state')")
    assert [each["id"] for each in found["violations"]] == []
    page.get_by_role("button", name="Close the debug lab").click()
    assert EVOLVE.strip() in test.read_text(encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout

    expect(back).to_have_count(1)
    back.click()
    expect(state).not_to_contain_text("by your own evolve")
    expect(debugger).not_to_contain_text("by your own evolve")
    lab.open()


def test_an_evolve_that_fails_or_never_ends_is_said_and_the_bank_goes_on(
    lab: ProjectionLab,
) -> None:
    state = lab.page.get_by_role("region", name="Current State", exact=True)
    lab.run(EVOLVE, wait="Each stream’s state")
    lab.button("Show in Current State").click()
    expect(state).to_contain_text("by your own evolve: as of event")
    lab.run(EVOLVE.replace("+= 1", "+= 1 / (event.version - 2)"), wait="ZeroDivisionError")
    lab.button("Show in Current State").click()
    expect(state).to_contain_text("Your evolve fails on event 2, MoneyDeposited of ACC-1")
    expect(state).to_contain_text("(line 18)")
    endless = EVOLVE.replace(
        "    if", '    if event.data.get("amount") == 66600: __import__("time").sleep(3600)\n    if'
    )
    lab.run(endless, wait="Each stream’s state")
    expect(state).to_contain_text("Your evolve takes all")
    lab.teller.deposit("666")
    expect(lab.page.locator("#balance")).to_have_text("$779.00")
    lab.page.get_by_role("slider", name="Events applied").fill("2")
    expect(lab.page.locator("#balance")).to_have_text("$100.00")
    lab.button("Back to the bank’s own").click()
    expect(state).not_to_contain_text("your own evolve")


def test_closing_the_lab_ends_what_runs_there(lab: ProjectionLab) -> None:
    lab.run(f"initial = 0\ndef apply(state, event):\n{ASLEEP}", wait="Running")
    lab.page.get_by_role("button", name="Close the projection lab").click()
    expect(lab.page.locator("iframe")).to_have_count(0)
    lab.open()
    lab.run(COUNT)


def test_two_tabs_each_run_their_own(lab: ProjectionLab) -> None:
    lab.run(f"initial = 0\ndef apply(state, event):\n{ASLEEP}", wait="Running")
    other = lab.page.context.new_page()
    other.goto(lab.page.url.partition("#")[0])
    expect(other.locator("html")).to_have_attribute("data-python", "ready", timeout=60_000)
    other.get_by_role("button", name="Open the projection lab").click()
    room = other.get_by_role("region", name="Projection lab")
    expect(room.get_by_role("textbox", name="Projection in Python")).to_be_visible()
    room.get_by_role("combobox", name="Start from").select_option(label="Count by type")
    room.get_by_role("button", name="Run", exact=True).click()
    expect(room.get_by_role("status", name="Projection")).to_contain_text("Folded from")
    other.close()
    lab.run(COUNT)


def test_every_state_of_it_is_accessible(lab: ProjectionLab, axe: str) -> None:
    lab.page.evaluate(axe)
    for text, wait in ((COUNT, "Folded"), ("(", "SyntaxError"), ("initial = []", "nothing to run")):
        lab.run(text, wait=wait)
        found = lab.page.evaluate("() => axe.run(document.querySelector('#projection-lab'))")
        assert [each["id"] for each in found["violations"]] == []


def test_without_the_boot_image_it_starts_later_and_runs(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    context.route("**/boot.image", lambda route: route.abort())
    lab = ProjectionLab(context.new_page(), address)
    lab.run(COUNT)
    expect(lab.model.get_by_role("row", name="MoneyDeposited 2")).to_be_visible()
    context.close()


def test_run_pressed_before_the_editor_is_there_is_done_once_it_is(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    page = context.new_page()
    teller = Teller(page, address).open().open_account("Ada").has_rows(1)
    on_their_way = held_back(page, "**/labs/projection.js")
    with page.expect_request("**/labs/projection.js"):
        teller.button("Open the projection lab").click()
    lab = teller.region("Projection lab")
    lab.get_by_role("button", name="Run", exact=True).click()
    status = lab.get_by_role("status", name="Projection")
    expect(status).to_have_text("Running…")
    for route in on_their_way:
        route.continue_()
    expect(status).to_contain_text("Folded from 1 event in")
    context.close()


def test_it_runs_without_a_network(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    Teller(page, address).open()
    eventually(page, IS_KEPT)
    context.set_offline(True)
    lab = ProjectionLab(page, address)
    lab.run(COUNT)
    expect(lab.model.get_by_role("row", name="MoneyDeposited 2")).to_be_visible()
    context.close()
