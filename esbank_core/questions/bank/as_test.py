"""A test from a moment: a pytest file that tells one event of a history as a story, and runs.

Given what had happened to the account by then, when the event's command is given, then what
the rules decide today. Where that is not what history says, the file says so: it is a test of
the rules, and a moment that they would not allow any more is just what one may be after.

Nothing from the history gets into the file but as a Python literal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from esbank_core.bank import commands, events, states
from esbank_core.bank.account import ACCOUNT, Ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import EventId, Position, event_id
from esbank_core.kernel.recorded import OPAQUE
from esbank_core.questions.bank.pseudonyms import Pseudonyms
from esbank_core.questions.bank.todays_rules import command_behind


class NoStoryError(ValueError):
    """The event is of no type or schema that the bank knows, so that no command leads to it."""

    def __init__(self, position: Position) -> None:
        self.position = position
        super().__init__(
            f"Event {position} is of no type that this bank knows, or of no such schema."
        )


def as_test(ledger: Ledger, position: Position, *, is_anonymous: bool = False) -> str:
    """The text of a pytest file that reproduces the event at a position.

    With ``is_anonymous``, the names and notes in it are replaced (``pseudonyms``).

    Raises:
        IndexError: there is no such position.
        NoStoryError: nothing is known of the event but its name.
    """
    return "".join(pieces_of_test(ledger, position, is_anonymous=is_anonymous))


def pieces_of_test(
    ledger: Ledger, position: Position, *, is_anonymous: bool = False
) -> Iterator[str]:
    """The same text piece by piece, for who has no time for a long one in one go.

    Raises:
        IndexError: there is no such position.
        NoStoryError: nothing is known of the event but its name.
    """
    change = ledger.change_at(position)
    recorded = change.recorded
    event, stream_id = recorded.event, recorded.stream_id
    if isinstance(event, OPAQUE):
        raise NoStoryError(position)
    history: Iterable[Event] = (
        earlier.event
        for earlier in ledger.stream(stream_id)
        if earlier.position < position and not isinstance(earlier.event, OPAQUE)
    )
    command = command_behind(ledger, change.before, recorded, event)
    if not is_anonymous:
        story = _Story(change.before, command, event, change.after)
        return _pieces(position, recorded.id, list(history), story)
    names = Pseudonyms()
    command, event = names.in_(command), names.in_(event)
    history = [names.in_(earlier) for earlier in history]
    before = ACCOUNT.fold(history)
    story = _Story(before, command, event, ACCOUNT.evolve(before, event))
    name = event_id(names.account(stream_id), recorded.version)
    return _pieces(position, name, history, story)


@dataclass(frozen=True, slots=True)
class _Story:
    """The moment itself: the state before, what was asked, what happened, the state after."""

    before: State
    command: commands.Command
    event: Event
    after: State


def _pieces(
    position: Position, name: EventId, history: Sequence[Event], story: _Story
) -> Iterator[str]:
    decided = ACCOUNT.decide(story.command, story.before)
    outcome, remark = _outcome(decided, story.event)
    mentioned = {type(event) for event in (*history, story.event, story.command, story.after)}
    if not isinstance(decided, Rejection):
        mentioned.update(map(type, decided))
    yield f'''\
"""Event {position} of a history, reproduced.

Written by esbank. It needs pytest and esbank_core, and runs as it stands.
"""

from esbank_core.bank.account import ACCOUNT
{_imports(commands.__name__, mentioned)}\
{_imports(events.__name__, mentioned)}\
{_imports(states.__name__, mentioned)}\
from esbank_core.kernel.given_when_then import Stories

EVENT_ID = {str(name)!a}
HISTORY = ('''
    if history:
        yield "\n"
    for earlier in history:
        yield f"    {_literal(earlier)},\n"
    yield f""")
EVENT = {_literal(story.event)}


def test_what_the_rules_decide():
    story = Stories(ACCOUNT).given(*HISTORY)
    command = {_literal(story.command)}
{remark}    story.when(command){outcome}


def test_what_the_event_makes_of_the_account():
    assert ACCOUNT.fold((*HISTORY, EVENT)) == {_literal(story.after)}
"""


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


def _imports(module: str, mentioned: Iterable[type]) -> str:
    names = sorted(kind.__name__ for kind in mentioned if kind.__module__ == module)
    if not names:
        return ""
    listed = "".join(f"    {name},\n" for name in names)
    return f"from {module} import (\n{listed})\n"


def _literal(value: Event | State | commands.Command) -> str:
    """A message or a state as Python writes it, in ASCII whatever it holds."""
    return ascii(value)
