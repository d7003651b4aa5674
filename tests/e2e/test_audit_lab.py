"""The Audit lab in a browser: a stranger verifies, keeps a head, attacks, and asks who did what."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import build
from tests.e2e.browser import eventually
from tests.e2e.complaints import uncomplaining
from tests.e2e.looks import sized
from tests.e2e.teller import Teller
from tests.e2e.test_accessibility import assert_accessible

pytestmark = pytest.mark.e2e

Scheme = Literal["light", "dark"]

PROGRAM = Path(__file__).parents[1] / "second_language.mjs"
"""Verifies a file in another language, with no code of ours."""


class Auditor(Teller):
    """Someone in front of one tab who has opened the audit lab."""

    def opens_the_lab(self) -> Auditor:
        self.button("Open the audit lab").click()
        expect(self.lab.get_by_role("table", name="Who did what")).to_be_visible()
        return self

    @property
    def lab(self) -> Locator:
        return self.region("Audit lab")

    def presses(self, name: str) -> Auditor:
        self.lab.get_by_role("button", name=name, exact=True).click()
        return self

    def fills(self, name: str, text: str) -> Auditor:
        self.lab.get_by_role("textbox", name=name, exact=True).fill(text)
        return self

    def chooses(self, name: str, value: str) -> Auditor:
        self.lab.get_by_role("combobox", name=name, exact=True).select_option(value)
        return self

    def table(self, name: str) -> Locator:
        return self.lab.get_by_role("table", name=name, exact=True)

    def verdict_is(self, said: str | re.Pattern[str]) -> Auditor:
        expect(self.lab.get_by_role("status", name="Verdict")).to_have_text(said)
        return self

    def attacks(self, name: str, event: int = 2, value: str = "") -> Auditor:
        self.chooses("Event to attack", str(event)).fills("New value", value).presses(name)
        expect(self.region("Study")).to_be_visible()
        return self

    def goes_back(self) -> Auditor:
        self.button("Back to my ledger").click()
        expect(self.region("Study")).to_be_hidden()
        return self

    def begins(self) -> Auditor:
        """The first story told, a transfer among it, and one withdrawal refused."""
        self.skip_through_the_story()
        self.withdraw("9999").is_told("Rejected: The balance is $400.00")
        return self

    def begins_again(self) -> Auditor:
        return self.erase_all().begins()

    def stored(self) -> str:
        """The whole ledger as the browser keeps it."""
        return str(
            self.page.evaluate(
                "JSON.stringify(Object.entries(localStorage)"
                ".filter(([key]) => key.includes('ledger/')).sort())"
            )
        )

    def exported(self) -> list[str]:
        with self.page.expect_download() as download:
            self.button("Export").click()
        return download.value.path().read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One tab for all stories, each of which leaves the reader's own ledger on the stage."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        service_workers="block",
        permissions=["clipboard-read", "clipboard-write"],
        reduced_motion="reduce",
    )
    with uncomplaining(context):
        yield context.new_page()


@pytest.fixture(scope="module")
def opened(page: Page, address: str) -> Auditor:
    """The page with the first story told, a transfer among it, and the lab open."""
    auditor = Auditor(page, address)
    auditor.open()
    return auditor.begins().opens_the_lab()


@pytest.fixture
def auditor(opened: Auditor) -> Iterator[Auditor]:
    """The lab, with the reader's own ledger on the stage before and after, as it was."""
    yield opened
    if opened.region("Study").is_visible():
        opened.goes_back()
    if opened.page.locator("#ledger-count").inner_text() != "12 events":
        opened.begins_again()


