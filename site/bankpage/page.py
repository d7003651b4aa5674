"""The page: the stage, the live ledger and the labs put together, as one model and one screen.

None knows of the others. A message goes to whom it concerns; what the live ledger and the labs
wish of the stage is granted here, and what looks at a history is told here that it has grown, or
that another has the stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Final, Literal, assert_never

from bankpage import rooms as labs
from bankpage import studying
from bankpage.labs.contract import (
    LIVE,
    ActAs,
    BackToLive,
    EvolveWith,
    LookAt,
    Mark,
    OpenLab,
    OpenStudy,
    ShowOnly,
    Subject,
    Wish,
)
from bankpage.live import files
from bankpage.live import update as live_update
from bankpage.live.actions import actions
from bankpage.live.effects import LiveEffect, ReturnToNow, StoreEffect
from bankpage.live.explanation import decided_as, explanation
from bankpage.live.messages import (
    AccountChosen,
    ActedAs,
    EntriesChanged,
    ExportAsked,
    LiveMessage,
    Loaded,
    StudyAdded,
    Written,
    live_message,
)
from bankpage.live.model import Live
from bankpage.live.notices import chain_status, notices
from bankpage.live.outcomes import outcomes
from bankpage.live.requests import Form
from bankpage.live.results import Exported, NoSuchEvent, Outcome
from bankpage.live.story import paused as story_paused
from bankpage.live.story import story_controls
from bankpage.paper.effects import Address, After, Download, Effect, Focus, Reveal, Show
from bankpage.paper.occasion import Occasion
from bankpage.paper.own_states import OwnStates
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Screen, Slot
from bankpage.rooms import Door, LabToggled, RoomEffect, RoomMessage, Rooms
from bankpage.stage import chain
from bankpage.stage.addresses import NOW_ADDRESS, address_at, address_of, name_in, position_in
from bankpage.stage.announcements import AccountShown, Announcement, announcement_of, announcer
from bankpage.stage.balances import balances
from bankpage.stage.change import change
from bankpage.stage.counting import counting
from bankpage.stage.curve import marks
from bankpage.stage.ledger import ledger
from bankpage.stage.messages import (
    LedgerScrolled,
    RowJumped,
    StageMessage,
    Step,
    Stepped,
    stage_message,
)
from bankpage.stage.model import Speed, Stage
from bankpage.stage.on_paper import kept_up, on_paper
from bankpage.stage.own import own_change, own_state
from bankpage.stage.pipeline import pipeline
from bankpage.stage.slider import slider
from bankpage.stage.state import state
from bankpage.stage.travelling import (
    begun_anew,
    decided,
    followed,
    holding,
    look_on,
    returned,
    showing_only,
    travel,
    unsought,
)
from bankpage.studying import Studied, StudyVerified
from esbank_core.bank.account import Ledger
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import GENESIS, NOWHERE, Position, StreamId

DOORS: Final[tuple[Door, ...]] = (
    Door("opening"),
    Door("projection", "#projection"),
    Door("audit", "#audit"),
    Door("debug", "#debug"),
    Door("analytics", "#ask"),
    Door("database", "#sql"),
)
"""The labs, in the order in which they stand on the page."""

CLOSED: Final = Rooms(DOORS)
"""All of them closed, as the page begins."""


@dataclass(frozen=True, slots=True)
class AddressOpened:
    """Someone came by an address, or went back to one; ``is_arrival`` with the page itself."""

    address: str
    is_arrival: bool


@dataclass(frozen=True, slots=True)
class RowSought:
    """The keyboard goes to a part of a row, from 1, that is not on the page yet."""

    part: Literal["jump", "toggle"]
    row: int


@dataclass(frozen=True, slots=True)
class LiveSought:
    """The reader wants their own ledger back on the stage."""


@dataclass(frozen=True, slots=True)
class AddingSought:
    """The reader wants the events of the study added to their own ledger."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The page opens on what the browser has kept, and on what was chosen at the last visit."""

    loaded: Loaded
    glance: Mapping[str, str]
    """What ``glance`` gave then, or whatever stands in its place now: nothing kept is trusted."""


