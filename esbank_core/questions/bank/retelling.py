"""A history that is told again, event by event, from the first edit on.

Each event is turned back into the command that led to it, and that is decided again where the
account is not as it was; what a process manager would do about it follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from esbank_core.bank.account import ACCOUNT, Ledger
from esbank_core.bank.command_of import command_of
from esbank_core.bank.commands import Command, ReceiveTransfer
from esbank_core.bank.events import (
    Event,
    TransferId,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.rejections import transfer_not_sent
from esbank_core.bank.states import State, currency_in
from esbank_core.bank.transfer import TRANSFER, UnderWay, ended_by
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import EventId, Position, StreamId, Version
from esbank_core.kernel.process_manager import Cause
from esbank_core.kernel.recorded import NO_ATTRIBUTES, OPAQUE, Opaque, RecordedEvent
from esbank_core.kernel.written.cloud_events import OF_PAYLOAD
from esbank_core.questions.bank.edits import (
    ChangeTo,
    Edit,
    EditedTwiceError,
    Insert,
    LeaveOut,
    Outcome,
    Redecided,
    WhatIf,
)


class Retelling:
    """A history that is being told again, as many events at a time as one has time for.

    It is used up by going on; what it has ``told`` at the end is a value. Without ``tells_same``,
    that says nothing of events that stay the same: most of a long history.

    Raises:
        IndexError: an edit is of a position that the ledger does not have.
        EditedTwiceError: two edits contradict each other.
    """

    def __init__(self, ledger: Ledger, edits: Iterable[Edit], *, tells_same: bool = True) -> None:
        self._ledger = ledger
        self._inserted: dict[Position, list[Insert]] = {}
        self._edited: dict[Position, LeaveOut | ChangeTo] = {}
        for edit in edits:
            self._take_in(edit)
        first = min((*self._inserted, *self._edited), default=Position(ledger.head + 1))
        self._first = Position(first)
        self._next = Position(1)
        self._told: Ledger = ledger.until(Position(first - 1))
        self._telling = _Telling(ledger, Position(first - 1), tells_same=tells_same)

    def _take_in(self, edit: Edit) -> None:
        head, is_insert = self._ledger.head, isinstance(edit, Insert)
        if not 1 <= edit.position <= head + is_insert:
            raise IndexError(f"No event stands at position {edit.position} of {head}.")
        if isinstance(edit, Insert):
            self._inserted.setdefault(edit.position, []).append(edit)
        elif edit.position in self._edited:
            raise EditedTwiceError(edit.position)
        else:
            self._edited[edit.position] = edit

    @property
    def head(self) -> Position:
        """The position of the original's last event."""
        return self._ledger.head

    @property
    def done(self) -> Position:
        """Up to which position of the original it has come."""
        return Position(min(self._next - 1, self._ledger.head))

    @property
    def is_done(self) -> bool:
        """Whether the end has been told."""
        return self._next > self._ledger.head + 1

    def go_on(self, events: int) -> None:
        """Tell what became of so many events more of the original."""
        ledger, telling = self._ledger, self._telling
        stop = min(self._next + events, ledger.head + 2)
        for position in map(Position, range(self._next, stop)):
            if position < self._first:
                telling.pass_over(ledger.at(position))
                continue
            for insert in self._inserted.get(position, ()):
                telling.insert(insert)
            if position > ledger.head:
                break
            match self._edited.get(position):
                case LeaveOut():
                    telling.leave_out(ledger.at(position))
                case ChangeTo(event=event):
                    telling.change(ledger.at(position), event)
                case None:
                    telling.decide_again(ledger.at(position))
        self._next = Position(stop)
        self._told = self._told.extend(telling.new())

    def told(self) -> WhatIf:
        """Both histories, as far as it has come."""
        return WhatIf(self._ledger, self._told, tuple(self._telling.steps))


