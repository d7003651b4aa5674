"""The screen of the whole page, and a glance at it for the first moment of the next visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Final

from bankpage.house import rooms, studying
from bankpage.house.model import Model
from bankpage.live.actions import actions
from bankpage.live.explanation import decided_as, explanation
from bankpage.live.notices import chain_status, notices
from bankpage.live.outcomes import outcomes
from bankpage.live.story import story_controls
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Screen, Slot
from bankpage.stage import chain
from bankpage.stage.announcements import announcer
from bankpage.stage.balances import balances
from bankpage.stage.change import change
from bankpage.stage.ledger import ledger
from bankpage.stage.on_paper import on_paper
from bankpage.stage.own import own_change, own_state
from bankpage.stage.pipeline import pipeline
from bankpage.stage.slider import slider
from bankpage.stage.state import state
from bankpage.stage.travelling import returned

SHOWN_ACCOUNT: Final = "account-id"
CHOSEN_ACCOUNT: Final = "chosen-account"
CHOSEN_SPEED: Final = "chosen-speed"


GLANCED_AT: Final = ("balance", "status", "account-id", "owner-name", "account-status")
"""What of Current State is shown again at the next visit, before Python runs."""


def view(model: Model, phrases: Phrases, zone: tzinfo | None = None) -> Screen:
    """The screen of a model, in the page's words; times in ``zone`` (None: the reader's own)."""
    live, stage, history = model.live, model.shown, model.history
    is_live = model.studied is None
    return (
        Slot("root", {"data-python": "ready"}),
        Slot(
            "page",
            {
                "data-cursor": "past" if stage.is_in_past else "now",
                "data-history": "some" if history.head else "none",
                "data-stage": "live" if is_live else "study",
            },
        ),
        Slot("starting", {"hidden": True}),
        *notices(live, phrases, is_on_stage=is_live),
        *_chain(model, phrases),
        *actions(live, phrases, is_on_stage=is_live),
        Slot("story", {"hidden": not is_live}),
        *story_controls(live, phrases),
        *outcomes(live, phrases),
        *studying.sign(model.studied, phrases, zone),
        *ledger(history, stage, phrases, zone),
        *state(history, stage, phrases, model.own),
        *own_state(model.own, phrases, is_ended_elsewhere="projection" in model.rooms.open),
        *balances(history, stage, phrases, model.own),
        *on_paper(history, phrases),
        *slider(history, stage, phrases),
        announcer(history, model.announcement, model.announcements, phrases),
        *(own_change(model.own, phrases) or change(history, stage, phrases)),
        *pipeline(stage, live.decisions, decided_as(live)),
        *explanation(live, phrases),
        *rooms.doors(model.rooms, phrases),
        *rooms.slots(model.rooms, model.subject, phrases),
    )


def _chain(model: Model, phrases: Phrases) -> Iterator[Slot]:
    if model.studied is None:
        return chain_status(model.live, phrases)
    studied, head = model.studied, model.history.head
    return chain.chain_status(head, studied.chain, phrases, is_awaited=studied.is_export_wanted)


def glance(model: Model, phrases: Phrases) -> list[tuple[str, str]]:
    """What Current State shows now, as element ids and texts: for the next visit's first moment.

    What was chosen goes along, by names that no element has.
    """
    shown = [
        (slot.id, "".join(part for part in slot.children or () if isinstance(part, str)))
        for slot in state(model.live.ledger, returned(model.stage), phrases)
        if slot.id in GLANCED_AT
    ]
    chosen = [(CHOSEN_ACCOUNT, model.live.account or ""), (CHOSEN_SPEED, model.stage.speed.value)]
    return shown + chosen