Message = (
    LiveMessage
    | StageMessage
    | RoomMessage
    | AddressOpened
    | RowSought
    | LiveSought
    | AddingSought
    | StudyVerified
    | Opened
)
PageEffect = Effect[Message] | StoreEffect | RoomEffect
Effects = tuple[PageEffect, ...]
Updated = tuple["Model", Effects]

WAIT_MS: Final = 100
"""How long a lab waits before it looks again whether all has been read."""

SHOWN_ACCOUNT: Final = "account-id"
CHOSEN_ACCOUNT: Final = "chosen-account"
CHOSEN_SPEED: Final = "chosen-speed"

LONGEST_NAME: Final = 20
"""How much is said again of an event's name that no event has."""


GLANCED_AT: Final = ("balance", "status", "account-id", "owner-name", "account-status")
"""What of Current State is shown again at the next visit, before Python runs."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that the page knows."""

    live: Live = field(default_factory=Live)
    stage: Stage = field(default_factory=Stage)
    """How the live ledger is looked at."""
    studied: Studied | None = None
    """The study that has the stage in its place, and how that is looked at."""
    studies: int = 0
    """How many studies have had the stage."""
    rooms: Rooms = CLOSED
    announcement: Announcement | None = None
    announcements: int = 0
    """How many announcements there have been: one that is the same again is said again."""
    address: str = ""
    """What the browser's bar says of where one is."""
    evolved: OwnStates | None = None
    """What a reader's own evolve has made, and below, of which history."""
    evolved_of: Ledger | None = None
    filtered_by: str = ""
    """Which lab has the ledger show some rows alone, and below, has events marked."""
    marked_by: str = ""

    @property
    def history(self) -> Ledger:
        """The history on the stage."""
        return self.studied.study.history if self.studied else self.live.ledger

    @property
    def lines(self) -> AppendOnly[str]:
        """Its lines, as they were found."""
        return self.studied.study.lines if self.studied else self.live.lines

    @property
    def shown(self) -> Stage:
        """How the history on the stage is looked at."""
        return self.studied.stage if self.studied else self.stage

    @property
    def position(self) -> Position:
        """The position up to which events are applied."""
        return self.shown.position(self.history.head)

    @property
    def is_being_read(self) -> bool:
        """Whether a part of the history on the stage is still to be read: labs wait for it."""
        return self.history.unread > 0

    @property
    def subject(self) -> Subject:
        """What the labs look at."""
        studied = self.studied
        return Subject(
            studied.study if studied else LIVE,
            self.history,
            self.lines,
            studied.chain if studied else self.live.chain,
            self.position,
            self.live.actor,
            () if studied else tuple(self.live.rejected.values()),
            self.own,
        )

    @property
    def own(self) -> OwnStates | None:
        """What a reader's own evolve makes of the event that the slider stands on, if it has."""
        evolved = self.evolved
        is_of_this = self.evolved_of is self.history
        return evolved if evolved and is_of_this and evolved.position == self.position else None


def message_of(gesture: str, fields: Mapping[str, str], attached: bytes = b"") -> Message:
    """The message that a gesture in the page stands for.

    Raises:
        ValueError: no control of the page makes this gesture, or not with these fields.
    """
    try:
        if gesture == "open-address":
            return AddressOpened(fields["address"], fields["arrival"] == "true")
        if gesture == "go-to-row":
            part: Literal["jump", "toggle"] = "toggle" if fields["part"] == "toggle" else "jump"
            return RowSought(part, int(fields["row"]))
        if gesture == "back-to-live":
            return LiveSought()
        if gesture == "add-study":
            return AddingSought()
        message = (
            stage_message(gesture, fields)
            or live_message(gesture, fields)
            or labs.room_message(gesture, fields, attached, CLOSED.names)
        )
    except KeyError as missing:
        raise ValueError(f"The gesture “{gesture}” came without {missing}.") from missing
    if message is None:
        raise ValueError(f"No control makes the gesture “{gesture}”.")
    return message


def update(model: Model, message: Message, occasion: Occasion) -> Updated:
    """The next model, and the effects to carry out, in order."""
    after, effects = _updated(model, message, occasion)
    return _noticed(model, after, effects, occasion)


