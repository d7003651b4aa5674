"""Ready-made conditions on a bank's history.

An amount is in minor units, or in whole units of whichever currency an account is held in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Final

from esbank_core.bank.account import CODEC, Recorded
from esbank_core.bank.events import Event
from esbank_core.bank.money import Currency, WholeUnits, currency_of
from esbank_core.bank.states import Closed, Frozen, NoAccount, Open, State, currency_in, flow
from esbank_core.bank.views import moves_money, type_of
from esbank_core.kernel.recorded import OPAQUE, Opaque
from esbank_core.questions.bank.fields import mentions, values_of
from esbank_core.questions.moments import Condition, when
from esbank_core.questions.values import contains, equals


class Status(StrEnum):
    """What an account can become."""

    OPEN = "open"
    FROZEN = "frozen"
    CLOSED = "closed"


_STATES: Final = {Status.OPEN: Open, Status.FROZEN: Frozen, Status.CLOSED: Closed}


class _Limits(dict[str, int]):
    """What an amount comes to in minor units of each currency, worked out once."""

    def __init__(self, minor_units: Callable[[Currency], int]) -> None:
        self._minor_units = minor_units

    def __missing__(self, code: str) -> int:
        limit = self[code] = self._minor_units(currency_of(code))
        return limit


def _at_least(amount: int | WholeUnits) -> _Limits:
    return _Limits(
        lambda currency: amount if isinstance(amount, int) else amount.at_least(currency)
    )


def _at_most(amount: int | WholeUnits) -> _Limits:
    return _Limits(lambda currency: amount if isinstance(amount, int) else amount.at_most(currency))


def balance_below(amount: int | WholeUnits) -> Condition[State, Event]:
    """An account holds less than ``amount``; it lasts until it holds as much again."""
    limits = _at_least(amount)
    return when(
        lambda _, __, after: (
            not isinstance(after, NoAccount) and after.balance < limits[after.currency]
        )
    )


def balance_changed_by_more_than(amount: int | WholeUnits) -> Condition[State, Event]:
    """One event moved a balance by more than ``amount``, up or down."""
    limits = _at_most(amount)
    return when(
        lambda before, _, after: abs(flow(before, after)) > limits[currency_in(after).code],
        lasts=False,
    )


def amount_at_least(amount: int | WholeUnits) -> Condition[State, Event]:
    """An event moves ``amount`` or more, in or out."""
    limits = _at_least(amount)
    return when(
        lambda _, event, after: (
            moves_money(event) and getattr(event, "amount", 0) >= limits[currency_in(after).code]
        ),
        lasts=False,
    )


def event_type_is(name: str) -> Condition[State, Event]:
    """An event is of the type of that name, known or not."""
    known = {one.name: one.event_class for one in CODEC.event_types}.get(name)

    def is_of_it(event: Event | Opaque) -> bool:
        return type_of(event) == name if isinstance(event, OPAQUE) else type(event) is known

    return when(lambda _, event, __: is_of_it(event), lasts=False)


def status_becomes(status: Status) -> Condition[State, Event]:
    """An account becomes open, frozen or closed; it lasts until it becomes another."""
    wanted = _STATES[status]
    return when(lambda _, __, after: isinstance(after, wanted))


def frozen() -> Condition[State, Event]:
    """An account is frozen; it lasts until it is unfrozen or closed."""
    return status_becomes(Status.FROZEN)


def closed_with_money() -> Condition[State, Event]:
    """An account is closed and its balance is not zero, which the rules would not allow."""
    return when(lambda _, __, after: isinstance(after, Closed) and after.balance != 0)


def field_equals(path: str, typed: str) -> Condition[State, Event]:
    """A field of an event, such as ``data.note``, is what was typed."""
    return _of_field(path, equals(typed))


def field_contains(path: str, typed: str) -> Condition[State, Event]:
    """A field of an event has in it what was typed, whatever the case of its letters."""
    return _of_field(path, contains(typed))


def field_is_there(path: str) -> Condition[State, Event]:
    """An event has a field, whatever it is."""
    return _of_field(path, lambda _: True)


def _of_field(path: str, fits: Callable[[object], bool]) -> Condition[State, Event]:
    values = values_of(path)

    def holds(recorded: Recorded) -> bool:
        return any(map(fits, values(recorded)))

    return Condition(lambda step: holds(step.recorded), lasts=False)


def text_is_mentioned(typed: str) -> Condition[State, Event]:
    """An event has a text somewhere, whatever the case of its letters."""
    is_mentioned = mentions(typed)
    return Condition(lambda step: is_mentioned(step.recorded), lasts=False)


def gap_above(gap: timedelta) -> Condition[State, Event]:
    """More than ``gap`` passed since anything happened: since the latest time before this event.

    A late row (an event of an earlier time) ends no gap and begins none.
    """
    return Condition(
        lambda step: step.latest is not None and step.recorded.time - step.latest > gap,
        lasts=False,
    )


def gap_at_least(gap: timedelta) -> Condition[State, Event]:
    """``gap`` or more passed since the latest time before this event; see ``gap_above``."""
    return Condition(
        lambda step: step.latest is not None and step.recorded.time - step.latest >= gap,
        lasts=False,
    )


def out_of_time_order() -> Condition[State, Event]:
    """An event is earlier than the one before it."""
    return Condition(
        lambda step: step.previous is not None and step.recorded.time < step.previous.time,
        lasts=False,
    )


def twice_for_one_cause() -> Condition[State, Event]:
    """An event has the cause, the type and the stream of an earlier one: it was done twice."""
    return Condition(lambda _: True, lasts=False, again=(_caused,))


def _caused(recorded: Recorded) -> tuple[object, ...] | None:
    if recorded.causation_id is None:
        return None
    event = recorded.event
    kind = type_of(event) if isinstance(event, OPAQUE) else type(event)
    return recorded.causation_id, recorded.stream_id, kind
