"""Streams at work: the streams and types of a history, its lanes of time, and the event in view.

What is known of them, what can be done with them, and which gestures do it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bankpage.labs.contract import Gesture
from bankpage.labs.debug.lanes import Drawing, Zoom
from bankpage.labs.debug.payload import DIFFERENCES, Comparison, Unfolding
from bankpage.labs.debug.signs import Signs
from esbank_core.bank.events import Event
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.questions.deeds import Step
from esbank_core.questions.streams import Listing, SeenStream, SortedBy, Survey
from esbank_core.questions.tracing import Trace

MOST_LISTED: Final = 240
"""Streams that can be leafed through; of more, the others are found by name."""

ROWS: Final = 12
"""Streams listed at once, and shown as lanes."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """What is known of the streams, and what of it is in view."""

    run: int = 0
    is_waiting: bool = False
    """Whether a message to go on is on its way."""
    resting: Position = GENESIS
    """Where the slider was last seen."""
    survey: Survey = field(default_factory=Survey)
    counted: Mapping[str, int] = field(default_factory=dict)
    """How many events there are of each type, as far as they were surveyed."""
    signs: Signs = field(default_factory=lambda: Signs({}))
    listing: Listing = field(default_factory=lambda: Listing(most=MOST_LISTED))
    listed: Listing | None = None
    """The list as it was last whole."""
    page: int = 0
    at: Position = GENESIS
    """The event that is looked into: where the slider last rested."""
    trace: Trace[Event] | None = None
    thread: tuple[Step, ...] | None = None
    """The thread of that event, once it is known."""
    drawing: Drawing = field(default_factory=Drawing)
    are_lanes_listed: bool = False
    unfolding: Unfolding = field(default_factory=Unfolding)
    is_record_open: bool = False
    is_anywhere: bool = False
    comparison: Comparison | None = None
    differences: int = DIFFERENCES
    copied: str | None = None
    """The path that was copied last."""

    @property
    def rows(self) -> tuple[SeenStream, ...]:
        """The streams that are listed at the moment."""
        if self.listed is None:
            return ()
        return self.listed.best[self.page * ROWS : (self.page + 1) * ROWS]


@dataclass(frozen=True, slots=True)
class GoesOn:
    """It is time for the next slice."""

    run: int


@dataclass(frozen=True, slots=True)
class Sought:
    """Streams with a text are wanted; None leaves it as it is."""

    text: str | None = None
    by: SortedBy | None = None


@dataclass(frozen=True, slots=True)
class Leafed:
    """Other streams are to be listed."""

    is_forward: bool


@dataclass(frozen=True, slots=True)
class Walked:
    """Another event is wanted: the next or the last one of a type, of the stream, of the thread."""

    to: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Zoomed:
    """Another span of time is wanted."""

    zoom: Zoom


@dataclass(frozen=True, slots=True)
class Pointed:
    """A place on a lane was chosen: the nearest mark is meant."""

    row: int
    share: float


@dataclass(frozen=True, slots=True)
class Steered:
    """An arrow key was pressed on the lanes."""

    to: str


@dataclass(frozen=True, slots=True)
class LanesToggled:
    """The lanes are wanted as a list, or no longer."""


@dataclass(frozen=True, slots=True)
class LineToggled:
    """A value of the payload is to be folded or unfolded; or more is wanted of it."""

    path: str
    is_open: bool
    is_for_more: bool = False


@dataclass(frozen=True, slots=True)
class AllToggled:
    """The whole payload is to be folded or unfolded."""

    is_open: bool


@dataclass(frozen=True, slots=True)
class RecordToggled:
    """What is around the payload is to be folded or unfolded."""


@dataclass(frozen=True, slots=True)
class ComparedWith:
    """The event of the same type before is to be of the same stream, or of any."""

    is_anywhere: bool


@dataclass(frozen=True, slots=True)
class MoreDifferences:
    """More differences are to be shown."""


@dataclass(frozen=True, slots=True)
class PathCopied:
    """The path of a value has been copied."""

    path: str


AtWorkMessage = (
    GoesOn
    | Sought
    | Leafed
    | Walked
    | Zoomed
    | Pointed
    | Steered
    | LanesToggled
    | LineToggled
    | AllToggled
    | RecordToggled
    | ComparedWith
    | MoreDifferences
    | PathCopied
)


def read(gesture: Gesture) -> AtWorkMessage | None:
    """The message that a gesture stands for; None if it is of another part of the lab."""
    fields = gesture.fields
    match gesture.name:
        case "seek-stream":
            return Sought(text=fields["value"].strip())
        case "sort-streams":
            return Sought(by=SortedBy(fields["by"]))
        case "later-streams" | "earlier-streams":
            return Leafed(gesture.name == "later-streams")
        case "walk":
            return Walked(fields["to"], fields.get("type", ""))
        case "zoom":
            return Zoomed(Zoom(fields["to"]))
        case "point-at":
            return Pointed(int(fields["row"]), float(fields["share"]))
        case "lane-key":
            return Steered(fields["to"])
        case "list-lanes":
            return LanesToggled()
        case "unfold":
            return LineToggled(fields["path"], is_open=fields["open"] == "true")
        case "unfold-more":
            return LineToggled(fields["path"], is_open=False, is_for_more=True)
        case "unfold-all" | "fold-all":
            return AllToggled(gesture.name == "unfold-all")
        case "unfold-record":
            return RecordToggled()
        case "compare-with":
            return ComparedWith(fields["value"] == "anywhere")
        case "more-differences":
            return MoreDifferences()
        case "path-copied":
            return PathCopied(fields["path"])
        case _:
            return None
