"""The model of the Projection lab: which program is run, on what, and what it has answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.programs.copies import NOT_COPIED, Copied
from esbank_core.programs.faults import Fault
from esbank_core.programs.shown import Shown

BEHIND: Final = 3
"""Events by which a projection lags that is told to."""


class Ended(StrEnum):
    """Why a Python has been thrown away, in the words of ``spare.js``."""

    STOPPED = "stopped"
    LATE = "late"
    TALKATIVE = "talkative"
    BROKEN = "broken"
    GONE = "gone"
    MISSING = "missing"


class Doing(StrEnum):
    """What the program has been asked to do."""

    RUN = "run"
    AT = "at"
    AGAIN = "again"
    REBUILD = "rebuild"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is on its way: the answer to it has its number."""

    nth: int
    doing: Doing
    position: Position


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it."""

    doing: Doing
    kind: str = ""
    """“projection”, “evolve” or “question”; empty where no program is running."""
    checkpoint: Position = GENESIS
    is_doubled: bool = False
    shown: Shown | None = None
    fault: Fault | None = None
    took: float | None = None
    """Milliseconds."""
    printed: str = ""
    left_out: int = 0
    """Characters that were printed and not kept."""


@dataclass(frozen=True, slots=True)
class Model:
    """The lab."""

    is_there: bool = False
    """Whether the lab's script has come, with editor and Python."""
    is_awaited: bool = False
    """Whether Run was pressed before it had."""
    has_text: bool = False
    """Whether anything has been put into the editor since it opened."""
    template: str = ""
    program: str = ""
    """The text that was run last."""
    wants: Doing | None = None
    """What is to be asked once all events have been handed over, and nothing else is asked."""
    keeps_checkpoint: bool = True
    behind: int = 0
    handed: Copied = NOT_COPIED
    """What of the history the other Python has copies of."""
    is_handing: bool = False
    """Whether the next slice is on its way."""
    nth: int = 0
    asked: Asked | None = None
    is_halfway: bool = False
    """Whether what is wanted has been begun with, and is to be gone on with."""
    reached: Position = GENESIS
    """How far the program is with what takes long."""
    is_live: bool = False
    """Whether the program is running in the other Python, and can be asked."""
    ended: Ended | None = None
    reason: str = ""
    answered: Answered | None = None
    last_run: Answered | None = None
    """What came of the last Run, or of what was done since by a button."""
    is_elsewhere: str = ""
    """Why the lab's script has not come; empty where it has."""

    @property
    def is_busy(self) -> bool:
        """Whether something is asked for that has not been answered."""
        return self.is_awaited or self.asked is not None or self.wants is not None
