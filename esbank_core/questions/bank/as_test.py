"""A test from a moment: a pytest file that tells one event of a history as a story, and runs.

Given what had happened to the account by then, when the event's command is given, then what
the rules decide today. Where that is not what history says, the file says so: it is a test of
the rules, and a moment that they would not allow any more is just what one may be after.

Nothing from the history gets into the file but as a Python literal.
"""

from __future__ import annotations

from collections.abc import Sequence

from esbank_core.bank import commands, events, states
from esbank_core.bank.account import ACCOUNT, Ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import OPAQUE
from esbank_core.questions.bank.todays_rules import command_behind


class NoStoryError(ValueError):
    """The event is of no type or schema that the bank knows, so that no command leads to it."""

    def __init__(self, position: Position) -> None:
        self.position = position
        super().__init__(
            f"Event {position} is of no type that this bank knows, or of no such schema."
        )


def as_test(ledger: Ledger, position: Position) -> str:
    """The text of a pytest file that reproduces the event at a position.

    Raises:
        IndexError: there is no such position.
        NoStoryError: nothing is known of the event but its name.
    """
    change = ledger.change_at(position)
    recorded = change.recorded
    event = recorded.event
    if isinstance(event, OPAQUE):
        raise NoStoryError(position)
    history = [
        earlier.event
        for earlier in ledger.stream(recorded.stream_id)
        if earlier.position < position and not isinstance(earlier.event, OPAQUE)
    ]
    command = command_behind(ledger, change.before, recorded, event)
    decided = ACCOUNT.decide(command, change.before)
    outcome, remark = _outcome(decided, event)
    mentioned = [*history, event, command, change.after]
    if not isinstance(decided, Rejection):
        mentioned.extend(decided)
    return f'''\
"""Event {position} of a history, reproduced.

Written by `esbank test`. It needs pytest and esbank_core, and runs as it stands.
"""

from esbank_core.bank.account import ACCOUNT
{_imports(commands.__name__, mentioned)}\
{_imports(events.__name__, mentioned)}\
{_imports(states.__name__, mentioned)}\
from esbank_core.kernel.given_when_then import Stories

EVENT_ID = {str(recorded.id)!a}
HISTORY = {_tuple(history)}
EVENT = {_literal(event)}


def test_what_the_rules_decide():
    story = Stories(ACCOUNT).given(*HISTORY)
    command = {_literal(command)}
{remark}    story.when(command){outcome}


def test_what_the_event_makes_of_the_account():
    assert ACCOUNT.fold((*HISTORY, EVENT)) == {_literal(change.after)}
'''


def _outcome(decided: Sequence[Event] | Rejection, event: Event) -> tuple[str, str]:
    """How the story ends, and a remark where history ended it otherwise."""
    if isinstance(decided, Rejection):
        remark = "    # It happened, and the rules of today would refuse it.\n"
        return f".then_rejected({str(decided.code)!a}, {decided.sentence!a})", remark
    if list(decided) == [event]:
        return ".then(EVENT)", ""
    remark = "    # Something else happened: the rules of today decide otherwise.\n"
    if not decided:
        return ".then_nothing_happened()", remark
    return f".then({', '.join(map(_literal, decided))})", remark


def _imports(module: str, mentioned: Sequence[object]) -> str:
    kinds = {type(value) for value in mentioned}
    names = sorted(kind.__name__ for kind in kinds if kind.__module__ == module)
    if not names:
        return ""
    listed = "".join(f"    {name},\n" for name in names)
    return f"from {module} import (\n{listed})\n"


def _tuple(values: Sequence[Event]) -> str:
    if not values:
        return "()"
    return "(\n" + "".join(f"    {_literal(value)},\n" for value in values) + ")"


def _literal(value: Event | State | commands.Command) -> str:
    """A message or a state as Python writes it, in ASCII whatever it holds."""
    return ascii(value)