def _updated(model: Model, message: Message, occasion: Occasion) -> Updated:
    match message:
        case AddressOpened():
            return _opened(model, message, occasion)
        case RowSought():
            return _sought(model, message, occasion)
        case LiveSought():
            return _live_again(model)
        case AddingSought():
            return _added(model, occasion)
        case StudyVerified(nth=nth):
            return _verified(model, nth)
        case Opened():
            return _reopened(model, message, occasion)
        case LabToggled() | labs.LabGestured() | labs.LabWentOn() if model.is_being_read:
            return model, (After(WAIT_MS, message),)
        case LabToggled(name=name):
            return _toggled(model, name, occasion)
        case labs.LabsArrived() | labs.LabGestured() | labs.LabWentOn():
            entered = labs.enter(model.rooms, message, model.subject, occasion)
            return _entered(model, entered, occasion)
        case ExportAsked() if model.studied:
            return _study_exported(model)
        case _:
            return _looked(model, message, occasion)


def _looked(model: Model, message: LiveMessage | StageMessage, occasion: Occasion) -> Updated:
    """What a message makes of whom it concerns; and where one is then, said and in the bar."""
    after, effects = _routed(model, message, occasion)
    return _located(model, _announced(model, after, message), message, effects)


def _reopened(model: Model, message: Opened, occasion: Occasion) -> Updated:
    """Take in what was kept, and choose again what was chosen, if it is still there."""
    after, effects = _routed(model, message.loaded, occasion)
    accounts = after.live.ledger.places.keys() - {NOWHERE}
    account_id = StreamId(message.glance.get(CHOSEN_ACCOUNT, ""))
    if account_id in accounts:
        after = replace(after, live=replace(after.live, account=account_id))
    speeds = {speed.value: speed for speed in Speed}
    speed = speeds.get(message.glance.get(CHOSEN_SPEED, ""), after.stage.speed)
    stage = replace(after.stage, speed=speed)
    shown_id = StreamId(message.glance.get(SHOWN_ACCOUNT, ""))
    return replace(
        after, stage=holding(stage, shown_id) if shown_id in accounts else stage
    ), effects


def _opened(model: Model, message: AddressOpened, occasion: Occasion) -> Updated:
    """Go where an address leads to; it stands in the browser's bar already."""
    door = labs.door_at(model.rooms, message.address)
    if door is not None:
        entered = labs.opened(model.rooms, door.name)
        after, asked = _entered(replace(model, address=message.address), entered, occasion)
        return after, (*asked, Show(f"{door.name}-lab"))
    head = model.history.head
    position = position_in(message.address, head)
    asked_for = name_in(message.address)
    shown: tuple[PageEffect, ...] = (Show("demo"),) if message.is_arrival else ()
    if position is not None and position > GENESIS:
        go_there: StageMessage = RowJumped(position)
    elif position == GENESIS:
        go_there = Stepped(Step.GENESIS)
    elif message.address == NOW_ADDRESS:
        go_there = Stepped(Step.NOW)
    elif asked_for is not None:
        missing = Outcome(Form.STORE, NoSuchEvent(asked_for[:LONGEST_NAME], head))
        live = replace(model.live, outcome=missing, outcomes=model.live.outcomes + 1)
        return replace(model, live=live, address=message.address), shown
    else:
        return replace(model, address=message.address), ()
    after, effects = _routed(model, go_there, occasion)
    after = _announced(model, after, go_there)
    return replace(after, address=message.address), (*effects, *shown)


def _sought(model: Model, message: RowSought, occasion: Occasion) -> Updated:
    """Bring a row of a long ledger, and the keyboard's focus to it."""
    rows = model.shown.rows(model.history.head)
    if not rows:
        return model, ()
    row = max(1, min(message.row, len(rows)))
    position = Position(rows[row - 1])
    after, effects = _routed(model, LedgerScrolled(row), occasion)
    return after, (*effects, Reveal(position), Focus(f"{message.part}-{position}"))


