"""Why something is not opened: a phrase, what is filled in, and the evidence as it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bankpage.labs.contract import Remark
from bankpage.labs.opening.room import Extent
from bankpage.paper import figures
from esbank_core.kernel.errors import ImportConflict, RefusedLine
from esbank_core.kernel.written.json_lines import LONGEST_LINE
from esbank_core.sources import Dump, NoRecords, Why

LONGEST_NAME: Final = 80
"""Characters of a file's name that are said again."""

LONGEST_EVIDENCE: Final = 200
"""Characters of what was found that are shown."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Files that are not opened, and why."""

    said: Remark
    evidence: str = ""
    """The beginning of what was found; hostile until shown as text."""


class RefusedError(Exception):
    """What is read is refused.

    ``is_end``: what came before it is whole, and might be opened. ``extent``: it is only too much,
    and holds so much.
    """

    def __init__(
        self, refusal: Refusal, *, is_end: bool = False, extent: Extent | None = None
    ) -> None:
        self.refusal = refusal
        self.is_end = is_end
        self.extent = extent
        super().__init__(refusal.said.phrase)


class NotKnownError(Exception):
    """Records that are of no source that is known, or that the reader wants to read otherwise."""

    def __init__(self, name: str, dump: Dump) -> None:
        self.name = name
        self.sample = dump.sample
        self.recognitions = dump.recognitions
        super().__init__(name)


def refusal(phrase: str, name: str, evidence: str = "", **values: object) -> Refusal:
    """The refusal of a file, by one of the phrases that begin with “opening-no-”."""
    filled = {key: str(value) for key, value in values.items()}
    said = Remark(f"opening-no-{phrase}", {"file": shortened(name), **filled})
    return Refusal(said, evidence[:LONGEST_EVIDENCE])


def of_line(name: str, refused: RefusedLine, *, is_array: bool) -> Refusal:
    """The refusal of a file for one of its lines, or for an event of an array."""
    return refusal(
        "event" if is_array else "line",
        name,
        refused.evidence,
        line=f"{refused.line:,}",
        reason=refused.reason,
        remedy=refused.remedy,
    )


def of_conflict(name: str, conflict: ImportConflict) -> Refusal:
    """The refusal of a file that contradicts itself, or one before it."""
    return refusal("conflict", name, reason=conflict.reason)


def of_no_records(name: str, none: NoRecords) -> Refusal:
    """The refusal of a file in which there is nothing to be read."""
    return of_why(name, none.why, none.line, none.evidence)


def of_why(name: str, why: Why, line: int, evidence: str) -> Refusal:
    """The refusal of a file for what is wrong at one of its lines."""
    match why:
        case Why.NO_RECORDS:
            return refusal("blank", name)
        case Why.NOT_TEXT:
            return refusal("binary", name)
        case Why.BROKEN_DATABASE:
            return refusal("database", name, reason=evidence)
        case Why.BROKEN_GZIP:
            return refusal("gzip", name)
        case Why.CUT_SHORT:
            return refusal("cut", name, evidence)
        case Why.UNPACKS_TOO_LARGE:
            return refusal("room", name)
        case Why.TOO_LONG:
            return refusal("long", name, evidence, line=f"{line:,}", most=f"{LONGEST_LINE:,}")
        case Why.OTHER_CELLS:
            return refusal("cells", name, evidence, line=f"{line:,}")
        case _:
            return refusal("json", name, evidence, line=f"{line:,}")


def shortened(name: str) -> str:
    """A file's name, as much of it as fits into a sentence."""
    return figures.shortened(name, LONGEST_NAME)
