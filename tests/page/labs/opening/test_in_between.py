"""Opening takes a while: it says how far it is, stops when it is told to, and gives way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bankpage.labs.contract import Gesture
from bankpage.labs.opening import reading
from bankpage.labs.opening.lab import LAB
from bankpage.labs.opening.messages import read
from bankpage.paper.effects import Refocus

from tests.page.lab_desk import LabDesk
from tests.page.labs.opening.opener import Opener
from tests.page.labs.opening.test_formats import OTHERS, own, written

LONG = written(*({**OTHERS, "id": f"{nth:04}"} for nth in range(4_000)))


@pytest.fixture
def reading_on() -> Opener:
    """Somebody who is in the middle of opening a long history."""
    opener = Opener().offers(long_jsonl=LONG).fetches()
    return opener.goes_on().goes_on()


def test_it_says_how_many_events_it_has_read(reading_on: Opener) -> None:
    assert reading_on.shows("opening-progress").startswith("“long.jsonl”: 1,")
    bar = reading_on.slot("opening-bar").attributes
    assert bar["hidden"] is False
    assert 15 < int(str(bar["aria-valuenow"])) < 100
    assert reading_on.settles().study.history.head == 4_000
    assert reading_on.slot("opening-panel").attributes["hidden"] is True


def test_it_says_how_much_it_has_fetched() -> None:
    opener = Opener().offers(long_jsonl=LONG)
    assert opener.shows("opening-progress") == "“long.jsonl”: 0.0 of 0.7 MB fetched"
    assert opener.slot("opening-cancel").attributes["hidden"] is False


@pytest.mark.parametrize("steps", range(4))
def test_cancel_stops_it_wherever_it_is(steps: int) -> None:
    opener = Opener().offers(long_jsonl=LONG)
    if steps:
        opener.fetches()
        for _ in range(steps - 1):
            opener.goes_on()
    opener.does("cancel")
    assert not opener.wishes
    assert opener.slot("opening-panel").attributes["hidden"] is True
    assert Refocus("open-history") in opener.effects
    assert opener.opens(f=own()).study.history.head == 4


def test_what_is_offered_later_takes_its_place(reading_on: Opener) -> None:
    reading_on.offers(own_jsonl=own()).fetches().settles()
    assert reading_on.study.name == "own.jsonl"


def test_of_two_drops_at_once_the_later_is_opened() -> None:
    opener = Opener().offers(first_jsonl=LONG)
    first = opener.wanted()
    opener.offers(second_jsonl=own())
    assert first is not None
    opener.gives(first, LONG).fetches().settles()
    assert opener.study.name == "second.jsonl"
    assert opener.study.history.head == 4


def test_a_piece_that_comes_too_late_changes_nothing(reading_on: Opener) -> None:
    wanted = reading_on.asked[0]
    reading_on.gives(wanted, LONG).does("cancel").gives(wanted, LONG)
    reading_on.only("lost", offer="1", file="0", at="0", reason="gone")
    assert not reading_on.wishes
    assert reading_on.slot("opening-panel").attributes["hidden"] is True


def test_a_file_that_is_gone_is_said_to_be() -> None:
    opener = Opener().offers(f=own())
    opener.only("lost", offer="1", file="0", at="0", reason="It could not be found.")
    assert opener.said.startswith("“f” cannot be read: It could not be found. Choose it once more.")


def test_a_file_that_has_changed_meanwhile_is_not_opened() -> None:
    opener = Opener().offers(f=own())
    opener.files[0] = own()[:100]
    assert "“f” has changed since it was chosen" in opener.hands_over().said


def test_slices_are_longer_where_they_are_quick_and_shorter_where_they_are_slow() -> None:
    def slices(pace: timedelta) -> int:
        class Paced(Opener):
            def _now(self):
                now = super()._now()
                return type(now)(now.time + pace * self.moments, now.id)

        opener = Paced().offers(f=LONG).fetches()
        count = 0
        while opener.later:
            opener.goes_on()
            count += 1
        return count

    second = timedelta(seconds=1)  # which passes at each moment anyway
    assert slices(timedelta(milliseconds=5) - second) < slices(timedelta(milliseconds=90) - second)


def test_nothing_offered_is_nothing_to_do() -> None:
    opener = Opener().opens()
    assert not opener.effects
    assert opener.slot("opening-panel").attributes["hidden"] is True


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("offered", {"offer": "1", "files": "{}"}),
        ("offered", {"offer": "1", "files": '[{"name":1,"size":2,"isDirectory":false}]'}),
        ("offered", {"offer": "x", "files": "[]"}),
        ("piece", {"offer": "1", "file": "0"}),
        ("run", {}),
    ],
)
def test_what_no_control_can_send_is_refused(name: str, fields: dict[str, str]) -> None:
    with pytest.raises((ValueError, KeyError)):
        read(Gesture(name, fields))


def test_a_desk_sees_what_the_page_would() -> None:
    assert LAB.name == "opening"
    assert isinstance(Opener(), LabDesk)
    assert reading.RUN
