"""The rooms of the page: which labs there are, which are open, and who is heard in them.

The Python of the labs comes when the first of them is opened; until then, whatever is done to one
waits here, in order. A lab that is closed keeps its room as it was, and yields nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Final

from bankpage.labs.contract import Fields, Gesture, Heard, Lab, LabEffect, Room, Subject, Wish
from bankpage.paper.effects import After
from bankpage.paper.occasion import Occasion
from bankpage.paper.phrases import Phrases
from bankpage.paper.remembered import Remembered
from bankpage.paper.tree import Slot, text

PAUSE_MS: Final = 0


@dataclass(frozen=True, slots=True)
class Door:
    """A lab before it is opened: its name, and its address where it has one.

    One without an address has no button either: what is done to it opens it.
    """

    name: str
    address: str = ""
    looks_at_lines: bool = False
    """Whether lines are looked at in any order there, so that all of them have to be written."""
    is_opened_by_wish: bool = False
    """Whether nothing else opens it: what is still done to it once it is closed comes too late."""


STATES: Final = "states"
"""Where a reader's own states are told, as long as their evolve makes those that are shown."""

DOORS: Final[tuple[Door, ...]] = (
    Door("opening"),
    Door("projection", "#projection"),
    Door("audit", "#audit", looks_at_lines=True),
    Door("debug", "#debug"),
    Door("analytics", "#ask"),
    Door("database", "#sql"),
    Door(STATES, is_opened_by_wish=True),
)
"""The labs, in the order in which they stand on the page."""


@dataclass(frozen=True, slots=True)
class LabToggled:
    """A lab is to be opened, or closed."""

    name: str


@dataclass(frozen=True, slots=True)
class LabsArrived:
    """The Python of the labs is here; or it is not, and ``reason`` says why."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class LabGestured:
    """Something was done to a control of a lab, or its script has something to tell."""

    name: str
    gesture: Gesture


@dataclass(frozen=True, slots=True)
class LabWentOn:
    """It is time for what a lab has a ticket for."""

    name: str
    ticket: int


RoomMessage = LabToggled | LabsArrived | LabGestured | LabWentOn


@dataclass(frozen=True, slots=True)
class LoadLabs:
    """Fetch the Python of the labs; answered by LabsArrived."""


@dataclass(frozen=True, slots=True)
class StartScript:
    """Load the script of a lab that has been opened, if it has one."""

    lab: str


@dataclass(frozen=True, slots=True)
class StopScript:
    """Have the script of a lab that has been closed let go of what it holds."""

    lab: str


Wished = tuple[str, Wish]
"""A wish, and the name of the lab whose it is."""

RoomEffect = LabEffect | LoadLabs | StartScript | StopScript | After[LabWentOn]


@dataclass(frozen=True, slots=True)
class Rooms:
    """Which labs are open, and what has become of them."""

    doors: tuple[Door, ...]
    open: frozenset[str] = frozenset()
    made: Mapping[str, Room] = field(default_factory=dict)
    are_here: bool = False
    """Whether the Python of the labs has arrived."""
    are_coming: bool = False
    reason: str = ""
    """Why it did not arrive, if it did not."""
    waiting: tuple[tuple[str, Gesture | None, str], ...] = ()
    """What was done to labs before they were here: a gesture, or a draft."""
    left: Mapping[str, Subject] = field(default_factory=dict)
    """What was on the stage when a lab was closed: all that it has seen, until it has looked."""

    @property
    def have_to_look(self) -> bool:
        """Whether a lab is open again that has not seen what is on the stage since."""
        return any(name in self.open for name in self.left)

    @property
    def names(self) -> frozenset[str]:
        """The names of all labs."""
        return frozenset(door.name for door in self.doors)


CLOSED: Final = Rooms(DOORS)
"""All of them closed, as the page begins."""


@dataclass(frozen=True, slots=True)
class Entered:
    """The rooms after something has happened in one, and what is asked for because of it."""

    rooms: Rooms
    effects: tuple[RoomEffect, ...] = ()
    wishes: tuple[Wished, ...] = ()


def room_message(
    gesture: str, fields: Fields, attached: bytes, names: frozenset[str]
) -> RoomMessage | None:
    """The message that a gesture in a lab, or at its door, stands for; None for any other."""
    if gesture == "toggle-lab":
        return LabToggled(fields["lab"])
    name, _, own = gesture.partition("-")
    return LabGestured(name, Gesture(own, fields, attached)) if name in names and own else None


def door_at(rooms: Rooms, address: str) -> Door | None:
    """The door of the lab that has an address."""
    return next((door for door in rooms.doors if door.address and door.address == address), None)


def enter(rooms: Rooms, message: RoomMessage, subject: Subject, occasion: Occasion) -> Entered:
    """What a message makes of the rooms.

    Raises:
        ValueError, KeyError: the lab has no control that makes this gesture.
    """
    match message:
        case LabToggled(name=name) if name in rooms.open:
            left = {**rooms.left, name: subject} if name in rooms.made else rooms.left
            closed = replace(rooms, open=rooms.open - {name}, left=left)
            return Entered(closed, (StopScript(name),))
        case LabToggled(name=name):
            return opened(rooms, name)
        case LabsArrived(reason=reason):
            return _arrived(rooms, reason, subject, occasion)
        case LabGestured(name=name, gesture=gesture):
            return _gestured(rooms, name, gesture, subject, occasion)
        case LabWentOn(name=name, ticket=ticket):
            room = rooms.made.get(name)
            if room is None or name not in rooms.open:
                return Entered(rooms)
            return _heard(rooms, room.go_on(ticket, subject, occasion))


def opened(rooms: Rooms, name: str) -> Entered:
    """The rooms with one opened; what it was in the middle of goes on.

    Raises:
        ValueError: there is no lab of this name.
    """
    if name not in rooms.names:
        raise ValueError(f"There is no lab “{name}”.")
    if name in rooms.open and rooms.are_here:
        return Entered(rooms)
    rooms = replace(rooms, open=rooms.open | {name}, reason="")
    if not rooms.are_here:
        # If they did not arrive the last time, this tries once more.
        loading: tuple[RoomEffect, ...] = () if rooms.are_coming else (LoadLabs(),)
        return Entered(replace(rooms, are_coming=True), loading)
    rooms, room = _with_room(rooms, name)
    going_on = tuple(After(PAUSE_MS, LabWentOn(name, ticket)) for ticket in room.tickets)
    return Entered(rooms, (StartScript(name), *going_on))


def drafted(rooms: Rooms, name: str, draft: str, subject: Subject, occasion: Occasion) -> Entered:
    """The rooms with one opened that takes a draft in."""
    entered = opened(rooms, name)
    if not draft:
        return entered
    if not entered.rooms.are_here:
        waiting = (*entered.rooms.waiting, (name, None, draft))
        return replace(entered, rooms=replace(entered.rooms, waiting=waiting))
    room = entered.rooms.made[name]
    return _after(entered, _heard(entered.rooms, room.draft(draft, subject, occasion)))


def noticed(rooms: Rooms, before: Subject, after: Subject, occasion: Occasion) -> Entered:
    """The rooms after the open ones have seen that the subject is another.

    One that was closed meanwhile has seen less than ``before``; where that is ``after``, it alone
    has something to see.
    """
    left = {name: seen for name, seen in rooms.left.items() if name not in rooms.open}
    entered = Entered(replace(rooms, left=left))
    for name in sorted(rooms.open & rooms.made.keys()):
        seen = rooms.left.get(name, before)
        if seen is not after:
            heard = entered.rooms.made[name].notice(seen, after, occasion)
            entered = _after(entered, _heard(entered.rooms, heard))
    return entered


@Remembered
def doors(rooms: Rooms, phrases: Phrases) -> tuple[Slot, ...]:
    """Each lab's button and region; it is told there if a lab did not arrive."""
    return tuple(_doors(rooms, phrases))