class _Telling:
    """The other history, as far as it has been told. Used up by going on."""

    def __init__(self, ledger: Ledger, until: Position, *, tells_same: bool) -> None:
        self._ledger = ledger
        self._tells_same = tells_same
        self._told = 0
        self._new: list[RecordedEvent[Event | Opaque]] = []
        self._states: dict[StreamId, State] = {}
        self._originally: dict[StreamId, State] = {}
        """The states of history itself, right after the last event that was told again."""
        self._versions: dict[StreamId, Version] = {}
        self._until = until
        self._made = 0
        self._sent = _Sent()
        self._sent_originally = _Sent()
        self.steps: list[Redecided] = []

    def new(self) -> list[RecordedEvent[Event | Opaque]]:
        """What has been told since this was last asked."""
        new, self._new = self._new, []
        return new

    def pass_over(self, kept: RecordedEvent[Event | Opaque]) -> None:
        """Take notice of an event before the first edit, which stays."""
        self._sent.see(kept)
        self._sent_originally.see(kept)

    def insert(self, edit: Insert) -> None:
        """Add an event that did not happen, at the time of the one before which it stands.

        Raises:
            IndexError: there is no event, and so no time.
        """
        recorded, head = self._ledger.recorded, self._ledger.head
        near = recorded[min(edit.position, head) - 1] if head else None
        if near is None:
            raise IndexError("An empty history has no time at which to insert an event.")
        model = replace(
            near,
            id=self._new_name(),
            stream_id=edit.stream_id,
            actor=None,
            correlation_id=None,
            causation_id=None,
            attributes=NO_ATTRIBUTES,
        )
        self._step(None, Outcome.INSERTED, [self._tell_new(model, edit.event)])
        self._deliver_if_new(model, edit.event)

    def leave_out(self, original: RecordedEvent[Event | Opaque]) -> None:
        """Pass an event over that is to be left out."""
        self._sent_originally.see(original)
        self._step(original, Outcome.LEFT_OUT, [])

    def change(self, original: RecordedEvent[Event | Opaque], event: Event) -> None:
        """Tell an event as it is to have been."""
        self._sent_originally.see(original)
        if event == original.event:
            self._step(original, Outcome.SAME, [self._tell(original)])
        else:
            self._step(original, Outcome.CHANGED, [self._tell_new(original, event)])
            self._deliver_if_new(original, event)

    def decide_again(self, original: RecordedEvent[Event | Opaque]) -> None:
        """Tell what becomes of an event that nobody has edited."""
        event, stream_id = original.event, original.stream_id
        if isinstance(event, OPAQUE):
            self._step(original, Outcome.SAME, [self._tell(original)])
        elif (sending := ended_by(self._sent_originally.under_way, original)) is not None:
            self._carry_on(original, sending)
        else:
            self._sent_originally.see(original)
            state, was = self._state_of(stream_id), self._state_before(original)
            if state is was or state == was:
                self._step(original, Outcome.SAME, [self._tell(original)])
            else:
                self._put_to_the_rules(original, event, state, was)

    def _put_to_the_rules(
        self, original: RecordedEvent[Event | Opaque], event: Event, state: State, was: State
    ) -> None:
        command = command_of(original.stream_id, event, currency_in(was).code)
        decided = ACCOUNT.decide(command, state)
        if isinstance(decided, Rejection):
            refused_then = ACCOUNT.decide(command, was)
            if isinstance(refused_then, Rejection) and refused_then.code == decided.code:
                decided = [event]
            else:
                self._step(original, Outcome.REJECTED, [], decided)
                return
        if list(decided) == [event]:
            self._step(original, Outcome.SAME, [self._tell(original)])
        else:
            instead = [self._tell_new(original, other) for other in decided]
            self._step(original, Outcome.DIFFERENT, instead)

    def _carry_on(self, original: RecordedEvent[Event | Opaque], sending: EventId) -> None:
        """The second step of a transfer: as the process manager would have it now."""
        event = original.event
        transfer = self._sent.under_way.get(sending)
        originally = self._sent_originally.under_way[sending]
        self._sent_originally.see(original)
        if transfer is None:
            self._step(original, Outcome.REJECTED, [], transfer_not_sent())
            return
        involved = {transfer.sent.receiver}
        if isinstance(event, TransferReceived):
            involved.add(original.stream_id)
        before = Position(original.position - 1)
        is_same = (transfer.sender, transfer.sent) == (originally.sender, originally.sent)
        if is_same and all(
            self._state_of(account) == self._ledger.state_of(account, before)
            for account in involved
        ):
            self._step(original, Outcome.SAME, [self._tell(original)])
            return
        account_id, decided = self._delivered(transfer.sender, transfer.sent)
        if isinstance(decided, Rejection):
            self._step(original, Outcome.REJECTED, [], decided)
        elif account_id == original.stream_id and list(decided) == [event]:
            self._step(original, Outcome.SAME, [self._tell(original)])
        else:
            model = replace(original, stream_id=account_id)
            instead = [self._tell_new(model, other) for other in decided]
            self._step(original, Outcome.DIFFERENT, instead)

    def _deliver_if_new(self, model: RecordedEvent[Event | Opaque], event: Event) -> None:
        """Carry on a transfer that only an edit has sent: no event of history does."""
        if isinstance(event, TransferSent) and not self._is_known(event.transfer_id):
            account_id, decided = self._delivered(model.stream_id, event)
            if not isinstance(decided, Rejection):
                model = replace(model, stream_id=account_id)
                told = [self._tell_new(model, other) for other in decided]
                self._step(None, Outcome.INSERTED, told)

    def _is_known(self, transfer_id: TransferId) -> bool:
        """Whether history has a transfer of that id, which its own events then carry on."""
        return any(
            isinstance(recorded.event, TransferSent) and recorded.event.transfer_id == transfer_id
            for recorded in self._ledger.recorded
        )

    def _delivered(
        self, sender: StreamId, sent: TransferSent
    ) -> tuple[StreamId, Sequence[Event] | Rejection]:
        """Which account a transfer ends in, and what the rules make of it there."""
        currency = currency_in(self._state_of(sender)).code
        command: Command = ReceiveTransfer(
            sent.receiver, sent.amount, sent.transfer_id, sender, currency
        )
        decided = ACCOUNT.decide(command, self._state_of(sent.receiver))
        if isinstance(decided, Rejection):
            command = TRANSFER.refused(command, decided)
            decided = ACCOUNT.decide(command, self._state_of(sender))
        return command.account_id, decided

    def _state_before(self, original: RecordedEvent[Event | Opaque]) -> State:
        """The state in which an event of history happened."""
        stream_id, place = original.stream_id, original.position
        before = self._originally.get(stream_id)
        if before is None:
            return self._ledger.state_of(stream_id, Position(place - 1))
        return before

    def _state_of(self, stream_id: StreamId) -> State:
        known = self._states.get(stream_id)
        return self._ledger.state_of(stream_id, self._until) if known is None else known

    def _tell_new(
        self, model: RecordedEvent[Event | Opaque], event: Event
    ) -> RecordedEvent[Event | Opaque]:
        """An event that did not happen, recorded as its model was, under a name of its own."""
        name = self._new_name()
        self._made += 1
        attributes = {name: of for name, of in model.attributes.items() if name not in OF_PAYLOAD}
        told = replace(model, event=event, id=name, attributes=attributes)
        return self._tell(told, in_place_of=model.id)

    def _new_name(self) -> EventId:
        return EventId(f"what-if/{self._made + 1}")

    def _tell(
        self, told: RecordedEvent[Event | Opaque], in_place_of: EventId | None = None
    ) -> RecordedEvent[Event | Opaque]:
        stream_id = told.stream_id
        last = self._versions.get(stream_id)
        if last is None:
            last = self._ledger.version_of(stream_id, self._until)
        self._told += 1
        position = Position(self._until + self._told)
        if (told.version, told.position) != (last + 1, position):
            told = _moved(told, Version(last + 1), position)
        self._versions[stream_id] = told.version
        if not isinstance(told.event, OPAQUE):
            self._states[stream_id] = ACCOUNT.evolve(self._state_of(stream_id), told.event)
        self._sent.see(told, in_place_of)
        self._new.append(told)
        return told

    def _step(
        self,
        original: RecordedEvent[Event | Opaque] | None,
        outcome: Outcome,
        instead: Sequence[RecordedEvent[Event | Opaque]],
        rejection: Rejection | None = None,
    ) -> None:
        if original is not None:
            self._originally[original.stream_id] = self._ledger.states[original.position - 1]
        if self._tells_same or outcome is not Outcome.SAME:
            self.steps.append(Redecided(original, outcome, tuple(instead), rejection))


def _moved(
    recorded: RecordedEvent[Event | Opaque], version: Version, position: Position
) -> RecordedEvent[Event | Opaque]:
    # Spelled out: ``dataclasses.replace`` would be most of what telling again costs.
    return RecordedEvent(
        recorded.event,
        recorded.id,
        recorded.stream_id,
        version,
        position,
        recorded.time,
        recorded.actor,
        recorded.correlation_id,
        recorded.causation_id,
        recorded.attributes,
    )


class _Sent:
    """The transfers that are under way, by the event of history that sent them or would have."""

    def __init__(self) -> None:
        self.under_way: dict[EventId, UnderWay] = {}

    def see(
        self, recorded: RecordedEvent[Event | Opaque], in_place_of: EventId | None = None
    ) -> None:
        match recorded.event:
            case TransferSent() as sent:
                cause = Cause(recorded.id, recorded.correlation_id or recorded.id)
                transfer = UnderWay(recorded.stream_id, sent, cause)
                self.under_way[in_place_of or recorded.id] = transfer
            case TransferReceived() | TransferReturned():
                if (ended := ended_by(self.under_way, recorded)) is not None:
                    del self.under_way[ended]
            case _:
                pass
