"""What is typed, turned into what is meant: instants, spans of time, amounts, conditions.

Whatever cannot be understood is a ``ProblemError`` that shows how it is written.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, Final, NoReturn

from esbank_core.bank.account import Ledger
from esbank_core.bank.events import Event
from esbank_core.bank.money import NO_CURRENCY, Currency, NotAnAmount, currency_of, parse_amount
from esbank_core.bank.states import NoAccount, State, balance_in, currency_in
from esbank_core.bank.views import type_of
from esbank_core.command_line.problem import ProblemError
from esbank_core.kernel.errors import Damage
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.written.cloud_events import parse_time
from esbank_core.questions.as_of import status_of
from esbank_core.questions.ask import Question
from esbank_core.questions.bank.conditions import (
    balance_below,
    balance_changed_by_more_than,
    closed_with_money,
    frozen,
    gap_above,
    out_of_time_order,
)
from esbank_core.questions.bank.questions import (
    BalanceOverTime,
    DormantAccounts,
    Flows,
    LargestMovements,
    OneFollowedByAnother,
    Period,
    RoundTrips,
    WithdrewAfterDeposit,
)
from esbank_core.questions.moments import Condition, Step, all_of

CONDITIONS: Final = """\
conditions (several must hold at once):
  balance-below AMOUNT        an account holds less than AMOUNT
  balance-changed-by AMOUNT   one event moved a balance by more than AMOUNT
  frozen                      an account is frozen
  closed-with-money           an account is closed and not empty
  gap-above SPAN              more than SPAN since the event before
  out-of-order                an event is earlier than the one before it
  where EXPRESSION            any Python expression on before, event and after, such as
                              "after.balance - before.balance > 100_00" (minor units) or
                              "event.type == 'MoneyWithdrawn' and event.data.amount > 5000"

amounts are written like 20.00, spans of time like 90s, 5m, 2h, 7d or 1d12h.
"""

QUESTIONS: Final = """\
questions:
  withdrew-after-deposit [SPAN]     who withdrew within SPAN (5m) of depositing, and when
  followed-by TYPE TYPE SPAN        events of one type followed by another within SPAN
  balances [ACCOUNT]                the balance after every event that moved money
  flows [day|week|month]            what came in and went out (month)
  largest [COUNT]                   the largest movements (10)
  dormant [SPAN]                    open accounts idle for SPAN (90d) at the latest event
  round-trips [SPAN]                money sent and sent back within SPAN (1d)
  FILE.py:CLASS                     a question of your own: a class with the functions
                                    see(change) and answer(), as esbank_core.questions.ask says

spans of time are written like 90s, 5m, 2h, 7d or 1d12h.
"""

_SPAN: Final = re.compile(r"([0-9]{1,9})(ms|[smhdw])")
_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def instant(typed: str) -> datetime:
    """An instant as RFC 3339 writes it, or a date, which is its midnight in UTC."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", typed, re.ASCII):
            return datetime.combine(date.fromisoformat(typed), time(), timezone.utc)
        return parse_time(typed)
    except (Damage, ValueError):
        raise ProblemError(
            f"{typed} is not an instant; write it like 2026-11-23T16:20:27Z or 2026-11-23."
        ) from None


def span(typed: str) -> timedelta:
    """A span of time, such as ``5m`` or ``1d12h``."""
    parts = _SPAN.findall(typed)
    try:
        if typed and "".join(number + unit for number, unit in parts) == typed:
            return sum((int(number) * _UNITS[unit] for number, unit in parts), timedelta())
    except OverflowError:
        pass
    raise ProblemError(f"{typed} is not a span of time; write it like 90s, 5m, 2h, 7d or 1d12h.")


def number(typed: str) -> int:
    """A whole number of up to nine digits."""
    if not re.fullmatch("[0-9]{1,9}", typed):
        raise ProblemError(f"{typed} is not a number of events; write it like 10.")
    return int(typed)


def amount(typed: str, ledger: Ledger, account_id: StreamId | None) -> int:
    """An amount in whole units, such as ``20.00``, in minor units of the ledger's currency."""
    parsed = parse_amount(typed, _currency(ledger, account_id))
    if isinstance(parsed, NotAnAmount):
        raise ProblemError(parsed.sentence)
    return parsed


def condition(
    words: Sequence[str], ledger: Ledger, account_id: StreamId | None
) -> Condition[State, Event]:
    """The condition that a command line spells out, such as ``frozen balance-below 20.00``."""
    spelt = [part for word in words for part in _split(word)]
    found: list[Condition[State, Event]] = []
    while spelt:
        name = spelt.pop(0)
        match name:
            case "balance-below":
                found.append(balance_below(amount(_next(spelt, name), ledger, account_id)))
            case "balance-changed-by":
                limit = amount(_next(spelt, name), ledger, account_id)
                found.append(balance_changed_by_more_than(limit))
            case "frozen":
                found.append(frozen())
            case "closed-with-money":
                found.append(closed_with_money())
            case "gap-above":
                found.append(gap_above(span(_next(spelt, name))))
            case "out-of-order":
                found.append(out_of_time_order())
            case "where":
                found.append(_expression(_next(spelt, name)))
            case _:
                raise ProblemError(
                    f"“{name}” is no condition; they are balance-below, balance-changed-by, "
                    "frozen, closed-with-money, gap-above, out-of-order and where."
                )
    return found[0] if len(found) == 1 else all_of(*found)