def _announced(before: Model, after: Model, message: LiveMessage | StageMessage) -> Model:
    """The page with what is to be said of where it looks now."""
    said: Announcement | None = None
    if isinstance(message, AccountChosen):
        said = AccountShown(message.account_id, after.position)
    elif isinstance(message, StageMessage):
        said = announcement_of(message, before.shown, after.shown, after.history.head)
    elif after.live.generation != before.live.generation:
        return replace(after, announcement=None)
    if said is None:
        return after
    return replace(after, announcement=said, announcements=before.announcements + 1)


def _located(
    before: Model, after: Model, message: LiveMessage | StageMessage, effects: Effects
) -> Updated:
    """The page with its address, which the browser is told where it has become another.

    A study's events have none: nobody who came by it would find the study.
    """
    if after.studied:
        return after, effects
    head = _head(after)
    is_jump = isinstance(message, RowJumped) and GENESIS < message.position <= head
    if is_jump:
        address = address_of(after.position)
    elif after.stage.playing or (after.position, head) == (before.position, _head(before)):
        return after, effects
    else:
        address = address_at(after.stage, head, before.address)
    return _addressed(after, address, effects, is_jump=is_jump)


def _addressed(model: Model, address: str, effects: Effects, *, is_jump: bool = False) -> Updated:
    if address == model.address:
        return model, effects
    return replace(model, address=address), (*effects, Address(address, is_jump))


def _head(model: Model) -> Position:
    return model.live.ledger.head


def _routed(model: Model, message: LiveMessage | StageMessage, occasion: Occasion) -> Updated:
    """What a message makes of whom it concerns."""
    if isinstance(message, StageMessage):
        stage, travelled = travel(model.shown, model.history, message, occasion.time)
        after = _with_stage(model, stage)
        if stage.is_in_past and not model.studied:
            # Who looks back has taken the slider from the story.
            after = replace(after, live=story_paused(model.live))
        return after, travelled
    live, asked = live_update.update(model.live, message, occasion)
    after, effects = _with_stage_following(model, live, asked)
    stage = _on_show(model, after, message)
    if isinstance(message, Written) and not model.studied:
        effects += counting(model.live.ledger, live.ledger, stage)
    return replace(after, stage=stage), effects


def _with_stage(model: Model, stage: Stage) -> Model:
    """The page with the history on the stage looked at otherwise."""
    if model.studied:
        return replace(model, studied=replace(model.studied, stage=stage))
    return replace(model, stage=stage)


def _on_show(before: Model, after: Model, message: LiveMessage) -> Stage:
    """The stage, showing the account that was chosen, or that a command was about."""
    stage, live = after.stage, after.live
    if isinstance(message, AccountChosen):
        return holding(stage, live.account)
    if isinstance(message, EntriesChanged) and live.ledger is not before.live.ledger:
        return holding(stage, None) if not stage.is_in_past else stage
    if live.last_decision is None or live.decisions == before.live.decisions:
        return stage
    account_id = live.last_decision.command.account_id
    stage = decided(stage)
    return holding(stage, account_id) if account_id in live.ledger.places else stage


def _with_stage_following(model: Model, live: Live, asked: tuple[LiveEffect, ...]) -> Updated:
    """The stage looks where the live ledger wishes, and sees what has come to it."""
    before, stage = model.live, model.stage
    effects: list[PageEffect] = []
    for effect in asked:
        if isinstance(effect, ReturnToNow):
            stage = returned(stage)
        else:
            effects.append(effect)
    grown_from = before.ledger.head
    if live.generation != before.generation or live.ledger.head < grown_from:
        stage, grown_from = begun_anew(stage), GENESIS
    if live.reading and live.reading.runs is not None:
        marks(live.reading.so_far.ledger)  # a slice at a time, and not all of them at the end
    if model.studied:  # nobody sees it now
        return replace(model, live=live, stage=stage), tuple(effects)
    if before.ledger.unread and not live.ledger.unread:
        stage, there = look_on(stage, live.ledger)
        effects += there
    stage, writing = kept_up(stage, live.ledger)
    if live.ledger.head > grown_from:
        stage, seen = followed(stage, live.ledger.head)
        return replace(model, live=live, stage=stage), (*writing, *seen, *effects)
    return replace(model, live=live, stage=stage), (*writing, *effects)


