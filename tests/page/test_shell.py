"""What crosses between the page and Python: texts in, one text of calls out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bankpage.live.stored.keys import key_of
from bankpage.paper.occasion import Occasion
from bankpage.shell import Shell

from esbank_core.kernel.identity import Position
from tests.page.desk import START, page_phrases

Call = list[Any]


class Line:
    """The page's end of the line: what was posted, and what waits for its time."""

    def __init__(self, name: str = "id") -> None:
        self.name = name
        self.posted: list[list[Call]] = []
        self.waiting: list[tuple[int, Callable[[], None]]] = []
        self._moments = 0
        self.shell = Shell(
            post=lambda text: self.posted.append(json.loads(text)),
            occasion=self._occasion,
            after=lambda milliseconds, callback: self.waiting.append((milliseconds, callback)),
        )

    def _occasion(self) -> Occasion:
        self._moments += 1
        return Occasion(START + timedelta(seconds=self._moments), f"{self.name}-{self._moments}")

    def tells(self, kind: str, *texts: str) -> list[Call]:
        """The calls that come back, which are one post."""
        before = len(self.posted)
        self.shell.receive(kind, *texts)
        assert len(self.posted) == before + 1
        return self.posted[-1]

    def opens(self, entries: str = "[]", glance: str = "[]") -> list[Call]:
        phrases = json.dumps(dict(page_phrases().texts))
        return self.tells("opened", phrases, entries, "true", glance)

    def gestures(self, name: str, **fields: str) -> list[Call]:
        return self.tells("gesture", name, json.dumps(fields))


def names(calls: list[Call]) -> list[str]:
    return [name for name, *_ in calls]


def test_the_first_answer_paints_everything() -> None:
    (paint,) = Line().opens()
    assert paint[0] == "paint"
    assert ["set", "root", "data-python", "ready"] in paint[1]


def test_a_gesture_is_answered_in_one_post_and_says_so_last() -> None:
    line = Line()
    line.opens()
    calls = line.gestures("open-account", owner="Ada")
    assert names(calls)[-1] == "answered"
    ((key, text, head, _),) = [rest for name, *rest in calls if name == "append"]
    assert head == f"1/000000000001/{json.loads(text)['chainhash']}"
    assert key == key_of(1, Position(1))
    assert json.loads(text)["data"] == {"owner": "Ada", "currency": "USD"}


def test_what_the_store_answers_is_no_gesture_and_is_remembered() -> None:
    line = Line()
    line.opens()
    line.gestures("open-account", owner="Ada")
    calls = line.tells("append-answered", "written", "[]")
    assert "remember" in names(calls)
    assert "answered" not in names(calls)
    glance = json.loads(next(text for name, text in _pairs(calls) if name == "remember"))
    assert ["owner-shown", "Ada"] in glance or any("Ada" in text for _, text in glance)


def test_an_append_that_came_too_late_brings_what_was_first() -> None:
    line, other = Line(), Line("other")
    for tab in (line, other):
        tab.opens()
    theirs = other.gestures("open-account", owner="Grace")
    line.gestures("open-account", owner="Ada")
    ((key, text, _, _),) = [rest for name, *rest in theirs if name == "append"]
    calls = line.tells("append-answered", "taken", json.dumps([[key, text]]))
    (again,) = [rest for name, *rest in calls if name == "append"]
    assert again[0] == key_of(1, Position(2))


@pytest.mark.parametrize("answer", ["full", "failed", "nonsense"])
def test_an_append_that_failed_is_told_and_shows_no_row(answer: str) -> None:
    line = Line()
    line.opens()
    line.gestures("open-account", owner="Ada")
    (paint, *_) = line.tells("append-answered", answer, "[]")
    assert "Not recorded" in json.dumps(paint)


def test_what_waits_for_its_time_is_a_post_of_its_own() -> None:
    line = Line()
    line.opens()
    line.gestures("open-account", owner="Ada")
    line.tells("append-answered", "written", "[]")
    line.gestures("genesis")
    line.gestures("play")
    (_, tick) = line.waiting[-1]
    before = len(line.posted)
    tick()
    assert len(line.posted) == before + 1
    assert "answered" not in names(line.posted[-1])


def test_another_tab_is_followed() -> None:
    line, other = Line(), Line("other")
    for tab in (line, other):
        tab.opens()
    ((key, text, _, _),) = [
        rest for name, *rest in other.gestures("open-account", owner="Grace") if name == "append"
    ]
    (paint, *_) = line.tells("ledger-changed", json.dumps([[key, text]]))
    assert "Grace" in json.dumps(paint)


def test_what_no_page_tells_is_an_error() -> None:
    line = Line()
    with pytest.raises(ValueError, match="never tells “whispered” with 1 texts"):
        line.shell.receive("whispered", "secret")
    with pytest.raises(ValueError, match="No control makes the gesture"):
        line.gestures("rob-the-bank")


def _pairs(calls: list[Call]) -> list[tuple[str, Any]]:
    return [(name, rest[0]) for name, *rest in calls if rest]
