"""Questions as they are typed, such as ``withdrew-after-deposit 5m``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.kernel.identity import StreamId
from esbank_core.questions.ask import Question
from esbank_core.questions.bank.pairs import OneFollowedByAnother, RoundTrips, WithdrewAfterDeposit
from esbank_core.questions.bank.questions import (
    BalanceOverTime,
    DormantAccounts,
    Flows,
    LargestMovements,
    Period,
)
from esbank_core.questions.wording.misread import Misread, MisreadError
from esbank_core.questions.wording.times import parse_span

QUESTIONS: Final = (
    "withdrew-after-deposit [SPAN]",
    "followed-by TYPE TYPE SPAN",
    "balances [ACCOUNT]",
    "flows [day|week|month]",
    "largest [COUNT]",
    "dormant [SPAN]",
    "round-trips [SPAN]",
)
"""How each question is typed."""


def parse_question(words: Sequence[str]) -> Question[State, Event]:
    """The question that words spell out.

    Raises:
        MisreadError: they spell none, or a value in it is none.
    """
    match words:
        case ["withdrew-after-deposit"]:
            return WithdrewAfterDeposit()
        case ["withdrew-after-deposit", within]:
            return WithdrewAfterDeposit(parse_span(within))
        case ["followed-by", first, then, within]:
            return OneFollowedByAnother(first, then, parse_span(within))
        case ["balances"]:
            return BalanceOverTime()
        case ["balances", account_id]:
            return BalanceOverTime(StreamId(account_id))
        case ["flows"]:
            return Flows()
        case ["flows", ("day" | "week" | "month") as period]:
            return Flows(Period(period))
        case ["largest"]:
            return LargestMovements()
        case ["largest", count]:
            return LargestMovements(parse_count(count))
        case ["dormant"]:
            return DormantAccounts()
        case ["dormant", idle]:
            return DormantAccounts(parse_span(idle))
        case ["round-trips"]:
            return RoundTrips()
        case ["round-trips", within]:
            return RoundTrips(parse_span(within))
        case _:
            raise MisreadError(Misread.QUESTION, " ".join(words))


def parse_count(typed: str) -> int:
    """A whole number of up to nine digits.

    Raises:
        MisreadError: it is none.
    """
    if not re.fullmatch("[0-9]{1,9}", typed):
        raise MisreadError(Misread.COUNT, typed)
    return int(typed)
