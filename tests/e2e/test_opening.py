"""A history that is not ours: chosen, dropped or pasted, and stepped through like one's own."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.core.sources import examples
from tests.e2e.complaints import uncomplaining
from tests.e2e.teller import Teller
from tests.e2e.test_accessibility import assert_accessible

pytestmark = pytest.mark.e2e

MARKUP = "<img src=x onerror=document.title='run'><script>document.title='run'</script>"


def event(nth: int, **more: object) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": f"e{nth}",
        "source": "https://bank.example",
        "type": "MoneyDeposited",
        "subject": f"CZ-{nth % 7}",
        "time": f"2026-03-{1 + nth % 28:02}T12:00:00Z",
        "data": {"amount": 100 * nth, "note": f"note {nth}"},
        **more,
    }


def lines(count: int, **more: object) -> bytes:
    return "".join(f"{json.dumps(event(nth, **more))}\n" for nth in range(1, count + 1)).encode()


ROWS: list[dict[str, object]] = [
    {"wann": f"2026-03-02T10:00:0{n}Z", "was": "bestellt", "wer": f'{{"nummer":"K-{n % 2}"}}'}
    for n in range(6)
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What somebody has on disk."""
    folder = tmp_path_factory.mktemp("downloads")
    foreign = event(3, type=MARKUP, subject=MARKUP, data={MARKUP: MARKUP}, note=MARKUP)
    contents = {
        "tuesday.jsonl": lines(40),
        "monday.json": json.dumps([event(nth) for nth in range(1, 6)]).encode(),
        "odd.jsonl.gz": gzip.compress(lines(2) + json.dumps(foreign).encode() + b"\n"),
        "long.jsonl": lines(60_000),
        "cut.jsonl": lines(3)[:-20],
        "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(500),
        "empty.jsonl": b"",
        "marten.csv": examples.csv(examples.marten()),
        "own.csv": examples.csv(ROWS),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / "directory").mkdir()
    return folder


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """One visitor for all these stories. Fails at the end if the page has complained."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, service_workers="block", accept_downloads=True
    )
    with uncomplaining(context):
        yield context


@pytest.fixture(scope="module")
def page_of_all(visitor: BrowserContext, address: str) -> Teller:
    teller = Teller(visitor.new_page(), address).open()
    teller.open_account().has_rows(1).deposit("12").has_balance("$12.00")
    return teller


@pytest.fixture
def teller(page_of_all: Teller) -> Teller:
    """The page, with Ada's account and $12.00 in it, whatever was on the stage before."""
    for name in ("Cancel", "Close", "Back to my ledger"):
        button = page_of_all.button(name).and_(page_of_all.page.locator(":visible"))
        if button.count():
            with suppress(PlaywrightError):  # it may be gone in the moment that it is pressed
                button.first.click(timeout=3000)
    expect(page_of_all.region("Study")).to_be_hidden()
    expect(page_of_all.region("Opening a history")).to_be_hidden()
    try:
        expect(page_of_all.balance).to_have_text("$12.00", timeout=3000)
    except AssertionError:  # a story that failed has left another amount
        page_of_all.erase_all()
        page_of_all.open_account().has_rows(1).deposit("12").has_balance("$12.00")
    return page_of_all