def test_the_chain_is_verified_and_an_export_is_to_a_second_language(
    auditor: Auditor, tmp_path: Path
) -> None:
    lines = auditor.exported()
    head = json.loads(lines[-1])["chainhash"]
    auditor.presses("Verify").verdict_is(f"Intact: {len(lines)} events, head {head[:4]}…")
    links = auditor.lab.get_by_role("list", name="The chain, link by link").get_by_role("listitem")
    expect(links).to_have_count(8)
    expect(links.last).to_contain_text(f"follows event {len(lines) - 1}")
    file = tmp_path / "export.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    node = shutil.which("node")
    assert node, "Node is set up by build.py"
    ran = subprocess.run([node, PROGRAM, file], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == f"intact {len(lines)}"


def test_one_event_is_checked_by_hand_with_what_the_page_copies(auditor: Auditor) -> None:
    auditor.presses("Verify").presses("Check event 12 by hand")
    carried = json.loads(auditor.exported()[11])["chainhash"]
    by_hand = auditor.lab.get_by_role("group", name="Event 12 by hand")
    expect(by_hand).to_contain_text("The same hash comes out")
    for button, program in (
        ("Copy the sha256sum command", "sha256sum"),
        ("Copy the Python command", "python"),
    ):
        auditor.presses(button)
        expect(by_hand.get_by_text("Copied.")).to_be_visible()
        eventually(
            auditor.page,
            f"async () => (await navigator.clipboard.readText()).includes('{program}')",
        )
        command = auditor.page.evaluate("navigator.clipboard.readText()")
        ran = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
        assert ran.stdout.split()[0] == carried


@pytest.mark.parametrize(
    ("button", "event", "value", "said"),
    [
        ("Alter the amount", 2, "", "Broken at event 2: altered"),
        ("Rename the owner", 1, "Mallory", "Broken at event 1: altered"),
        ("Remove it", 5, "", "Broken at event 5: removed"),
        ("Insert before it", 3, "1,000.50", "Broken at event 3: inserted"),
        ("Swap with the next", 11, "", "Broken at event 11: reordered"),
        ("Backdate it", 12, "2020-02-29", "Broken at event 12: altered"),
    ],
)
def test_an_attack_is_caught_and_named_and_the_ledger_is_untouched(
    auditor: Auditor, button: str, event: int, value: str, said: str
) -> None:
    before = auditor.stored()
    auditor.attacks(button, event, value).verdict_is(said)
    expect(auditor.region("Study")).to_contain_text("Tampered with:")
    expect(auditor.page.get_by_role("status", name="Chain")).to_contain_text(said[7:])
    broken = auditor.lab.locator("[data-link=breaks]").first
    expect(broken).to_be_in_viewport()
    assert auditor.stored() == before
    auditor.presses("Leave this study")
    expect(auditor.region("Study")).to_be_hidden()


def scanned(code: Locator) -> str:
    """What a QR code says to whoever scans it."""
    node = shutil.which("node")
    assert node, "Node is set up by build.py"
    size = (code.get_attribute("viewBox") or "").split()[2]
    path = code.locator("path").get_attribute("d") or ""
    reader = Path(__file__).with_name("read_qr.mjs")
    ran = subprocess.run(
        [node, reader, size], input=path, capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_two_attacks_pass_until_a_head_is_known_that_was_kept_elsewhere(auditor: Auditor) -> None:
    auditor.presses("Keep this head")
    kept = auditor.lab.get_by_role("group", name="The text of the head")
    expect(kept).to_contain_text("esbank head of 12 events")
    expect(auditor.lab.get_by_role("img", name="The head as a QR code")).to_be_visible()
    auditor.presses("Copy the head")
    eventually(
        auditor.page,
        "async () => (await navigator.clipboard.readText()).startsWith('esbank head of 12')",
    )
    head = auditor.page.evaluate("navigator.clipboard.readText()")
    assert scanned(auditor.page.locator("#audit-qr svg")) == f"{head}\n"
    with auditor.page.expect_download() as download:
        auditor.presses("Download the head")
    assert download.value.path().read_text() == f"{head}\n"
    auditor.page.evaluate("() => { window.print = () => {}; }")
    auditor.presses("Print the head")
    expect(auditor.page.locator(".audit-paper svg")).to_be_attached()
    expect(auditor.page.locator(".audit-paper")).to_contain_text(head.splitlines()[2])
    auditor.page.evaluate("dispatchEvent(new Event('afterprint'))")
    auditor.attacks("Alter and re-hash everything", 2, "1").verdict_is(re.compile("^Intact: 12"))
    auditor.fills("Known head", head).presses("Compare").verdict_is("Another history")
    auditor.goes_back()
    auditor.attacks("Cut off the end", 9).verdict_is("Another history").goes_back()
    auditor.presses("Compare").verdict_is("Holds the known head")
    auditor.fills("Known head", "half a head").presses("Compare")
    expect(auditor.lab.get_by_text("That is no head")).to_be_visible()
    auditor.fills("Known head", "").presses("Compare")
    auditor.attacks("Cut off the end", 9).verdict_is(re.compile("^Intact: 8 events")).goes_back()


def test_who_did_what_is_asked_and_a_request_followed_across_two_accounts(
    auditor: Auditor,
) -> None:
    who = auditor.table("Who did what")
    for actor in ("story", "transfer", "visitor"):
        expect(who.get_by_role("row").filter(has_text=actor)).to_have_count(1)
    auditor.chooses("Type", "TransferReceived").presses("Find events")
    expect(auditor.lab.get_by_text("1 event found")).to_be_visible()
    expect(auditor.table("Events found").get_by_role("row")).to_have_count(2)
    auditor.presses("Show these alone in the ledger").has_rows(1)
    auditor.presses("Show all events in the ledger").has_rows(12)
    auditor.presses("Path of 7")
    path = auditor.lab.get_by_role("list", name="The path of the request that event 7 belongs to")
    expect(path).to_contain_text(re.compile(r"#6 TransferSent\s*ACC-1"))
    expect(path).to_contain_text(re.compile(r"#7 TransferReceived\s*ACC-2\s*caused by event 6"))
    auditor.chooses("Type", "").fills("Since the day", "2026-02-30").presses("Find events")
    expect(auditor.lab.get_by_text("“2026-02-30” is no day of the calendar")).to_be_visible()
    auditor.fills("Since the day", "")


def test_what_was_refused_is_shown_and_handed_out_apart(auditor: Auditor) -> None:
    expect(auditor.table("Refused")).to_contain_text("WithdrawMoney · ACC-2 · $9,999.00")
    expect(auditor.table("Refused")).to_contain_text("This account is frozen")
    with auditor.page.expect_download() as download:
        auditor.presses("Export what was refused")
    rows = [json.loads(line) for line in download.value.path().read_text().splitlines()]
    assert [row["code"] for row in rows] == ["account-frozen", "insufficient-funds"]
    assert not any("rejected" in line for line in auditor.exported())


def test_a_statement_opens_and_closes_is_a_file_and_is_printed_alone_on_a4(
    auditor: Auditor,
) -> None:
    auditor.fills("From", "2020-01-02").fills("Until", "2020-01-01").presses("Show the statement")
    expect(auditor.lab.get_by_text("The last day is before the first")).to_be_visible()
    auditor.fills("From", "").fills("Until", "").presses("Show the statement")
    statement = auditor.table("Statement")
    expect(statement).to_contain_text("Opening balance")
    expect(statement.get_by_role("row").last).to_contain_text("$617.20")
    with auditor.page.expect_download() as download:
        auditor.presses("Download it as CSV")
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(), newline="")))
    assert rows[-1][2:] == ["closing balance", "", "", "", "617.20", "USD"]
    page = auditor.page
    page.evaluate("() => { window.print = () => {}; }")
    auditor.presses("Print the statement")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_hidden()
    expect(page.locator(".audit-paper")).to_contain_text("Closing balance")
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") == 1
    assert re.search(rb"/MediaBox \[0 0 59[45][.\d]* 84[12]", paper)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(page.locator(".audit-paper")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_someone_acts_in_another_name_in_this_tab_alone(auditor: Auditor) -> None:
    auditor.fills("Acting as", "Grace the auditor").presses("Take this name")
    expect(auditor.lab.get_by_text("by “Grace the auditor” from now on")).to_be_visible()
    auditor.deposit("1").has_rows(13)
    row = auditor.table("Who did what").get_by_role("row").filter(has_text="Grace the auditor")
    expect(row).to_contain_text("user")
    assert json.loads(auditor.exported()[12])["authid"] == "Grace the auditor"
    auditor.fills("Acting as", " ").presses("Take this name")
    expect(auditor.lab.get_by_text("Type a name first")).to_be_visible()
    auditor.presses("teller")
    expect(auditor.lab.get_by_role("textbox", name="Acting as")).to_have_value("teller")
    actions = auditor.region("Actions")
    expect(actions.get_by_text("You act as “teller”")).to_be_visible()
    actions.get_by_role("button", name="Act as visitor again").click()
    expect(actions.get_by_role("status").filter(has_text="visitor again")).to_be_visible()
    expect(actions.get_by_role("heading", name="Actions")).to_be_focused()
    expect(auditor.lab.get_by_role("textbox", name="Acting as")).to_have_value("visitor")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_the_lab_is_accessible(auditor: Auditor, axe: str, scheme: Scheme) -> None:
    page = auditor.page
    page.emulate_media(color_scheme=scheme)
    auditor.presses("Verify").presses("Check event 12 by hand").presses("Keep this head")
    auditor.presses("Find events").presses("Path of 6").presses("Show the statement")
    assert_accessible(auditor, axe, f"{scheme}, all open")
    auditor.attacks("Alter the amount").verdict_is(re.compile("^Broken"))
    auditor.chooses("Event to attack", "1").presses("Alter the amount")
    assert_accessible(auditor, axe, f"{scheme}, attacked")
    if scheme == "dark":
        sized(page, 320, 700)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert_accessible(auditor, axe, "narrow")
        page.emulate_media(media="print")
        expect(auditor.lab).to_contain_text("Broken at event 2")
        expect(auditor.lab.get_by_role("button", name="Verify")).to_be_hidden()
        page.emulate_media(media="screen", color_scheme="light")
        sized(page, 1280, 900)


def test_what_is_altered_by_hand_is_found_on_the_next_load_and_a_reset_erases_what_was_refused(
    auditor: Auditor,
) -> None:
    auditor.page.evaluate(
        """() => {
            const [, key] = Object.keys(localStorage).filter((k) => k.includes("ledger/")).sort();
            const text = localStorage.getItem(key);
            localStorage.setItem(key, text.replace('"amount":125000', '"amount":925000'));
        }"""
    )
    auditor.page.reload()
    auditor.wait_until_ready()
    expect(auditor.page.get_by_role("status", name="Chain")).to_contain_text(
        "broken at event 2: altered"
    )
    expect(auditor.lab).to_be_visible()  # it has an address, to which the reload came back
    auditor.presses("Verify").verdict_is("Broken at event 2: altered")
    expect(auditor.table("Refused")).to_contain_text("$9,999.00")
    auditor.button("Reset").click()
    auditor.page.get_by_role("dialog").get_by_role("button", name=re.compile("^Erase")).click()
    auditor.has_rows(0)
    expect(auditor.lab.get_by_text("Nothing was refused")).to_be_visible()
    auditor.presses("Verify").verdict_is("Nothing to verify")


def unchained_history(folder: Path) -> Path:
    """A file of events without hashes, around a day on which clocks are put forward."""
    events = [
        ("AccountOpened", "2026-03-01T12:00:00.000Z", {"owner": "Ada", "currency": "EUR"}),
        ("MoneyDeposited", "2026-03-28T22:59:59.000Z", {"amount": 100, "note": ""}),
        ("MoneyDeposited", "2026-03-28T23:00:00.000Z", {"amount": 200, "note": "first second"}),
        ("MoneyDeposited", "2026-03-29T21:59:59.000Z", {"amount": 400, "note": "last second"}),
        ("MoneyDeposited", "2026-03-29T22:00:00.000Z", {"amount": 800, "note": ""}),
    ]
    file = folder / "clocks.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for nth, (kind, time, data) in enumerate(events, start=1):
            event = {"specversion": "1.0", "id": str(nth), "source": "/till", "type": kind}
            lines.write(json.dumps({**event, "subject": "DE-1", "time": time, "data": data}) + "\n")
    return file


def test_in_the_single_file_it_is_all_there_also_for_a_history_without_hashes(
    browser: Browser, tmp_path: Path
) -> None:
    file = Path(shutil.copy(build.DIST / "esbank.html", tmp_path / "esbank.html"))
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, offline=True, timezone_id="Europe/Berlin"
    )
    context.set_default_timeout(30_000)
    auditor = Auditor(context.new_page(), file.as_uri())
    auditor.open()
    auditor.open_account().has_rows(1)
    auditor.deposit("5").has_rows(2)
    auditor.opens_the_lab().presses("Keep this head").verdict_is(re.compile("^Intact: 2 events"))
    expect(auditor.page.locator("#audit-qr path")).to_be_attached()
    auditor.attacks("Alter the amount").verdict_is("Broken at event 2: altered").goes_back()

    auditor.page.get_by_label("Open a history", exact=True).last.set_input_files(
        unchained_history(tmp_path)
    )
    expect(auditor.region("Study")).to_contain_text("5 events")
    auditor.presses("Verify").verdict_is("Unchained: 5 events without a hash")
    auditor.fills("From", "2026-03-29").fills("Until", "2026-03-29").presses("Show the statement")
    rows = auditor.table("Statement").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("€1.00")
    expect(rows.last).to_contain_text("€7.00")
    auditor.presses("Chain it from here on").verdict_is(re.compile("^Intact: 5 events"))
    context.close()
