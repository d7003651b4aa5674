"""How far the opening of a history has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bankpage.labs.contract import Remark
from bankpage.labs.opening import choosing
from bankpage.labs.opening.files import SEEMING, Manner
from bankpage.labs.opening.glimpse import Glimpse
from bankpage.labs.opening.portions import Portion
from bankpage.labs.opening.refusals import Refusal
from bankpage.labs.opening.room import Extent
from bankpage.labs.opening.work import Work
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.sources import ALL, Mapping, Part


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file that the page has at hand, and of which it hands over pieces."""

    name: str
    size: int
    is_directory: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """Files that were offered together, by the number that the page knows them by."""

    number: int
    files: tuple[OfferedFile, ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """As much of a file as has been fetched, from its beginning on."""

    pieces: tuple[bytes, ...] = ()
    glimpse: Glimpse | None = None

    @property
    def size(self) -> int:
        """How many bytes have been fetched."""
        return sum(map(len, self.pieces))


@dataclass(frozen=True, slots=True)
class Wanted:
    """The piece that was asked for last."""

    file: int
    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is being opened."""


@dataclass(frozen=True, slots=True)
class Fetching:
    """The bytes of the files are on their way. With ``is_part``, only as many as fit."""

    offer: Offer
    fetched: tuple[Fetched, ...]
    wanted: Wanted
    is_part: bool = False
    manner: Manner = SEEMING


@dataclass(frozen=True, slots=True)
class TooLarge:
    """There is no room for all of it: the reader is asked which part will do."""

    offer: Offer
    extent: Extent
    manner: Manner
    portion: Portion = field(default_factory=Portion)
    unfit: str = ""
    """The field in which no part is typed, where one was asked for."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The files are being read, so many steps with each message."""

    offer: Offer
    work: Work
    since: datetime
    steps: int = 1


@dataclass(frozen=True, slots=True)
class Refused:
    """What was offered is not opened; ``part`` is what came before the end of what was found."""

    refusal: Refusal
    part: Work | None = None


@dataclass(frozen=True, slots=True)
class Choosing:
    """The reader says as what the records of a file are to be read."""

    offer: Offer
    name: str
    reading: choosing.Reading
    part: Part = ALL
    """Which events are wanted then."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A dump of another store's is a study now, and might be read otherwise."""

    offer: Offer
    remark: Remark
    lines: AppendOnly[str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A mapping has been taken in, for records of its shape."""

    mapping: Mapping


Doing = Nothing | Fetching | TooLarge | Reading | Refused | Choosing | Opened | Kept

NOTHING: Final = Nothing()


@dataclass(frozen=True, slots=True)
class Opening:
    """What is being opened, and the mappings that were set for records of some shapes."""

    doing: Doing = NOTHING
    mappings: tuple[Mapping, ...] = ()
