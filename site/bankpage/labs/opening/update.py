"""What a message makes of the room. All that it asks for is a piece, a study, or a moment more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bankpage.labs.contract import OpenStudy, Subject, Tell, Turn
from bankpage.labs.opening import choosing, fetching, keeping, portions
from bankpage.labs.opening.files import Manner
from bankpage.labs.opening.messages import (
    Dismissed,
    FileLost,
    FilesOffered,
    MannerAccepted,
    MannerChosen,
    MappingWanted,
    OpeningMessage,
    OtherwiseWanted,
    PartWanted,
    PieceCame,
    PortionChosen,
    StageTaken,
    WentOn,
)
from bankpage.labs.opening.model import (
    NOTHING,
    Choosing,
    Doing,
    Fetching,
    Kept,
    Offer,
    Opened,
    Opening,
    Reading,
    Refused,
    TooLarge,
)
from bankpage.labs.opening.refusals import NotKnownError, Refusal, RefusedError, refusal
from bankpage.labs.opening.room import Extent
from bankpage.labs.opening.sourced import remarks_on
from bankpage.labs.opening.work import Work
from bankpage.paper.effects import Download, Focus, Refocus
from bankpage.paper.occasion import Occasion
from esbank_core.sources import ALL, Mapping, shape_of, write_mapping

NAME: Final = "opening"
OPENER: Final = "open-history"
"""The button that has the focus again where the room has nothing more to say."""

QUICK: Final = timedelta(milliseconds=22)
SLOW: Final = timedelta(milliseconds=40)
"""Between these, a slice takes as long as it should, with all that comes of it."""

MOST_STEPS: Final = 8

Turned = Turn[Doing, OpeningMessage]


def update(
    model: Opening, message: OpeningMessage, _: Subject, occasion: Occasion
) -> Turn[Opening, OpeningMessage]:
    """The room after a message."""
    if isinstance(message, FilesOffered):
        for one in message.kept:  # by another tab, or at another time
            if all(one.shape != held.shape for held in model.mappings):
                model = replace(model, mappings=(*model.mappings, one))
    turn = _turned(model, message, occasion)
    mappings = _mappings_after(model, message, turn.model)
    effects = turn.effects
    if mappings != model.mappings:
        keep = json.dumps({"keep": keeping.to_keep(mappings)})
        effects = (*effects, Tell(NAME, keep))
    return Turn(Opening(turn.model, mappings), effects, turn.wishes, turn.later, turn.pause)


def _mappings_after(before: Opening, message: OpeningMessage, after: Doing) -> tuple[Mapping, ...]:
    """The mappings for records of some shapes, once something was chosen for one of them."""
    match message, before.doing, after:
        case (_, _, Kept(mapping=mapping)) | (
            _,
            _,
            Fetching(manner=Manner(choice=Mapping() as mapping)),
        ):
            return keeping.with_first(mapping, before.mappings)
        case MannerAccepted(), Choosing(reading=reading), Fetching():
            # They are read as a source's from now on.
            return keeping.without(shape_of(reading.sample), before.mappings)
        case _:
            return before.mappings


def _turned(room: Opening, message: OpeningMessage, occasion: Occasion) -> Turned:
    model = room.doing
    match message, model:
        case FilesOffered(offer=offer), _:
            return _offered(model, offer)
        case Dismissed(), _:
            return Turn(NOTHING, (Refocus(OPENER),))
        case PortionChosen(fields=fields), TooLarge(portion=portion):
            return Turn(replace(model, portion=portions.changed(portion, fields), unfit=""))
        case PartWanted(fields=fields), TooLarge(portion=portion):
            return _part_wanted(replace(model, portion=portions.changed(portion, fields)))
        case PartWanted(), Refused(part=Work() as part):
            study = part.study(is_part=True)
            return Turn(NOTHING, (Refocus(OPENER),), (OpenStudy(study),))
        case PieceCame(offer=number, file=file, at=at, data=data), Fetching() if (
            number,
            file,
            at,
        ) == (model.offer.number, model.wanted.file, model.wanted.at):
            return _came(room, model, data, occasion)
        case FileLost(offer=number, file=file, reason=reason), Fetching() if (
            number == model.offer.number
        ):
            name = model.offer.files[file].name
            return _refused(refusal("lost", name, reason=reason))
        case WentOn(offer=number), Reading() if number == model.offer.number:
            return _read_on(room, model, occasion)
        case OtherwiseWanted(), Opened(offer=offer):
            return _asked(fetching.begun(offer, Manner(is_asked=True)))
        case StageTaken(lines=lines), Opened() if lines is not model.lines:
            return Turn(NOTHING)  # of a study that is gone there is nothing more to say
        case StageTaken(), Refused():
            return Turn(NOTHING)  # what was on the stage is not there any more, whatever it says
        case MannerChosen(fields=fields), Choosing(reading=reading):
            return Turn(replace(model, reading=choosing.changed(reading, fields)))
        case MannerAccepted(), Choosing(offer=offer, reading=reading, part=part) if (
            choice := choosing.choice_of(reading)
        ):
            return _asked(fetching.begun(offer, Manner(choice, part=part)))
        case MappingWanted(), Choosing(reading=choosing.Reading(mapping=Mapping() as mapping)):
            return Turn(model, (Download("mapping.json", write_mapping(mapping)),))
        case _:
            return Turn(model)  # of an offer that was given up meanwhile


def _offered(model: Doing, offer: Offer) -> Turned:
    """Begin with files, unless it shows at once that it would be in vain."""
    if not offer.files:
        return Turn(model)
    for file in offer.files:
        if file.is_directory:
            return Turn(Refused(refusal("directory", file.name)))
        if not file.size:
            return Turn(Refused(refusal("empty", file.name)))
    return _asked(fetching.begun(offer))


def _came(room: Opening, model: Fetching, data: bytes, occasion: Occasion) -> Turned:
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
    is_all = not model.is_part and model.manner.part == ALL
    if extent is not None and not was_known and not extent.fits and is_all:
        return _too_large(offer, extent, model.manner)
    following = fetching.next_wanted(model)
    if following is not None:
        return _asked(replace(model, wanted=following))
    mapping, records = fetching.without_mapping(model)
    if mapping is not None and not records.offer.files:
        return Turn(Kept(mapping), (Refocus("opening-close"),))
    manner = replace(model.manner, mappings=room.mappings)
    if mapping is not None and manner.choice is None:
        manner = replace(manner, choice=mapping)
    work = Work(fetching.files_of(records), manner, is_part=model.is_part)
    reading = Reading(offer, work, occasion.time)
    return Turn(reading, later=WentOn(offer.number))


def _too_large(offer: Offer, extent: Extent, manner: Manner) -> Turned:
    """All of it is too much: which part will do, if any can be had."""
    if not portions.offered(extent):
        return _refused(refusal("room", _largest(offer)))
    portion = portions.Portion(portions.offered(extent)[0])
    return Turn(TooLarge(offer, extent, manner, portion), (Focus("opening-portion-kind"),))


def _part_wanted(model: TooLarge) -> Turned:
    try:
        part = portions.part_of(model.portion)
    except portions.UnfitPortionError as unfit:
        unfit_there = replace(model, unfit=unfit.field)
        return Turn(unfit_there, (Focus(f"opening-portion-{unfit.field}"),))
    manner = replace(model.manner, part=part)
    return _asked(fetching.begun(model.offer, manner, is_part=part == ALL))


def _largest(offer: Offer) -> str:
    return max(offer.files, key=lambda file: file.size).name


def _read_on(room: Opening, model: Reading, occasion: Occasion) -> Turned:
    """Read a slice, longer or shorter than the last, by how long that took."""
    took = occasion.time - model.since
    steps = model.steps + (took < QUICK) - (took > SLOW)
    steps = max(1, min(steps, MOST_STEPS))
    try:
        for _ in range(steps):
            if not model.work.step():
                return _read(model)
    except NotKnownError as records:
        reading = choosing.begun(records.sample, records.recognitions, room.mappings)
        asked = Choosing(model.offer, records.name, reading, model.work.manner.part)
        return Turn(asked, (Focus("opening-by"),))
    except RefusedError as refused:
        if refused.extent is not None:
            return _too_large(model.offer, refused.extent, model.work.manner)
        has_part = refused.is_end and model.work.history.head
        return _refused(refused.refusal, model.work if has_part else None)
    going_on = replace(model, since=occasion.time, steps=steps)
    return Turn(going_on, later=WentOn(model.offer.number))


def _read(model: Reading) -> Turned:
    """All is read: it is a study, of which it is said what it was if it was another store's."""
    work = model.work
    done: Doing = NOTHING
    for outcome in work.outcomes[:1]:
        done = Opened(model.offer, next(remarks_on(outcome)), work.lines)
    return Turn(done, (Refocus(OPENER),), (OpenStudy(work.study()),))


def _refused(why: Refusal, part: Work | None = None) -> Turned:
    return Turn(Refused(why, part), (Refocus("opening-close"),))


def _asked(model: Fetching) -> Turned:
    wanted = model.wanted
    piece = {"file": wanted.file, "at": wanted.at, "length": wanted.length}
    return Turn(model, (Tell(NAME, json.dumps({"offer": model.offer.number, **piece})),))