def _doors(rooms: Rooms, phrases: Phrases) -> Iterator[Slot]:
    for door in rooms.doors:
        is_open = door.name in rooms.open
        is_here = door.name in rooms.made
        if door.address:
            words = phrases(f"{door.name}-{'close' if is_open else 'open'}")
            yield text(
                f"{door.name}-door", words, **{"aria-expanded": "true" if is_open else "false"}
            )
        yield Slot(f"{door.name}-lab", {"hidden": not is_open, "aria-busy": not is_here})
        said = phrases("lab-missing", reason=rooms.reason) if rooms.reason else ""
        coming = phrases("lab-coming") if is_open and rooms.are_coming else ""
        yield text(f"{door.name}-arriving", said or coming, hidden=is_here)
        yield Slot(f"{door.name}-room", {"hidden": not is_here})


def slots(rooms: Rooms, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The slots of every open lab."""
    for door in rooms.doors:
        if door.name in rooms.open and (room := rooms.made.get(door.name)):
            yield from room.view(subject, phrases)


def _arrived(rooms: Rooms, reason: str, subject: Subject, occasion: Occasion) -> Entered:
    rooms = replace(rooms, are_coming=False)
    if reason:
        return Entered(replace(rooms, reason=reason, waiting=()))
    entered = Entered(replace(rooms, are_here=True, reason="", waiting=()))
    for name in sorted(rooms.open):
        entered = replace(entered, rooms=_with_room(entered.rooms, name)[0])
        entered = replace(entered, effects=(*entered.effects, StartScript(name)))
    for name, gesture, draft in rooms.waiting:
        room = entered.rooms.made[name]
        if gesture is None:
            heard = room.draft(draft, subject, occasion)
        else:
            heard = room.hear(gesture, subject, occasion)
        entered = _after(entered, _heard(entered.rooms, heard))
    return entered


def _gestured(
    rooms: Rooms, name: str, gesture: Gesture, subject: Subject, occasion: Occasion
) -> Entered:
    is_open = name in rooms.open
    if not is_open and any(
        door.name == name and (door.address or door.is_opened_by_wish) for door in rooms.doors
    ):
        return Entered(rooms)  # its script was still telling something when it was closed
    entered = opened(rooms, name)
    rooms = entered.rooms
    if not rooms.are_here:
        return replace(entered, rooms=replace(rooms, waiting=(*rooms.waiting, (name, gesture, ""))))
    return _after(entered, _heard(rooms, rooms.made[name].hear(gesture, subject, occasion)))


def _heard(rooms: Rooms, heard: Heard) -> Entered:
    name = heard.room.name
    rooms = replace(rooms, made={**rooms.made, name: heard.room})
    wishes = tuple((name, wish) for wish in heard.wishes)
    if heard.ticket is None:
        return Entered(rooms, heard.effects, wishes)
    going_on = After(heard.pause, LabWentOn(name, heard.ticket))
    return Entered(rooms, (*heard.effects, going_on), wishes)


def _after(first: Entered, then: Entered) -> Entered:
    effects, wishes = (*first.effects, *then.effects), (*first.wishes, *then.wishes)
    return Entered(then.rooms, effects, wishes)


def _with_room(rooms: Rooms, name: str) -> tuple[Rooms, Room]:
    made = rooms.made.get(name)
    if made is not None:
        return rooms, made
    lab = import_module(f"bankpage.labs.{name}.lab").LAB
    if not isinstance(lab, Lab):
        raise TypeError(f"The lab “{name}” does not keep to the contract.")
    room = lab.room()
    return replace(rooms, made={**rooms.made, name: room}), room