# Studies.


def _study_opened(model: Model, wish: OpenStudy) -> Updated:
    """A study takes the stage. What the story was in the middle of waits."""
    nth = model.studies + 1
    studied, verifying = studying.begun(nth, wish.study, model.shown, wish.position)
    stage, writing = kept_up(studied.stage, wish.study.history)
    after = replace(
        model,
        live=replace(story_paused(model.live), outcome=None),
        stage=replace(model.stage, playing=None),
        studied=replace(studied, stage=stage),
        studies=nth,
        announcement=None,
    )
    in_sight = Reveal(Position(max(1, after.position)))
    there = (Show("demo"), Focus("back-to-live")) if wish.is_to_be_seen else ()
    return after, (*there, in_sight, *verifying, *writing)


def _live_again(model: Model) -> Updated:
    """The live ledger has the stage again, as it was looked at before."""
    if model.studied is None:
        return model, ()
    stage = replace(
        unsought(model.stage), on_paper=0, is_writing=False, is_printing=False
    )  # labs have turned to the study since, and found what they found in that
    stage, writing = kept_up(stage, model.live.ledger)
    after = replace(model, studied=None, stage=stage, announcement=None)
    stage, seen = followed(after.stage, after.live.ledger.head)
    return replace(after, stage=stage), (*seen, *writing, Focus("slider"))


def _added(model: Model, occasion: Occasion) -> Updated:
    """The study goes, and its events come to the live ledger: all of them, or none and why."""
    if model.studied is None:
        return model, ()
    study = model.studied.study
    after, effects = _live_again(model)
    added, asked = _routed(after, StudyAdded(study.name, study.history.recorded), occasion)
    return added, (*effects, *asked)


def _verified(model: Model, nth: int) -> Updated:
    """The study's chain, verified by a slice more; a slice of an earlier study comes too late."""
    if model.studied is None or model.studied.nth != nth:
        return model, ()
    studied, effects = studying.verified(model.studied)
    return replace(model, studied=studied), effects


def _study_exported(model: Model) -> Updated:
    exported = Outcome(Form.STORE, Exported(model.history.head))
    live = replace(model.live, outcome=exported, outcomes=model.live.outcomes + 1)
    text = files.file_of(model.lines, model.history)
    return replace(model, live=live), (Download("esbank-study.jsonl", text),)


# Labs.


def _toggled(model: Model, name: str, occasion: Occasion) -> Updated:
    """A lab is opened or closed, and the bar says so where no event is in it."""
    entered = labs.enter(model.rooms, LabToggled(name), model.subject, occasion)
    after, effects = _entered(model, entered, occasion)
    address = next(door.address for door in DOORS if door.name == name)
    if name not in after.rooms.open:
        after, undone = _left(after, name)
        effects = (*effects, *undone)
        return _addressed(
            after, NOW_ADDRESS if model.address == address else model.address, effects
        )
    effects = (*effects, Show(f"{name}-lab"))
    is_free = name_in(model.address) is None
    return _addressed(after, address if is_free else model.address, effects)


def _left(model: Model, name: str) -> Updated:
    """What a lab that is closed had shown alone, or marked, is so no more."""
    stage = replace(model.shown, marked=()) if model.marked_by == name else model.shown
    if model.filtered_by != name:
        return _with_stage(model, stage), ()
    whole, effects = showing_only(stage, model.history.head, None)
    return _with_stage(model, whole), effects


def _entered(model: Model, entered: labs.Entered, occasion: Occasion) -> Updated:
    """What happened in a room, and what was wished for there granted."""
    model = replace(model, rooms=entered.rooms)
    effects: list[PageEffect] = list(entered.effects)
    for name, wish in entered.wishes:
        model, asked = _granted(model, name, wish, occasion)
        effects += asked
    return model, tuple(effects)


