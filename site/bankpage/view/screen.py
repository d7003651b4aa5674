"""The whole screen: what every slot of the page is, for a model."""

from __future__ import annotations

from datetime import tzinfo

from bankpage.model import Model
from bankpage.phrases import Phrases
from bankpage.view.actions import actions
from bankpage.view.debugger import debugger
from bankpage.view.explanation import explanation
from bankpage.view.frame import frame
from bankpage.view.ledger import ledger
from bankpage.view.projection import projection
from bankpage.view.tree import Screen


def view(model: Model, phrases: Phrases, zone: tzinfo | None = None) -> Screen:
    """The screen of a model, in the page's words; times in ``zone`` (None: the reader's own)."""
    return (
        *frame(model, phrases),
        *actions(model, phrases),
        *ledger(model, phrases, zone),
        *projection(model, phrases),
        *debugger(model, phrases),
        *explanation(model, phrases),
    )
