"""A command from asked to answered: which step comes next, and nothing that does a step.

No store, clock or screen is in here (in the manner of h11: "sans I/O"). A driver holds one value,
does what its type says, hands in what came of it, and gets the next value:

====================  ==============================  ==========================================
value                 what the driver does            what it hands in
====================  ==============================  ==========================================
``Asked``             looks at the history            ``decide(decider, known)``
``Appending``         appends the events              ``appended(recorded)`` or ``overtaken()``
``Remembering``       keeps the answer                ``remembered()`` or ``overtaken()``
``Answered``          tells whoever asked             nothing: it has ended
====================  ==============================  ==========================================

The drivers are ``stores.command_handler`` and, through it, ``stores.process_runner``; a ledger
that is all in memory is driven by ``decide_on``, as the page does.

**Transitions.** Whichever row fits first holds; ``other way`` is what a process manager asks for
in place of what was refused (money that cannot arrive goes home).

======  ===============  =====================================================  ===============
row     from             when                                                   to
======  ===============  =====================================================  ===============
done    ``Asked``        the stream holds events that this command caused       ``Answered``
known   ``Asked``        a refusal is remembered, and there is an other way     ``Asked``
again   ``Asked``        an answer is remembered                                ``Answered``
events  ``Asked``        the rules give events                                  ``Appending``
named   ``Asked``        the rules give none, and the command has an id         ``Remembering``
turned  ``Asked``        the rules refuse, no id, and there is an other way     ``Asked``
told    ``Asked``        the rules give none                                    ``Answered``
new     ``Appending``    appended                                               ``Answered``
stale   ``Appending``    conflict                                               ``Asked``
other   ``Remembering``  remembered a refusal, and there is an other way        ``Asked``
kept    ``Remembering``  remembered                                             ``Answered``
moved   ``Remembering``  conflict                                               ``Asked``
crash   any              the driver ends; someone asks the same again           ``Asked``
======  ===============  =====================================================  ===============

**Why nothing is done twice.** A conflict and a crash lead to the same place: the request as it
was first asked, with all that had been found out forgotten, the way that it was on included. The
only way on from there goes through ``decide``, which takes the history as it is now. There is
no value that holds both a decision and a later version than the one it was made on, so that
nothing can be appended on the strength of what was true a moment ago.

**Two kinds of store.** Where each stream has a version of its own, a conflict tells only of the
one stream that is written to. A process that turns from one stream to another would decide on a
refusal that may hold no more, so a refusal is written down first (``Remembering``), under the
version that it was made on: from then on it holds for everybody. Where the position of the
whole ledger is what an append is held against, every decision holds until the next append, and
there is nothing to write down: ``decide_on`` takes ``Remembering`` for done.

**What is not pretty.** A request without an id cannot be recognised: asked twice, it is done twice.
That a process is still due is not asked here but by whoever makes the request (``reactions``), of
the same history; the handler, whose history may move on meanwhile, relies on ``done`` and ``known``
instead. How many conflicts are too many is the driver's to say (``Asked.conflicts`` counts).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar, assert_never

from esbank_core.kernel.decider import Decider, NoEvents, Rejection
from esbank_core.kernel.history import History
from esbank_core.kernel.identity import GENESIS, NO_STREAM, CommandId, Position, StreamId, Version
from esbank_core.kernel.process_manager import Cause, ProcessManager
from esbank_core.kernel.recorded import OPAQUE, Opaque, RecordedEvent

Command = TypeVar("Command")
Event = TypeVar("Event")
State = TypeVar("State")
Progress = TypeVar("Progress")


@dataclass(frozen=True, slots=True)
class Request(Generic[Command]):
    """A command as it is asked, and the stream that it is for.

    ``id`` becomes the causation id of its events, ``correlation_id`` is shared by all that one
    asking led to. ``otherwise`` is what to ask in place of it if the rules refuse it. Whatever it
    may have caused already stands after position ``since``.
    """

    command: Command
    stream_id: StreamId
    id: CommandId | None = None
    correlation_id: str | None = None
    otherwise: Callable[[Rejection], Request[Command]] | None = None
    since: Position = GENESIS


@dataclass(frozen=True, slots=True)
class Known(Generic[State, Event]):
    """All that one stream says to one request, as of a version.

    ``caused`` are the events that the request led to before; ``answered`` is what it was answered
    when it led to none, where the store remembers that.
    """

    state: State
    version: Version = NO_STREAM
    caused: tuple[RecordedEvent[Event | Opaque], ...] = ()
    answered: NoEvents | None = None

    def read_on(
        self,
        evolve: Callable[[State, Event], State],
        recorded: Iterable[RecordedEvent[Event | Opaque]],
        command_id: CommandId | None,
    ) -> Known[State, Event]:
        """The same after more events of the stream, in order of version."""
        state, version, caused = self.state, self.version, list(self.caused)
        for newcomer in recorded:
            version = newcomer.version
            if not isinstance(newcomer.event, OPAQUE):
                state = evolve(state, newcomer.event)
            if command_id is not None and newcomer.causation_id == command_id:
                caused.append(newcomer)
        return Known(state, version, tuple(caused), self.answered)


@dataclass(frozen=True, slots=True)
class Decided(Generic[Command, State, Event]):
    """What the rules made of a request, and the state and version that they made it of."""

    request: Request[Command]
    before: State
    version: Version
    result: tuple[Event, ...] | Rejection


@dataclass(frozen=True, slots=True)
class Asked(Generic[Command]):
    """Nothing is known yet but the request: look at the history."""

    first: Request[Command]
    """The request as it came; what any conflict leads back to."""
    turned_to: Request[Command] | None = None
    """The other way, once the first request was refused."""
    conflicts: int = 0

    @property
    def request(self) -> Request[Command]:
        """What is asked at present: the stream to look at is that of this."""
        return self.turned_to or self.first

    def decide(
        self, decider: Decider[Command, State, Event], known: Known[State, Event]
    ) -> Step[Command, State, Event]:
        """The step that follows from what the request's stream says."""
        request = self.request
        if known.caused:
            return Answered(known.caused)
        if known.answered is not None:
            return self._other_way(known.answered) or Answered(known.answered)
        result = decider.decide(request.command, known.state)
        if not isinstance(result, Rejection):
            result = tuple(result)
        decided = Decided(request, known.state, known.version, result)
        if not isinstance(result, Rejection) and result:
            return Appending(self, decided, result)
        answer = result if isinstance(result, Rejection) else ()
        if request.id is not None:
            return Remembering(self, decided, answer, request.id)
        return self._other_way(answer) or Answered(answer, decided)

    def _other_way(self, answer: NoEvents) -> Asked[Command] | None:
        otherwise = self.request.otherwise
        if otherwise is None or not isinstance(answer, Rejection):
            return None
        return replace(self, turned_to=otherwise(answer))

    def _again(self) -> Asked[Command]:
        return Asked(self.first, conflicts=self.conflicts + 1)


