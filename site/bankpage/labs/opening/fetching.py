"""Which piece of which file is asked for next: first each file's beginning, then the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bankpage.labs.opening.continuing import rank
from bankpage.labs.opening.files import SEEMING, File, Manner, Pieces
from bankpage.labs.opening.glimpse import HEAD, glimpse
from bankpage.labs.opening.model import Fetched, Fetching, Offer, OfferedFile, Wanted
from bankpage.labs.opening.refusals import RefusedError, of_no_records
from bankpage.labs.opening.room import MOST_BYTES, MOST_SEARCHED, Extent, extent_of
from esbank_core.sources import ALL, Mapping, NoRecords, parse_mapping

PIECE: Final = 4 << 20
"""Bytes that are asked for at once."""


def first_wanted() -> Wanted:
    """What is asked for first: the beginning of the first file."""
    return Wanted(0, 0, HEAD)


def with_piece(fetching: Fetching, data: bytes) -> Fetching:
    """The files with the piece that was asked for; what is wanted is still the same.

    Raises:
        RefusedError: by its beginning, a file is no history.
    """
    wanted = fetching.wanted
    file = fetching.offer.files[wanted.file]
    known = fetching.fetched[wanted.file]
    if known.glimpse is None:
        try:
            seen = glimpse(data, is_all=len(data) >= file.size)
        except NoRecords as none:
            raise RefusedError(of_no_records(file.name, none)) from None
        known = Fetched((data,), seen)
    else:
        known = replace(known, pieces=(*known.pieces, data))
    before, after = fetching.fetched[: wanted.file], fetching.fetched[wanted.file + 1 :]
    return replace(fetching, fetched=(*before, known, *after))


def next_wanted(fetching: Fetching) -> Wanted | None:
    """What is to be asked for next; None once all is there."""
    for nth, known in enumerate(fetching.fetched):
        if known.glimpse is None:
            return Wanted(nth, 0, HEAD)
    room = _most(fetching) - sum(known.size for known in fetching.fetched)
    for nth in _in_order(fetching):
        known = fetching.fetched[nth]
        if missing := min(fetching.offer.files[nth].size - known.size, max(room, 0)):
            return Wanted(nth, known.size, min(PIECE, missing))
    return None


def _in_order(fetching: Fetching) -> list[int]:
    """Which file comes first, and which after it."""
    ranks = [rank(known.glimpse) for known in fetching.fetched if known.glimpse is not None]
    return sorted(range(len(ranks)), key=ranks.__getitem__)


def extent(fetching: Fetching) -> Extent | None:
    """How much the files seem to hold; None until the beginning of each is there."""
    seen = [
        (known.glimpse, file.size)
        for file, known in zip(fetching.offer.files, fetching.fetched, strict=True)
        if known.glimpse is not None
    ]
    return extent_of(seen) if len(seen) == len(fetching.fetched) else None


def files_of(fetching: Fetching) -> Sequence[File]:
    """The files as they were fetched: those that there was room for."""
    files: list[File] = []
    for nth in _in_order(fetching):
        offered, known = fetching.offer.files[nth], fetching.fetched[nth]
        assert known.glimpse is not None
        is_cut = known.size < offered.size
        pieces = Pieces(known.pieces)
        files.append(File(offered.name, known.glimpse, pieces, is_cut, fetching.is_part))
        if is_cut:
            break
    return files


def share(fetching: Fetching) -> tuple[int, int]:
    """How many bytes have been fetched, and how many will be."""
    whole = sum(file.size for file in fetching.offer.files)
    return sum(known.size for known in fetching.fetched), min(whole, _most(fetching))


def _most(fetching: Fetching) -> int:
    """Bytes that are fetched: more, where most of what they hold is passed over."""
    return MOST_BYTES if fetching.manner.part == ALL else MOST_SEARCHED


def begun(offer: Offer, manner: Manner = SEEMING, *, is_part: bool = False) -> Fetching:
    """Nothing fetched yet."""
    return Fetching(offer, tuple(Fetched() for _ in offer.files), first_wanted(), is_part, manner)


def without_mapping(fetching: Fetching) -> tuple[Mapping | None, Fetching]:
    """The mapping that one of the files is, if one is, and the others."""
    files = zip(fetching.offer.files, fetching.fetched, strict=True)
    for nth, (offered, fetched) in enumerate(files):
        if (mapping := _mapping_in(offered, fetched)) is not None:
            others = fetching.offer.files[:nth] + fetching.offer.files[nth + 1 :]
            theirs = fetching.fetched[:nth] + fetching.fetched[nth + 1 :]
            offer = replace(fetching.offer, files=others)
            return mapping, replace(fetching, offer=offer, fetched=theirs)
    return None, fetching


def _mapping_in(offered: OfferedFile, fetched: Fetched) -> Mapping | None:
    is_one = fetched.glimpse is not None and fetched.glimpse.first.get("mapping")
    if not is_one or fetched.size < offered.size:
        return None
    try:
        return parse_mapping(b"".join(fetched.pieces).decode())
    except ValueError:
        return None
