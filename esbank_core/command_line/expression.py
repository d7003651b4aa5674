"""A condition of the user's own: a Python expression, which runs here and nowhere else."""

from __future__ import annotations

from typing import Any

from esbank_core.bank.events import Event
from esbank_core.bank.states import NoAccount, State, balance_in, currency_in
from esbank_core.bank.views import type_of
from esbank_core.command_line.problem import ProblemError
from esbank_core.questions.as_of import status_of
from esbank_core.questions.moments import Condition, Step


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


def expression(text: str) -> Condition[State, Event]:
    """The condition of an expression's text.

    Raises:
        ProblemError: it is none; or, when it is put to an event, it fails.
    """
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
