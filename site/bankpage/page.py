"""The page: the stage, the live ledger and the labs put together, as one model and one screen.

None knows of the others. A message goes to whom it concerns; what the live ledger and the labs
wish of the stage is granted, and what looks at a history is told that it has grown, or that
another has the stage.
"""

from __future__ import annotations

from typing import Final

from bankpage.house import rooms
from bankpage.house.arriving import opened_at, reopened, sought
from bankpage.house.granting import entered_in, noticed, toggled
from bankpage.house.looking import looked
from bankpage.house.messages import (
    AddingSought,
    AddressOpened,
    LiveSought,
    Message,
    Opened,
    RowSought,
)
from bankpage.house.model import Model
from bankpage.house.on_stage import live_again, study_added, study_exported, study_verified
from bankpage.house.rooms import LabGestured, LabsArrived, LabToggled, LabWentOn
from bankpage.house.studying import StudyVerified
from bankpage.house.whereabouts import Updated
from bankpage.live.messages import ExportAsked
from bankpage.paper.effects import After
from bankpage.paper.occasion import Occasion

WAIT_MS: Final = 100
"""How long a lab waits before it looks again whether all has been read, or written."""


def update(model: Model, message: Message, occasion: Occasion) -> Updated:
    """The next model, and the effects to carry out, in order."""
    after, effects = _updated(model, message, occasion)
    return noticed(model, after, effects, occasion)


def _updated(model: Model, message: Message, occasion: Occasion) -> Updated:
    match message:
        case AddressOpened():
            return opened_at(model, message, occasion)
        case RowSought():
            return sought(model, message, occasion)
        case LiveSought():
            return live_again(model)
        case AddingSought():
            return study_added(model, occasion)
        case StudyVerified(nth=nth):
            return study_verified(model, nth)
        case Opened():
            return reopened(model, message, occasion)
        case LabToggled() | LabGestured() | LabWentOn() if _is_to_wait(model, message.name):
            return model, (After(WAIT_MS, message),)
        case LabToggled(name=name):
            return toggled(model, name, occasion)
        case LabsArrived() | LabGestured() | LabWentOn():
            entered = rooms.enter(model.rooms, message, model.subject, occasion)
            return entered_in(model, entered, occasion)
        case ExportAsked() if model.studied:
            return study_exported(model)
        case _:
            return looked(model, message, occasion)


def _is_to_wait(model: Model, lab: str) -> bool:
    """Whether a lab does nothing yet: for want of events, or of the lines that it looks at."""
    if model.is_being_read or model.studied is None or not model.studied.is_being_written:
        return model.is_being_read
    return any(door.looks_at_lines for door in model.rooms.doors if door.name == lab)
