"""What may happen to what is stored while the page runs, and between its visits.

The page is whole but for its document: ``storage.js`` runs in Node, and anybody may change what
it has stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from bankpage.live.chain import SLICE

from esbank_core import CODEC
from esbank_core.bank.events import AccountOpened, MoneyDeposited
from esbank_core.kernel.identity import GENESIS, NO_STREAM, StreamId
from esbank_core.kernel.recorded import Metadata, record
from esbank_core.kernel.written.audit import verify
from esbank_core.kernel.written.event_file import read_events, write_events
from esbank_core.kernel.written.marks import is_mark
from tests.page.desk import START
from tests.page.kept_page import KeptPage
from tests.page.tabs import Browser

GENERATION = "esbank/generation"
FORMAT = "esbank/format"
HEAD = "esbank/head"
GLANCE = "esbank/glance"


def key(position: int, generation: int = 1) -> str:
    return f"esbank/ledger/{generation}/{position:012d}"


def with_three_events(browser: Browser, resets: int = 0) -> KeptPage:
    page = KeptPage(browser)
    for _ in range(resets):
        page.opens("Zoe").does("erase")
    return page.opens("Ada").deposits("100").deposits("7")


def rows(page: KeptPage) -> int:
    return page.model.live.ledger.head


# What is gone.


@pytest.mark.parametrize("resets", [0, 1, 3])
@pytest.mark.parametrize("gone", [1, 2, 3, None])
def test_nothing_is_appended_after_a_hole_in_silence(
    browser: Browser, gone: int | None, resets: int
) -> None:
    page = with_three_events(browser, resets)
    page.tab.put_unheard(None if gone is None else key(gone, resets + 1), None)
    before = browser.stored
    page.deposits("5")
    assert browser.stored == before
    assert rows(page) == 3
    assert "no longer stored in this browser" in page.shows("amount-outcome")
    told = "3 events that this page knows" if gone is None else "One event that this page knows"
    assert told in page.shows("page-notice")


@pytest.mark.parametrize("resets", [0, 2])
@pytest.mark.parametrize("gone", [2, 3, None])
def test_what_another_tab_removes_is_noticed_at_once(
    browser: Browser, gone: int | None, resets: int
) -> None:
    page = with_three_events(browser, resets)
    browser.put(None if gone is None else key(gone, resets + 1), None)
    assert "no longer stored" in page.follows().shows("page-notice")
    assert rows(page) == 3


@pytest.mark.parametrize("resets", [0, 2])
@pytest.mark.parametrize("gone", [1, 2, 3, None])
def test_what_is_gone_can_be_stored_again_letter_by_letter(
    browser: Browser, gone: int | None, resets: int
) -> None:
    page = with_three_events(browser, resets)
    whole = {name: text for name, text in browser.stored.items() if "/ledger/" in name}
    page.tab.put_unheard(None if gone is None else key(gone, resets + 1), None)
    page.deposits("5").does("write-back")
    assert whole.items() <= browser.stored.items()
    assert page.shows("page-notice") == ""
    assert rows(page.deposits("5")) == 4
    assert rows(KeptPage(browser)) == 4


def test_one_can_go_on_with_what_is_stored(browser: Browser) -> None:
    page = with_three_events(browser)
    page.tab.put_unheard(key(2), None)
    page.deposits("5").does("go-on")
    assert "One event is missing" in page.shows("page-notice")
    assert page.shows("balance") == "$7.00"
    page.deposits("5")
    assert page.shows("balance") == "$12.00"
    assert key(2) not in browser.stored


@pytest.mark.parametrize("resets", [0, 1])
def test_one_can_go_on_after_everything_is_gone(browser: Browser, resets: int) -> None:
    page = with_three_events(browser, resets)
    page.tab.put_unheard(None, None)
    page.deposits("5").does("go-on")
    assert rows(page) == 0
    assert page.shows("page-notice") == ""
    page.opens("Grace").deposits("1")
    assert rows(page) == 2
    assert rows(KeptPage(browser)) == 2


def test_an_export_still_has_what_is_gone(browser: Browser) -> None:
    page = with_three_events(browser)
    whole = [browser.stored[key(position)] for position in (1, 2, 3)]
    page.tab.put_unheard(None, None)
    page.does("export")
    assert page.downloads == ["".join(f"{line}\n" for line in whole)]
    assert "no longer stored" in page.shows("page-notice")


def test_two_tabs_see_that_what_was_gone_is_back(browser: Browser) -> None:
    pages = [with_three_events(browser), KeptPage(browser)]
    browser.put(None, None)
    for page in pages:
        assert "no longer stored" in page.follows().shows("page-notice")
    pages[0].does("write-back")
    assert pages[1].follows().shows("page-notice") == ""
    assert [rows(page.deposits("1").follows()) for page in pages] == [4, 5]


def test_what_is_gone_is_not_mixed_into_another_history(browser: Browser) -> None:
    pages = [with_three_events(browser), KeptPage(browser)]
    browser.put(None, None)
    pages[0].follows().does("go-on").opens("Grace")
    pages[1].follows()
    assert "cannot be stored again" in pages[1].shows("page-notice")
    pages[1].does("go-on")
    assert pages[1].shows("page-notice") == ""
    assert "Grace" in pages[1].shows("owner-name")
    assert [rows(page.deposits("1").follows()) for page in pages] == [2, 3]


def test_a_lost_number_of_the_generation_loses_nothing(browser: Browser) -> None:
    page = with_three_events(browser, resets=2)
    for value in (None, "two", "2", "-1", "1e9"):
        page.tab.put_unheard(GENERATION, value)
        assert rows(page.deposits("1")) > 3
        assert rows(KeptPage(browser)) == (0 if value == "2" else rows(page))


@pytest.mark.parametrize("value", ["999999999", "4", "2"])
def test_a_generation_of_which_there_is_nothing_hides_no_event_in_silence(
    browser: Browser, value: str
) -> None:
    with_three_events(browser).tab.close()
    browser.put(GENERATION, value)
    page = KeptPage(browser)
    assert key(1) in page.shows("page-notice")
    assert len(json.loads(page.does("export-damage").downloads[0])) == 3
    page.opens("Grace").does("erase")
    assert [name for name in browser.stored if "/ledger/" in name] == []
    assert rows(page.opens("Eve")) == 1
    assert "Eve" in KeptPage(browser).shows("owner-name")


def test_a_missing_end_is_noticed_at_the_next_visit(browser: Browser) -> None:
    with_three_events(browser).tab.close()
    browser.put(key(3), None)
    page = KeptPage(browser)
    assert "One event is missing" in page.shows("page-notice")
    assert rows(page.deposits("1")) == 4
    assert "is missing" in KeptPage(browser).shows("page-notice")


def test_after_a_crash_between_two_writes_nothing_seems_to_be_missing(browser: Browser) -> None:
    page = with_three_events(browser)
    older = browser.stored[HEAD]
    page.deposits("1")
    browser.put(HEAD, older)
    page = KeptPage(browser)
    assert rows(page) == 4
    assert page.shows("page-notice") == ""


def test_both_gone_while_nobody_looked_is_not_claimed_to_be_noticed(browser: Browser) -> None:
    with_three_events(browser)
    browser.put(None, None)
    page = KeptPage(browser)
    assert rows(page) == 0
    assert page.shows("page-notice") == ""


# What is altered.


def test_what_another_tab_alters_is_what_counts(browser: Browser) -> None:
    page = with_three_events(browser)
    browser.put(key(2), browser.stored[key(2)].replace("10000", "99900"))
    assert page.follows().shows("balance") == "$1,006.00"


def test_what_is_altered_leaves_the_chosen_account_chosen(browser: Browser) -> None:
    page = with_three_events(browser).opens("Grace")
    browser.put(key(2), browser.stored[key(2)].replace("10000", "99900"))
    assert page.follows().model.live.account == "ACC-2"


def test_an_export_hands_out_what_is_stored(browser: Browser) -> None:
    page = with_three_events(browser)
    altered = browser.stored[key(2)].replace("10000", "99900")
    page.tab.put_unheard(key(2), altered)
    page.does("export")
    lines = page.downloads[0].splitlines()
    assert lines == [browser.stored[key(1)], altered, browser.stored[key(3)]]
    assert page.shows("balance") == "$1,006.00"


def test_an_id_that_an_altered_event_goes_by_is_not_given_again(browser: Browser) -> None:
    with_three_events(browser)
    browser.put(key(2), browser.stored[key(2)].replace('"id":"ACC-1/2"', '"id":"ACC-1/4"'))
    page = KeptPage(browser).deposits("1").deposits("2")
    ids = [recorded.id for recorded in page.model.live.ledger.recorded]
    assert len(set(ids)) == 5
    assert rows(KeptPage(browser)) == 5


# A later version of the page.


def test_a_later_version_is_recognised_when_it_has_taken_over(browser: Browser) -> None:
    page = with_three_events(browser)
    browser.put(FORMAT, "3")
    browser.put("esbank/packed/1/000000000001", "…")
    browser.put(key(1), None)
    assert "A newer version of this page" in page.follows().shows("page-notice")
    before = browser.stored
    page.deposits("5").does("erase")
    assert "a newer version of this page" in page.shows("amount-outcome")
    assert browser.stored == before
    assert rows(page) == 3


def test_where_no_later_version_has_taken_over_after_all_the_tab_goes_on(browser: Browser) -> None:
    page = with_three_events(browser)
    browser.put(FORMAT, "3")
    page.follows()
    browser.put(FORMAT, None)
    assert page.follows().shows("page-notice") == ""
    assert rows(page.deposits("1")) == 4


def test_writing_back_where_there_is_no_room_says_so_and_keeps_what_is_known(
    browser: Browser,
) -> None:
    page = with_three_events(browser)
    page.tab.put_unheard(key(2), None)
    browser.fill()
    page.deposits("5").does("write-back")
    notice = page.shows("page-notice")
    assert "storage is full" in notice
    assert "no longer stored" in notice
    assert rows(page) == 3


def test_a_later_version_is_recognised_by_the_tab_that_hears_nothing(browser: Browser) -> None:
    page = with_three_events(browser)
    page.tab.put_unheard(FORMAT, "7")
    page.deposits("5")
    assert "A newer version of this page" in page.shows("page-notice")
    assert key(4) not in browser.stored


def test_what_a_later_version_keeps_is_not_taken_for_damage(browser: Browser) -> None:
    with_three_events(browser)
    browser.put(FORMAT, "3")
    browser.put("esbank/packed/1/000000000001", "…")
    browser.put(key(1), None)
    page = KeptPage(browser)
    notice = page.shows("page-notice")
    assert "A newer version of this page" in notice
    assert "could not be read" not in notice
    assert "missing" not in notice
    page.opens("Eve")
    assert "a newer version" in page.shows("open-outcome")
    assert key(4) not in browser.stored


def test_a_later_version_is_recognised_by_a_head_that_it_holds(browser: Browser) -> None:
    page = with_three_events(browser)
    browser.hold("esbank/head/packed/1/7")
    page.deposits("5")
    assert "a newer version of this page" in page.shows("amount-outcome")
    assert key(4) not in browser.stored


@pytest.mark.parametrize("value", ["", "0", "one", "-2", "1e3"])
def test_a_number_of_a_format_that_is_none_is_set_aside(browser: Browser, value: str) -> None:
    with_three_events(browser)
    browser.put(FORMAT, value)
    page = KeptPage(browser)
    assert FORMAT in page.shows("page-notice")
    assert rows(page.deposits("1")) == 4


# No room.


def test_erasing_works_when_storage_is_full_to_the_last_character(browser: Browser) -> None:
    page = with_three_events(browser)
    browser.fill()
    page.does("erase")
    assert rows(page) == 0
    assert [name for name in browser.stored if name != GLANCE] == [GENERATION]
    assert rows(KeptPage(browser)) == 0
    assert rows(page.opens("Grace")) == 1


def test_when_it_is_full_an_append_says_so_and_everything_stays(browser: Browser) -> None:
    page = with_three_events(browser)
    browser.fill()
    page.deposits("123456789")
    kept = {name: text for name, text in browser.stored.items() if "/ledger/" in name}
    assert "storage is full" in page.shows("amount-outcome")
    assert list(kept) == [key(1), key(2), key(3)]
    assert rows(KeptPage(browser)) == 3


def test_a_reset_while_another_tab_appends_ends_in_one_history(browser: Browser) -> None:
    pages = [with_three_events(browser), KeptPage(browser)]
    pages[1].tab.sees_nothing()
    pages[0].does("erase").opens("Grace")
    pages[1].tab.sees_all()
    pages[1].deposits("5")
    assert pages[1].follows().model.live.generation == 2
    assert rows(pages[0].follows()) == rows(pages[1]) == rows(KeptPage(browser))
    assert "could not be read" not in pages[1].shows("page-notice")


# The glance.


@pytest.mark.parametrize(
    "value",
    [
        *("[null]", "", "null", "5", "[[]]", '[["balance"]]', '[["balance",5]]', "{", "[" * 5000),
        *('{"length":1}', '[["__proto__","x"]]', '[["balance","\ud800"]]', "[" + "1," * 10**6),
        json.dumps([["balance", "$" * 10**6]]),
    ],
    ids=lambda value: value[:20].encode("unicode_escape").decode(),
)
def test_no_glance_stops_the_page(browser: Browser, value: str) -> None:
    with_three_events(browser)
    browser.put(GLANCE, value)
    page = KeptPage(browser)
    assert rows(page) == 3
    pairs = page.tab.last_glance
    assert all(isinstance(text, str) for pair in pairs for text in pair)
    assert (GLANCE in page.shows("page-notice")) == (not pairs)
    assert rows(page.deposits("1")) == 4


@pytest.mark.parametrize("resets", [0, 2])
@pytest.mark.parametrize("name", ["ledger", GENERATION, HEAD, GLANCE, FORMAT, "*"])
def test_a_value_that_the_browser_does_not_hand_over_is_named(
    browser: Browser, name: str, resets: int
) -> None:
    page = with_three_events(browser, resets)
    page.tab.put_unheard(FORMAT, "1")
    page.tab.put_unheard(GENERATION, str(resets + 1))
    name = key(2, resets + 1) if name == "ledger" else name
    page.tab.cannot_read(name)
    page.does("go-on")
    assert (key(1, resets + 1) if name == "*" else name) in page.shows("page-notice")
    assert rows(page) == (0 if name == "*" else 3)


# The chain.


def as_stored(browser: Browser, generation: int = 1) -> list[str]:
    keys = sorted(name for name in browser.stored if f"/ledger/{generation}/" in name)
    return [browser.stored[name] for name in keys]


def test_the_chain_of_nothing_is_not_said_to_be_intact(browser: Browser) -> None:
    assert KeptPage(browser).waits().chain == ""


def test_the_chain_goes_on_with_every_event(browser: Browser) -> None:
    page = KeptPage(browser).opens()
    assert page.chain == "Chain intact: 1 event"
    assert page.deposits("5").chain == "Chain intact: 2 events"
    other = KeptPage(browser).deposits("6")
    assert other.chain == "Chain intact: 3 events"
    assert page.follows().chain == "Chain intact: 3 events"
    assert page.does("erase").chain == ""


def test_only_a_verdict_that_changes_is_announced(browser: Browser) -> None:
    page = with_three_events(browser)
    assert page.painted.count("chain-verdict") == 2  # nothing at first, then that it is intact
    assert page.painted.count("chain-count") == 4
    browser.put(key(2), browser.stored[key(2)].replace("10000", "99900"))
    page.follows().deposits("1")
    assert page.painted.count("chain-verdict") == 3


def altered(lines: list[str]) -> list[str]:
    return [lines[0], lines[1].replace(":10000,", ":99061720,"), *lines[2:]]


def hashed_anew(lines: list[str]) -> list[str]:
    events = list(read_events(["".join(f"{line}\n" for line in altered(lines)).encode()], CODEC))
    return [line.rstrip() for line in write_events(events, CODEC)]


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        (altered, "Chain broken at event 2: altered"),
        (hashed_anew, "Chain broken at event 5: altered"),
        (lambda lines: [*lines[:2], "", *lines[3:]], "Chain broken at event 3: removed"),
        (lambda lines: lines[:-1], "Chain broken at event 5: removed"),
        (lambda lines: [lines[0][:-9], *lines[1:]], "Chain broken at event 1: altered"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "Chain broken at event 2"),
        (lambda lines: [*lines[:4], lines[4].replace('"note":"', '"note":"x')], "event 5: altered"),
    ],
)
def test_what_was_done_while_no_page_was_open_is_told(
    browser: Browser, tampering: Callable[[list[str]], list[str]], told: str
) -> None:
    with_three_events(browser).deposits("8").deposits("9").tab.close()
    before = as_stored(browser)
    after = tampering(before) + [""] * len(before)
    for position, line in enumerate(after[: len(before)], start=1):
        browser.put(key(position), line or None)
    page = KeptPage(browser).waits()
    assert told in page.chain
    assert told in page.deposits("1").chain, "it does not heal"
    assert told in KeptPage(browser).waits().chain, "nor at the next visit"
    # An export says the same to whoever verifies it.
    exported = page.does("export").downloads[-1]
    audit = verify([exported.encode()], CODEC)
    if tampering is not hashed_anew:
        assert audit.broken is not None
        assert f"event {audit.broken.position}" in told


def test_a_long_chain_is_verified_in_slices_and_nobody_waits(browser: Browser) -> None:
    length = 3 * SLICE + 5
    events = record(
        [AccountOpened("Ada", "USD"), *(MoneyDeposited(1) for _ in range(length - 1))],
        Metadata(START),
        stream_id=StreamId("ACC-1"),
        version=NO_STREAM,
        position=GENESIS,
    )
    for recorded, line in zip(events, write_events(events, CODEC), strict=True):
        browser.put(key(recorded.position), line.rstrip())
    page = KeptPage(browser)
    assert page.chain == "Verifying the chain…"
    page.waits(1).does("slide", value="7")
    assert page.model.live.chain.lines == SLICE
    assert page.chain == "Verifying the chain…"
    page.waits(1).deposits("1")
    assert page.waits().chain == f"Chain intact: {length + 1:,} events"


# The export.


@pytest.mark.parametrize("lost", [[1], [2], [3], [1, 2], [2, 3]])
@pytest.mark.parametrize("value", [None, "{", "[" * 5000])
def test_an_export_opens_and_verifies_as_broken_where_a_line_is_lost(
    browser: Browser, lost: list[int], value: str | None
) -> None:
    page = with_three_events(browser)
    for position in lost:
        browser.put(key(position), value)
    page = KeptPage(browser).does("export").does("export-damage")
    ledger, damaged = page.downloads
    kept = [line for position in (1, 2, 3) if (line := browser.stored.get(key(position))) != value]
    assert [line for line in ledger.splitlines() if "Unreadable" not in line] == kept
    read = list(read_events([ledger.encode()], CODEC))
    assert [recorded.position for recorded in read if is_mark(recorded)] == lost
    broken = verify([ledger.encode()], CODEC).broken
    assert broken is not None
    assert broken.position == lost[0]
    assert [one["value"] for one in json.loads(damaged)] == [value] * len(lost) * bool(value)


def test_what_comes_after_an_alteration_is_missed_as_well_once_it_is_gone(
    browser: Browser,
) -> None:
    first, second = KeptPage(browser), KeptPage(browser)
    first.opens("Ada")
    key = "esbank/ledger/1/000000000001"
    first.tab.put_unheard(key, browser.stored[key])  # in the other tab that is an alteration
    second.follows()
    first.opens("Grace")  # with this, the other tab sees that everything is back
    second.follows()
    assert second.model.live.ledger.head == 2
    first.tab.put_unheard("esbank/ledger/1/000000000002", None)
    second.follows().opens("Mary")
    assert "esbank/ledger/1/000000000003" not in browser.stored