def question(words: Sequence[str]) -> Question[State, Event]:
    """The question that a command line spells out, such as ``withdrew-after-deposit 5m``."""
    match words:
        case ["withdrew-after-deposit"]:
            return WithdrewAfterDeposit()
        case ["withdrew-after-deposit", within]:
            return WithdrewAfterDeposit(span(within))
        case ["followed-by", first, then, within]:
            return OneFollowedByAnother(first, then, span(within))
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
            return LargestMovements(number(count))
        case ["dormant"]:
            return DormantAccounts()
        case ["dormant", idle]:
            return DormantAccounts(span(idle))
        case ["round-trips"]:
            return RoundTrips()
        case ["round-trips", within]:
            return RoundTrips(span(within))
        case [own] if ".py:" in own:
            return _question_of_their_own(own)
        case _:
            raise ProblemError(
                f"“{' '.join(words)}” is no question; they are withdrew-after-deposit [SPAN], "
                "followed-by TYPE TYPE SPAN, balances [ACCOUNT], flows [day|week|month], "
                "largest [COUNT], dormant [SPAN], round-trips [SPAN] and FILE.py:CLASS."
            )


def _split(word: str) -> list[str]:
    """``balance-below=20`` says the same as ``balance-below 20``."""
    named = re.fullmatch("(balance-below|balance-changed-by|gap-above|where)=(.*)", word, re.DOTALL)
    return [named[1], named[2]] if named else [word]


def _next(spelt: list[str], name: str) -> str:
    if not spelt:
        raise ProblemError(f"“{name}” needs a value after it.")
    return spelt.pop(0)


def _currency(ledger: Ledger, account_id: StreamId | None) -> Currency:
    accounts = ledger.places if account_id is None else [account_id]
    codes = {currency_in(ledger.state_of(account)).code for account in accounts}
    currencies = [currency_of(code) for code in sorted(codes - {NO_CURRENCY.code})]
    if len({currency.digits for currency in currencies}) > 1:
        raise ProblemError(
            "The accounts are in currencies with different decimals, so that an amount alone says "
            "too little; name one with --account."
        )
    return currencies[0] if currencies else NO_CURRENCY


class _Seen:
    """A state as an expression sees it: every field is there, whatever the state."""

    def __init__(self, state: State) -> None:
        self.status = status_of(state)
        self.balance = balance_in(state)
        self.currency = currency_in(state).code
        self.owner = "" if isinstance(state, NoAccount) else state.owner


class _Data:
    """What an event carries, by name; None for what it does not carry."""

    def __init__(self, event: object) -> None:
        self._event = event

    def __getattr__(self, name: str) -> Any:
        return getattr(self._event, name, None)


class _SeenEvent:
    """A recorded event as an expression sees it."""

    def __init__(self, step: Step[State, Event]) -> None:
        recorded = step.change.recorded
        self.type = type_of(recorded.event)
        self.data = _Data(recorded.event)
        self.id = recorded.id
        self.account_id = recorded.stream_id
        self.position = recorded.position
        self.version = recorded.version
        self.time = recorded.time
        self.actor = recorded.actor


def _expression(text: str) -> Condition[State, Event]:
    """A condition of the user's own, who may run any Python here as anywhere else."""
    try:
        code = compile(text, "<where>", "eval")
    except (SyntaxError, ValueError) as broken:
        raise ProblemError(f"“{text}” is not a Python expression: {broken}.") from None

    def holds(step: Step[State, Event]) -> bool:
        names = {
            "before": _Seen(step.change.before),
            "event": _SeenEvent(step),
            "after": _Seen(step.change.after),
        }
        try:
            return bool(eval(code, names))  # noqa: S307 - the user's own words, on their machine
        except Exception as failed:
            position = step.change.recorded.position
            raise ProblemError(
                f"“{text}” failed on event {position}: {type(failed).__name__}: {failed}."
            ) from None

    # What is said of the state after lasts; what is said of the step is over with it.
    return Condition(holds, lasts={"before", "event"}.isdisjoint(code.co_names))


def _question_of_their_own(spelt: str) -> Question[State, Event]:
    path, _, name = spelt.rpartition(":")

    def refuse(why: str) -> NoReturn:
        raise ProblemError(f"{spelt} is no question: {why}.")

    if not Path(path).is_file():
        refuse(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    if spec is None or spec.loader is None:
        refuse(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        made: Callable[[], Any] = getattr(module, name)
        own: Question[State, Event] = made()
        if not (callable(own.see) and callable(own.answer)):
            refuse("see and answer are its two functions")
    except ProblemError:
        raise
    except Exception as failed:  # whatever the user's own code raises
        refuse(f"{type(failed).__name__}: {failed}")
    return own
