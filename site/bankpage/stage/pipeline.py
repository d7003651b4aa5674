"""The pipeline: what a command and a replay go through, lit as they go, twice on the page."""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.paper.tree import Slot
from bankpage.stage.model import Stage


def pipeline(stage: Stage, decisions: int, decided: str) -> Iterator[Slot]:
    """The slim one with the stage, and the full diagram.

    ``decided`` is what came of the last of so many decisions: ``none``, ``accepted`` or
    ``rejected``. Whichever came last, a decision or a move, is what is lit.
    """
    lit = "replayed" if stage.has_travelled else decided
    # Changes with whatever is lit, so that an animation begins anew.
    runs = decisions + stage.moves
    run = "none" if lit == "none" else "odd" if runs % 2 else "even"
    for slot in ("pipeline", "diagram"):
        yield Slot(slot, {"data-run": run, "data-outcome": lit})
