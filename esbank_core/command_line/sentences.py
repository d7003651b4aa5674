"""The command line's sentences for what the core says in codes and values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, assert_never

from esbank_core.questions.ask import Answer, Cell
from esbank_core.questions.bank.conditions import Status
from esbank_core.questions.bank.pairs import OneFollowedByAnother, RoundTrips, WithdrewAfterDeposit
from esbank_core.questions.bank.questions import DormantAccounts
from esbank_core.questions.bank.statement import Entry
from esbank_core.questions.wording.conditions import CONDITIONS
from esbank_core.questions.wording.misread import Misread, MisreadError
from esbank_core.questions.wording.questions import QUESTIONS


def misread(error: MisreadError) -> str:
    """What was typed, why it means nothing, and how it is written."""
    typed = error.typed
    match error.code:
        case Misread.INSTANT:
            if _is_a_time(typed):  # as RFC 3339 writes them, and yet none
                return error.reason.replace("Its “time”", typed)
            return f"{typed} is not an instant; write it like 2026-11-23T16:20:27Z or 2026-11-23."
        case Misread.SPAN:
            return f"{typed} is not a span of time; write it like 90s, 5m, 2h, 7d or 1d12h."
        case Misread.COUNT:
            return f"{typed} is not a number of events; write it like 10."
        case Misread.AMOUNT:
            return error.reason
        case Misread.STATUS:
            return f"“{typed}” is nothing that an account becomes; that is {listed(tuple(Status))}."
        case Misread.VALUE_MISSING:
            return f"“{typed}” needs a value after it."
        case Misread.CONDITION:
            return f"“{typed}” is no condition; they are {listed(CONDITIONS)}."
        case Misread.QUESTION:
            return f"“{typed}” is no question; they are {listed((*QUESTIONS, 'FILE.py:CLASS'))}."
        case _:
            assert_never(error.code)


def gist_of(question: object, answer: Answer) -> str:
    """The gist of an answer; empty where there is none."""
    gist = answer.gist
    match question:
        case WithdrewAfterDeposit():
            return (
                f"{_counted(gist['accounts'], 'account')} withdrew within {_span(gist['within'])} "
                f"of depositing, {_counted(gist['times'], 'time')} in all."
            )
        case OneFollowedByAnother():
            return (
                f"{gist['first']} was followed by {gist['then']} within {_span(gist['within'])} "
                f"{_counted(gist['times'], 'time')}, in {_counted(gist['accounts'], 'account')}."
            )
        case RoundTrips():
            return f"{_counted(gist['times'], 'round trip')} within {_span(gist['within'])}."
        case DormantAccounts():
            return (
                f"{_counted(gist['accounts'], 'account')} idle for more than "
                f"{_span(gist['within'])}."
            )
        case _:
            return ""


def about(entry: Entry) -> str:
    """What an entry of a statement is about."""
    if entry.other is None:
        return entry.note
    return f"from {entry.other}" if entry.flow > 0 else f"to {entry.other}"


def counted(number: int, noun: str) -> str:
    """A number of things: ``1 event``, ``2,000 events``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: ``a, b and c``."""
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _counted(number: Cell, noun: str) -> str:
    return counted(number if isinstance(number, int) else 0, noun)


def _span(milliseconds: Cell) -> str:
    """A span of time as people say it, in the largest unit that divides it."""
    span = timedelta(milliseconds=milliseconds if isinstance(milliseconds, int) else 0)
    for name, unit in _UNITS.items():
        if span and span % unit == timedelta():
            return counted(span // unit, name)
    return f"{span.total_seconds():g} seconds"


def _is_a_time(typed: str) -> bool:
    return re.match(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d", typed, re.ASCII) is not None


_UNITS: Final = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}
