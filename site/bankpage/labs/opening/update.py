"""What a message makes of the room. All that it asks for is a piece, a study, or a moment more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bankpage.labs.contract import OpenStudy, Subject, Tell, Turn
from bankpage.labs.opening import fetching
from bankpage.labs.opening.messages import (
    Dismissed,
    FileLost,
    FilesOffered,
    OpeningMessage,
    PartWanted,
    PieceCame,
    WentOn,
)
from bankpage.labs.opening.model import (
    NOTHING,
    Fetching,
    Offer,
    Opening,
    Reading,
    Refused,
    TooLarge,
)
from bankpage.labs.opening.refusals import Refusal, RefusedError, refusal
from bankpage.labs.opening.work import Work
from bankpage.paper.effects import Refocus
from bankpage.paper.occasion import Occasion

NAME: Final = "opening"
OPENER: Final = "open-history"
"""The button that has the focus again where the room has nothing more to say."""

QUICK: Final = timedelta(milliseconds=22)
SLOW: Final = timedelta(milliseconds=40)
"""Between these, a slice takes as long as it should, with all that comes of it."""

MOST_STEPS: Final = 8

Turned = Turn[Opening, OpeningMessage]


def update(model: Opening, message: OpeningMessage, _: Subject, occasion: Occasion) -> Turned:
    """The room after a message."""
    match message, model:
        case FilesOffered(offer=offer), _:
            return _offered(model, offer)
        case Dismissed(), _:
            return Turn(NOTHING, (Refocus(OPENER),))
        case PartWanted(), TooLarge(offer=offer):
            return _asked(fetching.begun(offer, is_part=True))
        case PartWanted(), Refused(part=Work() as part):
            study = part.study(is_part=True)
            return Turn(NOTHING, (Refocus(OPENER),), (OpenStudy(study),))
        case PieceCame(offer=number, file=file, at=at, data=data), Fetching() if (
            number,
            file,
            at,
        ) == (model.offer.number, model.wanted.file, model.wanted.at):
            return _came(model, data, occasion)
        case FileLost(offer=number, file=file, reason=reason), Fetching() if (
            number == model.offer.number
        ):
            name = model.offer.files[file].name
            return _refused(refusal("lost", name, reason=reason))
        case WentOn(offer=number), Reading() if number == model.offer.number:
            return _read_on(model, occasion)
        case _:
            return Turn(model)  # of an offer that was given up meanwhile


def _offered(model: Opening, offer: Offer) -> Turned:
    """Begin with files, unless it shows at once that it would be in vain."""
    if not offer.files:
        return Turn(model)
    for file in offer.files:
        if file.is_directory:
            return Turn(Refused(refusal("directory", file.name)))
        if not file.size:
            return Turn(Refused(refusal("empty", file.name)))
    return _asked(fetching.begun(offer))


def _came(model: Fetching, data: bytes, occasion: Occasion) -> Turned:
    """A piece has come: ask for the next, or begin to read, if there is room."""
    wanted, offer = model.wanted, model.offer
    expected = min(wanted.length, offer.files[wanted.file].size - wanted.at)
    if len(data) != expected:
        return _refused(refusal("changed", offer.files[wanted.file].name))
    was_known = fetching.extent(model) is not None
    try:
        model = fetching.with_piece(model, data)
    except RefusedError as refused:
        return _refused(refused.refusal)
    extent = fetching.extent(model)
    if extent is not None and not was_known and not extent.fits and not model.is_part:
        if not extent.may_be_cut:
            return _refused(refusal("room", _largest(offer)))
        return Turn(TooLarge(offer, extent))
    following = fetching.next_wanted(model)
    if following is not None:
        return _asked(replace(model, wanted=following))
    work = Work(fetching.files_of(model), is_part=model.is_part)
    reading = Reading(offer, work, occasion.time)
    return Turn(reading, later=WentOn(offer.number))


def _largest(offer: Offer) -> str:
    return max(offer.files, key=lambda file: file.size).name


def _read_on(model: Reading, occasion: Occasion) -> Turned:
    """Read a slice, longer or shorter than the last, by how long that took."""
    took = occasion.time - model.since
    steps = model.steps + (took < QUICK) - (took > SLOW)
    steps = max(1, min(steps, MOST_STEPS))
    try:
        for _ in range(steps):
            if not model.work.step():
                return Turn(NOTHING, (Refocus(OPENER),), (OpenStudy(model.work.study()),))
    except RefusedError as refused:
        has_part = refused.is_end and model.work.history.head
        return _refused(refused.refusal, model.work if has_part else None)
    going_on = replace(model, since=occasion.time, steps=steps)
    return Turn(going_on, later=WentOn(model.offer.number))


def _refused(why: Refusal, part: Work | None = None) -> Turned:
    return Turn(Refused(why, part), (Refocus("opening-close"),))


def _asked(model: Fetching) -> Turned:
    wanted = model.wanted
    piece = {"file": wanted.file, "at": wanted.at, "length": wanted.length}
    return Turn(model, (Tell(NAME, json.dumps({"offer": model.offer.number, **piece})),))
