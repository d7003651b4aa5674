"""Ready-made conditions on a bank's history. Amounts are in minor units."""

from __future__ import annotations

from datetime import timedelta

from esbank_core.bank.events import Event
from esbank_core.bank.states import Closed, Frozen, NoAccount, State, flow
from esbank_core.questions.moments import Condition, when


def balance_below(amount: int) -> Condition[State, Event]:
    """An account holds less than ``amount``; it lasts until it holds as much again."""
    return when(lambda _, __, after: not isinstance(after, NoAccount) and after.balance < amount)


def balance_changed_by_more_than(amount: int) -> Condition[State, Event]:
    """One event moved a balance by more than ``amount``, up or down."""
    return when(
        lambda before, _, after: abs(flow(before, after)) > amount,
        lasts=False,
    )


def frozen() -> Condition[State, Event]:
    """An account is frozen; it lasts until it is unfrozen or closed."""
    return when(lambda _, __, after: isinstance(after, Frozen))


def closed_with_money() -> Condition[State, Event]:
    """An account is closed and its balance is not zero, which the rules would not allow."""
    return when(lambda _, __, after: isinstance(after, Closed) and after.balance != 0)


def gap_above(gap: timedelta) -> Condition[State, Event]:
    """More than ``gap`` passed since anything happened: since the latest time before this event.

    A late row (an event of an earlier time) ends no gap and begins none.
    """
    return Condition(
        lambda step: step.latest is not None and step.change.recorded.time - step.latest > gap,
        lasts=False,
    )


def out_of_time_order() -> Condition[State, Event]:
    """An event is earlier than the one before it."""
    return Condition(
        lambda step: step.previous is not None and step.change.recorded.time < step.previous.time,
        lasts=False,
    )
