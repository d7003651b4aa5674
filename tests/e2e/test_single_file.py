"""The single file, opened from disk: everything works, and nobody is asked for anything."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

import build
from tests.e2e.complaints import uncomplaining
from tests.e2e.single import never_ready, with_first
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file as somebody keeps it: alone, in a folder with a name of its own."""
    folder = tmp_path_factory.mktemp("USB Stick ü")
    return Path(shutil.copy(build.DIST / "esbank.html", folder / "event sourcing.html"))


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor without a network. Fails the test if anything but the file is asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    with uncomplaining(context) as complaints:
        context.on(
            "request",
            lambda request: (
                complaints.append(f"asked for {request.url[:80]}")
                if not request.url.startswith(("file://", "data:", "blob:"))
                else None
            ),
        )
        yield context


def test_from_disk_without_a_network_everything_works(visitor: BrowserContext, kept: Path) -> None:
    page = visitor.new_page()
    files: list[str] = []
    page.on("request", lambda asked: files.append(asked.url) if "file:" in asked.url else None)
    teller = Teller(page, kept.as_uri()).open()
    teller.has_seven_events()
    teller.slider.fill("2")
    teller.has_balance("$100.00").stands_at(2, 7)
    teller.withdraw("500").is_told("The balance is $80.00, which is less than $500.00.")
    teller.page.reload()
    teller.wait_until_ready().has_rows(7).has_balance("$80.00")
    teller.deposit("1").has_rows(8)
    assert files == [kept.as_uri()] * 2, "the file, and the file once more"


def test_the_file_says_its_version_and_that_it_is_one(visitor: BrowserContext, kept: Path) -> None:
    teller = Teller(visitor.new_page(), kept.as_uri()).open()
    foot = teller.page.get_by_role("contentinfo")
    expect(foot).to_contain_text("This is the single file")
    expect(foot).to_contain_text(re.compile(r"esbank \d+\.\d+\.\d+ \([0-9a-f]{7}\)"))
    expect(foot.get_by_role("link", name="Keep this page")).to_have_count(0)


def test_where_nothing_may_be_kept_it_runs_in_memory(visitor: BrowserContext, kept: Path) -> None:
    visitor.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() {"
        " throw new DOMException('denied', 'SecurityError'); }});"
    )
    teller = Teller(visitor.new_page(), kept.as_uri()).open()
    expect(teller.page.get_by_text("is forgotten when the page closes")).to_be_visible()
    teller.open_account().has_rows(1).deposit("5").has_balance("$5.00")


def test_python_runs_beside_the_page(visitor: BrowserContext, kept: Path) -> None:
    teller = Teller(visitor.new_page(), kept.as_uri()).open().open_account().has_rows(1)
    assert len(teller.page.workers) == 2, "Python's, and the one that unpacks"
    assert teller.page.evaluate("globalThis.esbankRuntime") is None, "none of it is in the page"


def test_it_scrolls_and_answers_while_python_keeps_its_thread_busy(
    visitor: BrowserContext, kept: Path, tmp_path: Path
) -> None:
    page = visitor.new_page()
    page.goto(never_ready(kept, tmp_path).as_uri())
    page.get_by_role("textbox", name="Owner").fill("Ada")
    page.get_by_role("button", name="Open account").click()
    expect(page.get_by_text("Python is still starting")).to_be_visible()
    page.mouse.wheel(0, 300)
    page.wait_for_function("scrollY > 0")
    expect(page.locator("html")).to_have_attribute("data-python", "starting")


STOPPED = """class extends EventTarget {
    postMessage() {}
    addEventListener(...given) {
        super.addEventListener(...given);
        setTimeout(() => this.dispatchEvent(new Event("error")), 50);
    }
    set onerror(tell) { setTimeout(tell, 50, new Event("error")); }
}"""


@pytest.mark.parametrize(
    "refusal",
    [
        "globalThis.Worker = class { constructor() { throw new DOMException('no') } }",
        f"globalThis.Worker = {STOPPED}",
        f"""
        const [Stopped, Whole] = [{STOPPED}, Worker];
        let made = 0;
        globalThis.Worker = function (address) {{
            return ++made === 1 ? new Whole(address) : new Stopped();
        }};
        """,
        f"""
        const [Stopped, Whole] = [{STOPPED}, Worker];
        let made = 0;
        globalThis.Worker = function (address) {{
            return ++made === 1 ? new Stopped() : new Whole(address);
        }};
        globalThis.Worker.prototype = Whole.prototype;
        """,
        "delete Uint8Array.fromBase64",
    ],
    ids=["refused", "stopped", "the second stopped", "the first stopped", "no base64"],
)
def test_a_browser_that_can_less_starts_it_too(
    visitor: BrowserContext, kept: Path, refusal: str
) -> None:
    visitor.add_init_script(refusal)
    Teller(visitor.new_page(), kept.as_uri()).open().open_account().has_rows(1)


def test_where_workers_cannot_unpack_the_page_does(
    visitor: BrowserContext, kept: Path, tmp_path: Path
) -> None:
    without = "delete globalThis.DecompressionStream;"
    file = with_first(kept, tmp_path, "loader-script", without)
    page = visitor.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    Teller(page, file.as_uri()).open().open_account().has_rows(1)
    assert [line for line in said if "image is unpacked here" in line]
    assert not [line for line in said if "the boot image is not used" in line]


def test_the_hosted_page_offers_the_very_file(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Keep this page").click()
    assert downloading.value.suggested_filename == "esbank.html"
    whole = (build.DIST / "esbank.html").read_bytes()
    assert Path(downloading.value.path()).read_bytes() == whole
    said = page.get_by_role("contentinfo").inner_text()
    assert f"one file of {len(whole) / 1e6:.0f} MB" in said
    version = re.search(r"esbank \d+\.\d+\.\d+ \([0-9a-f]{7}\)", said)
    assert version
    assert version[0].encode() in whole, "both say the same version"


def test_an_event_has_an_address_from_disk_as_well(visitor: BrowserContext, kept: Path) -> None:
    teller = Teller(visitor.new_page(), kept.as_uri()).open().has_seven_events()
    teller.rows.nth(1).get_by_role("button").first.click()
    teller.stands_at(2, 7)
    teller.page.wait_for_function("location.hash === '#event-2'")
    teller.page.go_back()
    teller.stands_at(7, 7)
    other = Teller(visitor.new_page(), f"{kept.as_uri()}#event-3").open()
    other.stands_at(3, 7)


def test_a_history_is_opened_from_disk_by_the_file_on_disk(
    visitor: BrowserContext, kept: Path, tmp_path: Path
) -> None:
    events = [
        {"specversion": "1.0", "id": str(nth), "source": "shop", "type": "Ordered", "subject": "A"}
        for nth in range(30)
    ]
    (tmp_path / "orders.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in events))
    (tmp_path / "none.jsonl").write_text("none\n")
    teller = Teller(visitor.new_page(), kept.as_uri()).open()
    opener = teller.page.locator("input[type=file]").first
    opener.set_input_files(tmp_path / "none.jsonl")
    expect(teller.region("Opening a history")).to_contain_text("it is no JSON")
    opener.set_input_files(tmp_path / "orders.jsonl")
    expect(teller.region("Study")).to_contain_text("30 events in 1 stream")
    teller.button("Step back").click()
    teller.stands_at(29, 30)
    teller.button("Back to my ledger").click()
    expect(teller.region("Study")).to_be_hidden()
