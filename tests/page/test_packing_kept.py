"""Packing with the page's own script: ``storage.js`` in tabs that share one localStorage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bankpage.live.stored.keys import FORMAT_KEY, SNAPSHOT_KEY, key_of
from bankpage.live.stored.segments import Name

from esbank_core import CODEC, verify
from esbank_core.kernel.identity import Position
from tests.page.kept_page import KeptPage
from tests.page.small_segments import small_segments
from tests.page.tabs import Browser


@pytest.fixture(autouse=True)
def small() -> Iterator[None]:
    with small_segments(size=4, plain=3):
        yield


def recorded(browser: Browser, count: int = 12) -> KeptPage:
    page = KeptPage(browser).opens()
    for _ in range(1, count):
        page.deposits("5")
    return page


def exported(page: KeptPage) -> str:
    page.does("export").waits(60)
    return page.downloads[-1]


def test_old_events_are_packed_and_read_back(browser: Browser) -> None:
    page = recorded(browser)
    before = exported(page)
    page.waits(100)
    assert {Name(1, 1, 4).key, Name(1, 5, 8).key} <= browser.stored.keys()
    assert key_of(1, Position(8)) not in browser.stored
    assert browser.stored[FORMAT_KEY] == "2"
    assert browser.stored[SNAPSHOT_KEY]
    fresh = KeptPage(browser).waits(100)
    assert exported(fresh) == before
    assert verify([before.encode()], CODEC).is_intact
    assert fresh.chain.startswith("Chain intact: 12 events")
    assert fresh.deposits("5").model.live.ledger.head == 13


def test_another_tab_hears_of_packing_and_misses_nothing(browser: Browser) -> None:
    page = recorded(browser)
    other = KeptPage(browser)
    page.waits(100)
    other.follows()
    assert other.model.live.gone is None
    assert len(other.model.live.packed) == 2
    other.deposits("5")
    assert other.model.live.ledger.head == 13
    assert page.follows().model.live.ledger.head == 13
    assert exported(other) == exported(page)


def test_a_tab_that_hears_of_it_late_calls_nothing_gone(browser: Browser) -> None:
    page = recorded(browser)
    other = KeptPage(browser)
    other.tab.sees_nothing()
    page.waits(100)
    other.tab.sees_all()
    other.deposits("5").deposits("6")
    assert other.model.live.gone is None
    assert other.model.live.ledger.head == 14


def test_nothing_is_packed_while_a_tab_of_an_earlier_version_is_open(browser: Browser) -> None:
    browser.hold("esbank/head/esbank/ledger/1/000000000001")
    page = recorded(browser)
    page.waits(20)
    assert FORMAT_KEY not in browser.stored
    assert not any("-" in name for name in browser.stored if "/ledger/" in name)
    assert page.deposits("5").model.live.ledger.head == 13


def test_what_was_altered_by_hand_is_not_replaced(browser: Browser) -> None:
    page = recorded(browser)
    key = key_of(1, Position(2))
    altered = browser.stored[key].replace('"amount":500', '"amount":900')
    page.tab.put_unheard(key, altered)
    page.waits(100)
    assert browser.stored[key] == altered
    assert page.chain.startswith("Chain broken at event 2: altered")


def test_without_room_a_segment_is_tried_in_smaller_parts(browser: Browser) -> None:
    page = recorded(browser)
    browser.fill()
    page.waits(100)
    assert exported(KeptPage(browser).waits(60)) == exported(page)


def test_a_segment_that_is_gone_is_noticed_and_stored_again(browser: Browser) -> None:
    page = recorded(browser).waits(100)
    key = Name(1, 1, 4).key
    text = browser.stored[key]
    browser.put(key, None)
    page.follows()
    assert "4 events that this page knows are no longer stored" in page.shows("page-notice")
    assert page.deposits("5").model.live.ledger.head == 12, "nothing is appended after a hole"
    page.does("write-back")
    assert browser.stored[key] == text
    assert page.model.live.gone is None


def test_an_import_that_was_cut_off_is_neither_read_nor_in_the_way(browser: Browser) -> None:
    page = recorded(browser, 3)
    left = Name(1, Position(4), Position(7), Position(8)).key
    browser.put(left, "1 w 4 …")
    fresh = KeptPage(browser)
    assert fresh.model.live.ledger.head == 3
    assert fresh.model.live.damaged == ()
    fresh.deposits("5")
    assert left not in browser.stored
    assert fresh.model.live.ledger.head == 4
    assert page.follows().model.live.ledger.head == 4


def test_a_long_import_is_not_written_where_something_stands_that_python_has_not_seen(
    browser: Browser,
) -> None:
    one, other = browser.open(), browser.open()
    for tab in (one, other):
        tab.read_all()
    assert one.append(key_of(1, Position(1)), "its first two\nevents", "") == "written"
    other.settles()
    other.read_new()
    before = dict(browser.stored)
    segment = [Name(1, Position(1), Position(4), Position(5)).key, "1 w 4 …"]
    assert other.append(key_of(1, Position(5)), "the last", "", [segment]) == "taken"
    assert browser.stored == before


@pytest.mark.parametrize("left", [0, 1, 14, 60, 300, 420, 500, 900])
def test_however_little_room_is_left_packing_loses_nothing(browser: Browser, left: int) -> None:
    page = recorded(browser)
    before = exported(page)
    browser.fill(left)
    page.waits(200)
    assert exported(page) == before
    fresh = KeptPage(browser).waits(60)
    assert exported(fresh) == before
    assert fresh.model.live.damaged == ()


def test_a_later_version_that_has_packed_otherwise_is_left_alone(browser: Browser) -> None:
    page = recorded(browser)
    browser.put(FORMAT_KEY, "3")
    page.waits(60)
    assert not any("-" in name for name in browser.stored if "/ledger/" in name)


def test_how_much_room_is_left_is_told_before_there_is_none(browser: Browser) -> None:
    page = recorded(browser, 3)
    size = sum(len(key) + len(text) for key, text in browser.stored.items())
    assert page.tab.room_left() == 5 * 1024 * 1024 - size
    page.is_told("room-told", str(page.tab.room_left()))
    assert "nearly full" not in page.shows("page-notice")
    browser.put("somebody/else", "x" * 5_000_000)
    page.is_told("room-told", str(page.tab.room_left()))
    assert "nearly full: 95 % of it is taken" in page.shows("page-notice")
    assert page.deposits("5").model.live.ledger.head == 4