def choose(page: Page, *paths: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(paths)


def drop(page: Page, *paths: Path) -> None:
    """Drag files in from outside, and let go of them over the middle of the page."""
    browser = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver"):
        browser.send("Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 400, "data": data})
    expect(page.get_by_text("Drop a history here to open it")).to_be_visible()
    browser.send("Input.dispatchDragEvent", {"type": "drop", "x": 600, "y": 400, "data": data})
    expect(page.get_by_text("Drop a history here to open it")).to_be_hidden()
    browser.detach()


def has_study(teller: Teller, name: str, events: int) -> None:
    expect(teller.region("Study")).to_contain_text(name)
    expect(teller.region("Study")).to_contain_text(f"{events:,} events")
    expect(teller.slider).to_have_attribute("max", str(events))


def test_by_the_button_it_is_opened_stepped_through_and_exported_as_it_was(
    teller: Teller, files: Path, tmp_path: Path
) -> None:
    page = teller.page
    with page.expect_file_chooser() as asked:
        teller.region("Event Store").get_by_role("button", name="Open a history").click()
    asked.value.set_files(files / "tuesday.jsonl")
    has_study(teller, "tuesday.jsonl", 40)
    teller.stands_at(40, 40)
    page.keyboard.press("Escape")
    teller.button("Step back").click()
    teller.stands_at(39, 40)
    teller.slider.fill("1")
    teller.stands_at(1, 40)
    expect(teller.button("Deposit")).to_be_disabled()
    with page.expect_download() as download:
        teller.button("Export").click()
    download.value.save_as(tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == (files / "tuesday.jsonl").read_bytes()
    teller.button("Back to my ledger").click()
    teller.has_balance("$12.00").has_rows(2)


def test_it_can_be_dropped_anywhere_while_a_study_is_there_already(
    teller: Teller, files: Path
) -> None:
    drop(teller.page, files / "monday.json")
    has_study(teller, "monday.json", 5)
    teller.page.mouse.wheel(0, 5000)
    drop(teller.page, files / "tuesday.jsonl")
    has_study(teller, "tuesday.jsonl", 40)
    teller.page.keyboard.press("Control+Home")


def test_a_directory_is_told_by_its_name(teller: Teller, files: Path) -> None:
    drop(teller.page, files / "directory")
    opening = teller.region("Opening a history")
    expect(opening).to_contain_text("“directory” is a directory. Choose or drop the files in it.")


def test_a_history_can_be_pasted_and_anything_else_is_left_alone(teller: Teller) -> None:
    paste = """(text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", text);
        const event = new ClipboardEvent("paste", {clipboardData, bubbles: true, composed: true,
            cancelable: true});
        return !(document.activeElement ?? document.body).dispatchEvent(event);
    }"""
    page = teller.page
    assert not page.evaluate(paste, "a shopping list, {milk}")
    teller.field("Note").focus()
    assert not page.evaluate(paste, lines(3).decode()), "what is pasted in a field is for the field"
    page.evaluate("document.activeElement.blur()")
    assert page.evaluate(paste, lines(3).decode())
    has_study(teller, "pasted.jsonl", 3)


def test_markup_in_any_field_is_text(teller: Teller, files: Path) -> None:
    choose(teller.page, files / "odd.jsonl.gz")
    has_study(teller, "odd.jsonl.gz", 3)
    expect(teller.region("Study")).to_contain_text("onerror=")
    teller.page.get_by_role("button", name="payload").last.click()
    expect(teller.region("Event Store")).to_contain_text("onerror=")
    assert teller.page.locator("#demo img, main script").count() == 0
    assert teller.page.title() != "run"


def test_what_is_no_history_is_refused_and_the_stage_stays(
    teller: Teller, files: Path, axe: str
) -> None:
    opening = teller.region("Opening a history")
    choose(teller.page, files / "tuesday.jsonl")
    has_study(teller, "tuesday.jsonl", 40)
    for name, said in (
        ("picture.png", "“picture.png” is no text."),
        ("empty.jsonl", "“empty.jsonl” is empty"),
        ("cut.jsonl", "because of line 3. The file ends in the middle of it."),
    ):
        choose(teller.page, files / name)
        expect(opening.get_by_role("status")).to_contain_text(said)
        has_study(teller, "tuesday.jsonl", 40)
    assert_accessible(teller, axe, "refused")
    opening.get_by_role("button", name="Open the 2 events before that").click()
    has_study(teller, "cut.jsonl", 2)
    expect(teller.region("Study")).to_contain_text("This is a part only: the first 2 events.")


def test_a_dump_of_another_store_is_recognised_and_can_be_read_otherwise(
    teller: Teller, files: Path, axe: str
) -> None:
    choose(teller.page, files / "marten.csv")
    has_study(teller, "marten.csv", 5)
    expect(teller.region("Study")).to_contain_text("Read as the records of Marten, in the order of")
    assert_accessible(teller, axe, "opened")
    teller.button("Read it otherwise").click()
    opening = teller.region("Opening a history")
    expect(opening.get_by_role("combobox", name="Read as")).to_have_value("marten")
    teller.button("Cancel").click()
    expect(teller.region("Study")).to_contain_text("Marten")


def test_rows_that_nobody_knows_are_mapped_by_hand_and_known_from_then_on(
    teller: Teller, files: Path, axe: str
) -> None:
    choose(teller.page, files / "own.csv")
    opening = teller.region("Opening a history")
    expect(opening.get_by_role("status")).to_contain_text("is no history of a kind that is known")
    opening.get_by_role("combobox", name="Type", exact=True).select_option("/was")
    opening.get_by_role("combobox", name="Stream", exact=True).select_option("/wer/nummer")
    preview = opening.get_by_role("region", name="The first events, read so")
    expect(preview.get_by_role("row")).to_have_count(4)
    expect(preview).to_contain_text("K-1")
    opening.get_by_role("combobox", name="Data", exact=True).select_option("")
    expect(opening.get_by_role("combobox", name="Stream", exact=True)).to_have_value("/wer/nummer")
    assert_accessible(teller, axe, "choosing")
    opening.get_by_role("button", name="Open it so").click()
    has_study(teller, "own.csv", 6)
    choose(teller.page, files / "monday.json")
    has_study(teller, "monday.json", 5)
    choose(teller.page, files / "own.csv")
    has_study(teller, "own.csv", 6)
    teller.page.reload()
    teller.wait_until_ready()
    choose(teller.page, files / "own.csv")
    has_study(teller, "own.csv", 6)


HOLD_BACK_ALL_BUT_ONE_PIECE = """() => {
    const { arrayBuffer } = Blob.prototype;
    let pieces = 0;
    const ready = new Promise((resolve) => { globalThis.handOver = resolve; });
    Blob.prototype.arrayBuffer = async function () {
        if (++pieces > 1) await ready;
        return arrayBuffer.call(this);
    };
    ready.then(() => { Blob.prototype.arrayBuffer = arrayBuffer; });
}"""

# As soon as the page says that it has read some events: a hand would be early or late.
CANCEL_WHILE_READING = """() => {
    const bar = document.getElementById("opening-bar");
    const watch = new MutationObserver(() => {
        if (!/[1-9].* read/.test(bar.getAttribute("aria-valuetext") ?? "")) return;
        watch.disconnect();
        document.getElementById("opening-cancel").click();
        globalThis.wasCancelled = true;
    });
    watch.observe(bar, { attributes: true });
}"""


def test_opening_says_how_far_it_is_and_stops_when_told_to(
    teller: Teller, files: Path, axe: str
) -> None:
    page, opening = teller.page, teller.region("Opening a history")
    page.evaluate(HOLD_BACK_ALL_BUT_ONE_PIECE)
    try:
        choose(page, files / "long.jsonl")
        bar = page.get_by_role("progressbar", name="Opening a history")
        expect(bar).to_have_attribute("aria-valuetext", re.compile("[1-9].* of 12.0 MB fetched"))
        assert_accessible(teller, axe, "opening")
        teller.button("Cancel").click()
        expect(opening).to_be_hidden()
    finally:
        page.evaluate("handOver()")
    page.evaluate(CANCEL_WHILE_READING)
    choose(page, files / "long.jsonl")
    page.wait_for_function("globalThis.wasCancelled")
    expect(opening).to_be_hidden()
    teller.has_balance("$12.00").has_rows(2)
    page.wait_for_timeout(300)  # what comes late is not opened any more
    expect(teller.region("Study")).to_be_hidden()


def test_two_drops_at_once_open_the_later(teller: Teller, files: Path) -> None:
    drop(teller.page, files / "long.jsonl")
    drop(teller.page, files / "tuesday.jsonl")
    has_study(teller, "tuesday.jsonl", 40)


def test_a_drop_while_a_command_waits_loses_neither(teller: Teller, files: Path) -> None:
    page = teller.page
    page.evaluate("""() => {
        document.getElementById("amount").value = "1";
        document.getElementById("deposit").click();
    }""")
    choose(page, files / "monday.json")
    has_study(teller, "monday.json", 5)
    teller.button("Back to my ledger").click()
    teller.has_balance("$13.00").has_rows(3)
    teller.withdraw("1").has_balance("$12.00")


def test_what_another_tab_appends_is_there_after_the_study(
    teller: Teller, visitor: BrowserContext, address: str, files: Path
) -> None:
    choose(teller.page, files / "monday.json")
    has_study(teller, "monday.json", 5)
    other = Teller(visitor.new_page(), address).open()
    before = other.has_balance("$12.00").rows.count()
    other.deposit("5").has_balance("$17.00").withdraw("5").has_balance("$12.00")
    other.page.close()
    has_study(teller, "monday.json", 5)
    teller.button("Back to my ledger").click()
    teller.has_rows(before + 2).has_balance("$12.00")


def test_a_reload_ends_the_study_as_its_sign_says_and_the_ledger_is_whole(
    teller: Teller, files: Path
) -> None:
    rows = teller.rows.count()
    choose(teller.page, files / "monday.json")
    has_study(teller, "monday.json", 5)
    expect(teller.region("Study")).to_contain_text("gone when this page is closed or loaded again")
    teller.page.reload()
    teller.wait_until_ready().has_rows(rows).has_balance("$12.00")
    expect(teller.region("Study")).to_be_hidden()


def test_what_is_chosen_before_python_runs_is_opened_once_it_does(
    visitor: BrowserContext, address: str, files: Path
) -> None:
    page = visitor.new_page()
    page.goto(address)
    choose(page, files / "monday.json")
    teller = Teller(page, address).wait_until_ready()
    has_study(teller, "monday.json", 5)
    page.close()


def test_a_drop_while_the_story_plays_and_the_story_waits(
    browser: Browser, address: str, files: Path
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    teller = Teller(context.new_page(), address).open()
    teller.button("Play the story").click()
    teller.has_at_least(2)
    drop(teller.page, files / "tuesday.jsonl")
    has_study(teller, "tuesday.jsonl", 40)
    teller.page.wait_for_timeout(1500)  # longer than the story takes from one event to the next
    has_study(teller, "tuesday.jsonl", 40)
    teller.button("Back to my ledger").click()
    teller.has_at_least(2)
    teller.button("Skip to the end").click()
    teller.has_rows(12)
    context.close()
