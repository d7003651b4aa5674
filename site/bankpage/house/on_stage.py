"""Who has the stage: a study takes it; the live ledger has it back, looked at as it was before."""

from __future__ import annotations

from dataclasses import replace

from bankpage.house import studying
from bankpage.house.looking import routed
from bankpage.house.model import Model
from bankpage.house.whereabouts import Updated
from bankpage.labs.contract import OpenStudy
from bankpage.live import files
from bankpage.live.messages import StudyAdded
from bankpage.live.requests import Form
from bankpage.live.results import Exported, Outcome
from bankpage.live.story import paused as story_paused
from bankpage.paper.effects import Download, Focus, Reveal, Show
from bankpage.paper.occasion import Occasion
from bankpage.stage.on_paper import kept_up
from bankpage.stage.travelling import followed, unsought
from esbank_core.kernel.identity import Position


def study_opened(model: Model, wish: OpenStudy) -> Updated:
    """A study takes the stage. What the story was in the middle of waits."""
    nth = model.studies + 1
    studied, verifying = studying.begun(nth, wish.study, model.shown, wish.position)
    stage, writing = kept_up(studied.stage, wish.study.history)
    after = replace(
        model,
        live=replace(story_paused(model.live), outcome=None),
        stage=replace(model.stage, playing=None),
        studied=replace(studied, stage=stage),
        studies=nth,
        announcement=None,
    )
    in_sight = Reveal(Position(max(1, after.position)))
    there = (Show("demo"), Focus("back-to-live")) if wish.is_to_be_seen else ()
    return after, (*there, in_sight, *verifying, *writing)


def live_again(model: Model) -> Updated:
    """The live ledger has the stage again, as it was looked at before."""
    if model.studied is None:
        return model, ()
    stage = replace(
        unsought(model.stage), on_paper=0, is_writing=False, is_printing=False
    )  # labs have turned to the study since, and found what they found in that
    stage, writing = kept_up(stage, model.live.ledger)
    after = replace(model, studied=None, stage=stage, announcement=None)
    stage, seen = followed(after.stage, after.live.ledger.head)
    return replace(after, stage=stage), (*seen, *writing, Focus("slider"))


def study_added(model: Model, occasion: Occasion) -> Updated:
    """The study goes, and its events come to the live ledger: all of them, or none and why."""
    if model.studied is None:
        return model, ()
    study = model.studied.study
    after, effects = live_again(model)
    added, asked = routed(after, StudyAdded(study.name, study.history.recorded), occasion)
    return added, (*effects, *asked)


def study_verified(model: Model, nth: int) -> Updated:
    """The study's chain, verified by a slice more; a slice of an earlier study comes too late."""
    if model.studied is None or model.studied.nth != nth:
        return model, ()
    studied, effects = studying.verified(model.studied)
    after = replace(model, studied=studied)
    if studied.is_being_written or not studied.is_export_wanted:
        return after, effects
    after, download = study_exported(after)
    return after, (*effects, *download)


def study_exported(model: Model) -> Updated:
    """The lines of the study as a file, as they were found; once all of them are there."""
    studied = model.studied
    if studied is not None:
        model = replace(model, studied=replace(studied, is_export_wanted=studied.is_being_written))
        if studied.is_being_written:
            return model, ()
    exported = Outcome(Form.STORE, Exported(model.history.head))
    live = replace(model.live, outcome=exported, outcomes=model.live.outcomes + 1)
    text = files.file_of(model.lines, model.history)
    return replace(model, live=live), (Download("esbank-study.jsonl", text),)
