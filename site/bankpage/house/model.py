"""All that the page knows: the live ledger, the stage, a study that may have it, and the rooms."""

from __future__ import annotations

from dataclasses import dataclass, field

from bankpage.house.rooms import CLOSED, Rooms
from bankpage.house.studying import Studied
from bankpage.labs.contract import LIVE, Subject
from bankpage.live.model import Live
from bankpage.paper.own_states import OwnStates
from bankpage.stage.accounts import streams_shown
from bankpage.stage.announcements import Announcement
from bankpage.stage.model import Stage
from esbank_core.bank.account import Ledger
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import Position


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
    own: OwnStates | None = None
    """What a reader's own evolve makes of the history on the stage, where there is one."""
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
            streams_shown(self.history, self.shown) if self.own else (),
        )