@dataclass(frozen=True, slots=True)
class Appending(Generic[Command, State, Event]):
    """The rules gave events: append them to the stream at the version decided on."""

    asked: Asked[Command]
    decided: Decided[Command, State, Event]
    events: tuple[Event, ...]

    def appended(
        self, recorded: Sequence[RecordedEvent[Event | Opaque]]
    ) -> Answered[Command, State, Event]:
        """They are history now."""
        return Answered(tuple(recorded), self.decided)

    def overtaken(self) -> Asked[Command]:
        """The history had moved on, and nothing was appended: ask everything again."""
        return self.asked._again()


@dataclass(frozen=True, slots=True)
class Remembering(Generic[Command, State, Event]):
    """The rules gave no events: keep the answer beside the stream, at the version decided on."""

    asked: Asked[Command]
    decided: Decided[Command, State, Event]
    answer: NoEvents
    command_id: CommandId

    def remembered(self) -> Asked[Command] | Answered[Command, State, Event]:
        """From now on this is the answer, whoever asks."""
        return self.asked._other_way(self.answer) or Answered(self.answer, self.decided)

    def overtaken(self) -> Asked[Command]:
        """The history had moved on, and nothing was kept: ask everything again."""
        return self.asked._again()


@dataclass(frozen=True, slots=True)
class Answered(Generic[Command, State, Event]):
    """The end: the events that the request led to, or why it led to none.

    ``decided`` is the decision that led here; None if the answer is that of an earlier time.
    """

    answer: tuple[RecordedEvent[Event | Opaque], ...] | Rejection
    decided: Decided[Command, State, Event] | None = None


Step = (
    Asked[Command]
    | Appending[Command, State, Event]
    | Remembering[Command, State, Event]
    | Answered[Command, State, Event]
)


def decide_on(
    history: History[State, Event],
    decider: Decider[Command, State, Event],
    asked: Asked[Command],
) -> Appending[Command, State, Event] | Answered[Command, State, Event]:
    """Ask everything of one whole history: what to append to it, or the answer.

    What comes out holds as long as nothing else is appended. So append it at the next position of
    this very history, or not at all, and after a conflict ask again of what the history is then.
    """
    step: Step[Command, State, Event] = asked
    while True:
        match step:
            case Asked():
                step = step.decide(decider, known_in(history, step.request))
            case Remembering():
                step = step.remembered()
            case Appending() | Answered():
                return step
            case _:
                assert_never(step)


def known_in(history: History[State, Event], request: Request[Command]) -> Known[State, Event]:
    """What a whole history says to a request.

    What the request led to is looked for in every stream: of one that was refused here and went
    the other way, or is about to, both ways are the same request.
    """
    after = history.recorded[request.since :] if request.id is not None else ()
    return Known(
        history.state_of(request.stream_id),
        history.version_of(request.stream_id),
        tuple(recorded for recorded in after if recorded.causation_id == request.id),
    )


def reactions(
    manager: ProcessManager[Event, Progress, Command], progress: Progress
) -> Iterator[Request[Command]]:
    """What the processes ask for, as far as they have come; oldest first.

    Each request has the id of the event that it reacts to, so that it is done once.
    """
    for reaction in manager.resume(progress):
        yield _request(manager, reaction.command, reaction.cause, has_other_way=True)


def _request(
    manager: ProcessManager[Event, Progress, Command],
    command: Command,
    cause: Cause,
    *,
    has_other_way: bool,
) -> Request[Command]:
    def otherwise(rejection: Rejection) -> Request[Command]:
        instead = manager.refused(command, rejection)
        return _request(manager, instead, cause, has_other_way=False)

    return Request(
        command,
        manager.stream_of(command),
        CommandId(cause.event_id),
        cause.correlation_id,
        otherwise if has_other_way else None,
        cause.position,
    )