def _granted(model: Model, lab: str, wish: Wish, occasion: Occasion) -> Updated:
    match wish:
        case LookAt(position=position):
            there = RowJumped(position) if position else Stepped(Step.GENESIS)
            return _looked(model, there, occasion)
        case OpenStudy():
            return _study_opened(model, wish)
        case BackToLive():
            return _live_again(model)
        case OpenLab(name=name, draft=draft):
            entered = labs.drafted(model.rooms, name, draft, model.subject, occasion)
            after, effects = _entered(model, entered, occasion)
            return after, (*effects, Show(f"{name}-lab"))
        case ActAs(actor=actor):
            return _routed(model, ActedAs(actor), occasion)
        case EvolveWith(states=states):
            return replace(model, evolved=states, evolved_of=model.history), ()
        case Mark(positions=positions):
            marked = replace(model, marked_by=lab)
            return _with_stage(marked, replace(model.shown, marked=positions)), ()
        case ShowOnly(positions=positions):
            stage, effects = showing_only(model.shown, model.history.head, positions)
            return _with_stage(replace(model, filtered_by=lab), stage), effects
        case _:
            assert_never(wish)


MOST_NOTICES: Final = 8
"""How often in a row labs may bring about what labs have to notice."""


def _noticed(before: Model, after: Model, effects: Effects, occasion: Occasion) -> Updated:
    """Open labs see what has become of what they look at."""
    for _ in range(MOST_NOTICES):
        if not after.rooms.open or after.is_being_read or _is_same(before.subject, after.subject):
            break
        entered = labs.noticed(after.rooms, before.subject, after.subject, occasion)
        before = after
        after, asked = _entered(after, entered, occasion)
        effects = (*effects, *asked)
    return after, effects


def _is_same(one: Subject, other: Subject) -> bool:
    """Whether two subjects are the same; histories are not compared event by event."""
    return (
        one.on_stage is other.on_stage
        and one.history is other.history
        and one.lines is other.lines
        and one.position == other.position
        and one.actor == other.actor
        and one.refused == other.refused
    )


def view(model: Model, phrases: Phrases, zone: tzinfo | None = None) -> Screen:
    """The screen of a model, in the page's words; times in ``zone`` (None: the reader's own)."""
    live, stage, history = model.live, model.shown, model.history
    is_live = model.studied is None
    return (
        Slot("root", {"data-python": "ready"}),
        Slot(
            "page",
            {
                "data-cursor": "past" if stage.is_in_past else "now",
                "data-history": "some" if history.head else "none",
                "data-stage": "live" if is_live else "study",
            },
        ),
        Slot("starting", {"hidden": True}),
        *notices(live, phrases, is_on_stage=is_live),
        *_chain(model, phrases),
        *actions(live, phrases, is_on_stage=is_live),
        Slot("story", {"hidden": not is_live}),
        *story_controls(live, phrases),
        *outcomes(live, phrases),
        *studying.sign(model.studied, phrases, zone),
        *ledger(history, stage, phrases, zone),
        *state(history, stage, phrases),
        *own_state(model.own, phrases),
        *balances(history, stage, phrases),
        *on_paper(history, phrases),
        *slider(history, stage, phrases),
        announcer(history, model.announcement, model.announcements, phrases),
        *((own_change(model.own, phrases),) if model.own else change(history, stage, phrases)),
        *pipeline(stage, live.decisions, decided_as(live)),
        *explanation(live, phrases),
        *labs.doors(model.rooms, phrases),
        *labs.slots(model.rooms, model.subject, phrases),
    )


def _chain(model: Model, phrases: Phrases) -> Iterator[Slot]:
    if model.studied is None:
        return chain_status(model.live, phrases)
    return chain.chain_status(model.history.head, model.studied.chain, phrases)


def glance(model: Model, phrases: Phrases) -> list[tuple[str, str]]:
    """What Current State shows now, as element ids and texts: for the next visit's first moment.

    What was chosen goes along, by names that no element has.
    """
    shown = [
        (slot.id, "".join(part for part in slot.children or () if isinstance(part, str)))
        for slot in state(model.live.ledger, returned(model.stage), phrases)
        if slot.id in GLANCED_AT
    ]
    chosen = [(CHOSEN_ACCOUNT, model.live.account or ""), (CHOSEN_SPEED, model.stage.speed.value)]
    return shown + chosen
