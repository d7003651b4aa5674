"""Questions as they are typed, such as ``withdrew-after-deposit 5m``, and as data for a form.

A page and a terminal take the same: a name, and what is typed for each of its parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
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

BankQuestion = Question[State, Event]


class Kind(StrEnum):
    """What a parameter is, and so how it is typed or chosen."""

    SPAN = "span"
    COUNT = "count"
    PERIOD = "day|week|month"
    ACCOUNT = "account"
    EVENT_TYPE = "type"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question leaves open: its name, its kind, and what is typed where nothing better is.

    An account's default is none: all of them. Where it ``is_required``, a terminal has no default.
    """

    name: str
    kind: Kind
    default: str
    is_required: bool = False

    @property
    def usage(self) -> str:
        """How a terminal says that it wants one."""
        word = self.kind.value if self.kind is Kind.PERIOD else self.kind.value.upper()
        return word if self.is_required else f"[{word}]"


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """A question by its name: what it leaves open, its class, and how to make one."""

    name: str
    parameters: tuple[Parameter, ...]
    question: type[BankQuestion]
    make: Callable[[Sequence[str]], BankQuestion]
    """From what is typed for each parameter.

    Raises ``MisreadError`` where something of it means nothing.
    """

    @property
    def usage(self) -> str:
        """How it is typed."""
        return " ".join([self.name, *(parameter.usage for parameter in self.parameters)])

    def asked(self, typed: Sequence[str]) -> BankQuestion:
        """The question, with the defaults for what is not typed.

        Raises:
            MisreadError: something is missing, too much, or means nothing.
        """
        left = self.parameters[len(typed) :]
        if len(typed) > len(self.parameters) or any(one.is_required for one in left):
            raise MisreadError(Misread.QUESTION, " ".join([self.name, *typed]))
        return self.make([*typed, *(one.default for one in left)])


FORMS: Final = (
    QuestionForm(
        "withdrew-after-deposit",
        (Parameter("within", Kind.SPAN, "5m"),),
        WithdrewAfterDeposit,
        lambda typed: WithdrewAfterDeposit(parse_span(typed[0])),
    ),
    QuestionForm(
        "followed-by",
        (
            Parameter("first", Kind.EVENT_TYPE, "MoneyWithdrawn", is_required=True),
            Parameter("then", Kind.EVENT_TYPE, "AccountFrozen", is_required=True),
            Parameter("within", Kind.SPAN, "1d", is_required=True),
        ),
        OneFollowedByAnother,
        lambda typed: OneFollowedByAnother(typed[0], typed[1], parse_span(typed[2])),
    ),
    QuestionForm(
        "balances",
        (Parameter("account", Kind.ACCOUNT, ""),),
        BalanceOverTime,
        lambda typed: BalanceOverTime(StreamId(typed[0]) if typed[0] else None),
    ),
    QuestionForm(
        "flows",
        (Parameter("period", Kind.PERIOD, "month"),),
        Flows,
        lambda typed: Flows(_period(typed[0])),
    ),
    QuestionForm(
        "largest",
        (Parameter("count", Kind.COUNT, "10"),),
        LargestMovements,
        lambda typed: LargestMovements(parse_count(typed[0])),
    ),
    QuestionForm(
        "dormant",
        (Parameter("idle", Kind.SPAN, "90d"),),
        DormantAccounts,
        lambda typed: DormantAccounts(parse_span(typed[0])),
    ),
    QuestionForm(
        "round-trips",
        (Parameter("within", Kind.SPAN, "1d"),),
        RoundTrips,
        lambda typed: RoundTrips(parse_span(typed[0])),
    ),
)
"""Every question of the core."""

QUESTIONS: Final = tuple(form.usage for form in FORMS)
"""How each question is typed."""


def question_form(name: str) -> QuestionForm:
    """The question that goes by a name.

    Raises:
        MisreadError: none does.
    """
    for form in FORMS:
        if form.name == name:
            return form
    raise MisreadError(Misread.QUESTION, name)


def parse_question(words: Sequence[str]) -> BankQuestion:
    """The question that words spell out.

    Raises:
        MisreadError: they spell none, or a value in it is none.
    """
    try:
        form = question_form(words[0] if words else "")
    except MisreadError:
        raise MisreadError(Misread.QUESTION, " ".join(words)) from None
    return form.asked(words[1:])


def parse_count(typed: str) -> int:
    """A whole number of up to nine digits.

    Raises:
        MisreadError: it is none.
    """
    if not re.fullmatch("[0-9]{1,9}", typed):
        raise MisreadError(Misread.COUNT, typed)
    return int(typed)


def _period(typed: str) -> Period:
    try:
        return Period(typed)
    except ValueError:
        raise MisreadError(Misread.QUESTION, f"flows {typed}") from None
