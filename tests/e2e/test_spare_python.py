"""A Python that can be thrown away: what it can do, that nothing gets out, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import build
from tests.e2e.spare_python import WAYS_OUT, script

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module", params=["hosted", "single"])
def page(
    browser: Browser,
    address: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Page]:
    """The page with such a Python in it, on a host and from disk."""
    if request.param == "single":
        copy = tmp_path_factory.mktemp("disk") / "esbank.html"
        copy.write_bytes((build.DIST / "esbank.html").read_bytes())
        address = copy.as_uri()
    page = browser.new_page(service_workers="block")
    page.goto(address)
    page.evaluate(f"() => {{ {script()} }}")
    yield page
    page.close()


def put(page: Page, text: str, deadline: int = 20_000) -> Any:
    return page.evaluate("([text, deadline]) => askSpare(text, deadline)", [text, deadline])


def test_it_answers(page: Page) -> None:
    assert put(page, "said = 6 * 7") == {"answer": "42"}


def test_what_it_tells_on_the_way_is_heard(page: Page) -> None:
    page.evaluate("() => told.splice(0)")
    put(page, "for number in range(3): tell(str(number))")
    assert page.evaluate("() => told") == ["0", "1", "2"]


def test_it_has_the_core_and_a_database(page: Page) -> None:
    asked = """
import sqlite3
from esbank_core.kernel.projection import Projection
said = sqlite3.connect(":memory:").execute("select 40 + 2").fetchone()[0]
"""
    assert put(page, asked) == {"answer": "42"}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_nothing_gets_out(page: Page, way: str) -> None:
    outcome = page.evaluate("(source) => tryOut(source)", WAYS_OUT[way])
    assert outcome.startswith("refused: "), outcome


def test_its_origin_is_nobodys(page: Page) -> None:
    assert page.evaluate("() => tryOut('self.origin')") == "got null"


def test_a_channel_of_the_pages_own_hears_nothing_of_it(page: Page) -> None:
    page.evaluate(
        "() => { globalThis.overheard = []; globalThis.channel = new BroadcastChannel('esbank');"
        " channel.onmessage = ({ data }) => overheard.push(data); }"
    )
    page.evaluate("(source) => tryOut(source)", WAYS_OUT["a channel"])
    assert page.evaluate("() => overheard") == []


@pytest.mark.parametrize(
    ("text", "deadline", "ended"),
    [
        ("while True: pass", 1000, "late"),
        ("import time; time.sleep(1000)", 1000, "late"),
        ("while True: tell('x')", 60_000, "talkative"),
        ("tell('x' * 100_000_000)", 60_000, "talkative"),
        ("said = 'x' * 100_000_000", 60_000, "talkative"),
        ("import js; js.eval('for (;;) {}')", 1000, "late"),
    ],
)
def test_what_never_ends_is_ended_and_the_next_is_there(
    page: Page, text: str, deadline: int, ended: str
) -> None:
    assert put(page, text, deadline)["ended"] == ended
    assert put(page, "said = 6 * 7") == {"answer": "42"}


def test_a_gigabyte_is_refused(page: Page) -> None:
    asked = """
try:
    kept = [bytearray(1 << 20) for _ in range(1000)]
except MemoryError:
    said = "refused"
"""
    assert put(page, asked) == {"answer": "refused"}
    page.evaluate("() => spare.throwAway()")
    assert put(page, "said = 1") == {"answer": "1"}


def test_it_breaks_alone(page: Page) -> None:
    assert put(page, "raise ValueError('on purpose')")["ended"] == "broken"
    assert put(page, "said = 1") == {"answer": "1"}


def test_whoever_waits_hears_that_it_was_thrown_away(page: Page) -> None:
    ended = page.evaluate(
        "() => { setTimeout(() => spare.throwAway(), 500); return askSpare('while True: pass'); }"
    )
    assert ended == {"ended": "stopped"}
    assert put(page, "said = 1") == {"answer": "1"}


def test_what_it_knew_is_gone_with_it(page: Page) -> None:
    put(page, "import builtins; builtins.kept = 1")
    assert put(page, "import builtins; said = builtins.kept") == {"answer": "1"}
    page.evaluate("() => spare.throwAway()")
    assert put(page, "import builtins; said = hasattr(builtins, 'kept')") == {"answer": "False"}


def test_a_frame_that_the_browser_has_ended_is_replaced(page: Page) -> None:
    page.evaluate("() => document.querySelector('iframe').remove()")
    assert put(page, "said = 1")["ended"] in ("gone", "missing")
    assert put(page, "said = 1") == {"answer": "1"}
