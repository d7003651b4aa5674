"""What happens in the room: files are offered, their pieces come, the reader decides."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final

from bankpage.labs.contract import Fields, Gesture, Subject
from bankpage.labs.opening.keeping import kept_in
from bankpage.labs.opening.model import Offer, OfferedFile
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.sources import Mapping


@dataclass(frozen=True, slots=True)
class FilesOffered:
    """Somebody has chosen, dropped or pasted something."""

    offer: Offer
    kept: tuple[Mapping, ...] = ()
    """The mappings that the browser keeps."""


@dataclass(frozen=True, slots=True)
class PieceCame:
    """A piece of an offered file that was asked for."""

    offer: int
    file: int
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class FileLost:
    """A file that cannot be read any more, and why the browser says so."""

    offer: int
    file: int
    reason: str


@dataclass(frozen=True, slots=True)
class WentOn:
    """It is time for the next slice of what is being read."""

    offer: int


@dataclass(frozen=True, slots=True)
class PortionChosen:
    """Which part is to be opened was chosen, or typed."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class PartWanted:
    """The part that is chosen is to be opened, without the rest."""

    fields: Fields = field(default_factory=dict)
    """What is chosen, and typed, by then."""


@dataclass(frozen=True, slots=True)
class Dismissed:
    """Opening is to stop, or what is said of it has been read."""


@dataclass(frozen=True, slots=True)
class OtherwiseWanted:
    """The records are to be read otherwise than they were."""


@dataclass(frozen=True, slots=True)
class MannerChosen:
    """As what records are read, or a field of theirs, was chosen."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class MannerAccepted:
    """The records are to be read as is chosen."""


@dataclass(frozen=True, slots=True)
class MappingWanted:
    """The fields that are chosen are to be had as a file."""


@dataclass(frozen=True, slots=True)
class StageTaken:
    """Another history has the stage: one with these lines."""

    lines: AppendOnly[str]


OpeningMessage = (
    FilesOffered
    | PieceCame
    | FileLost
    | WentOn
    | PortionChosen
    | PartWanted
    | Dismissed
    | OtherwiseWanted
    | MannerChosen
    | MannerAccepted
    | MappingWanted
    | StageTaken
)

_PLAIN: Final[dict[str, OpeningMessage]] = {
    "cancel": Dismissed(),
    "close": Dismissed(),
    "otherwise": OtherwiseWanted(),
    "open-so": MannerAccepted(),
    "save-mapping": MappingWanted(),
}


def noticed(before: Subject, after: Subject) -> OpeningMessage | None:
    """What another subject is to the room: the study that it has opened may be gone."""
    return StageTaken(after.lines) if before.on_stage is not after.on_stage else None


def read(gesture: Gesture) -> OpeningMessage:
    """The message that a gesture stands for.

    Raises:
        ValueError: no control makes it, or not with these fields.
        KeyError: one of its fields is missing.
    """
    fields = gesture.fields
    match gesture.name:
        case "offered":
            offer = Offer(int(fields["offer"]), _files(json.loads(fields["files"])))
            return FilesOffered(offer, kept_in(fields.get("kept", "")))
        case "piece":
            place = int(fields["file"]), int(fields["at"])
            return PieceCame(int(fields["offer"]), *place, gesture.attached)
        case "lost":
            return FileLost(int(fields["offer"]), int(fields["file"]), fields["reason"])
        case "first-part":
            return PartWanted(fields)
        case "portion":
            return PortionChosen(fields)
        case "manner":
            return MannerChosen(fields)
        case name if name in _PLAIN:
            return _PLAIN[name]
        case _:
            raise ValueError(f"No control makes the gesture “{gesture.name}”.")


def _files(given: object) -> tuple[OfferedFile, ...]:
    if not isinstance(given, list):
        raise ValueError("What was offered are no files.")  # noqa: TRY004 - no control sends it
    return tuple(map(_file, given))


def _file(given: object) -> OfferedFile:
    match given:
        case {"name": str(name), "size": int(size), "isDirectory": bool(is_directory)}:
            return OfferedFile(name, size, is_directory)
        case _:
            raise ValueError("What was offered is no file.")
