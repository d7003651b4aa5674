"""The rooms of the page: labs opened, heard, granted what they wish, and free while closed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from bankpage.house.messages import LiveSought, message_of
from bankpage.house.model import Model
from bankpage.house.rooms import (
    DOORS,
    Door,
    LabGestured,
    LabsArrived,
    LabToggled,
    LoadLabs,
    Rooms,
    StartScript,
    StopScript,
)
from bankpage.house.screen import view
from bankpage.house.studying import StudyVerified
from bankpage.labs.contract import (
    ActAs,
    BackToLive,
    Gesture,
    Lab,
    LookAt,
    Mark,
    OpenLab,
    OpenStudy,
    ShowOnly,
    Study,
    Subject,
    Turn,
    Wish,
)
from bankpage.paper.effects import After, Download
from bankpage.paper.occasion import Occasion
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot, text
from bankpage.stage.messages import CursorMoved, LedgerScrolled

import tests.page.desk
from building.labs import names, with_labs
from esbank_core.bank.account import CODEC, empty_ledger, is_readable
from esbank_core.bank.events import Event
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import EventId, Position, Version
from esbank_core.kernel.recorded import Actor
from esbank_core.kernel.written.line_codec import LineCodec
from esbank_core.kernel.written.lines_to_come import LinesToCome
from tests.page.desk import INDEX, Desk, page_phrases


@dataclass(frozen=True)
class Tally:
    """The model of a lab that counts what it hears."""

    heard: tuple[str, ...] = ()
    slices: int = 0
    noticed: int = 0


WISHES: dict[str, tuple[Wish, ...]] = {}


def update(tally: Tally, message: str, subject: Subject, _: Occasion) -> Turn[Tally, str]:
    if message == "slice":
        more = "slice" if tally.slices < 2 else None
        return Turn(replace(tally, slices=tally.slices + 1), later=more)
    if message == "noticed":
        return Turn(replace(tally, noticed=subject.position))
    tally = replace(tally, heard=(*tally.heard, message))
    return Turn(tally, wishes=WISHES.get(message, ()), later="slice" if message == "long" else None)


def slots(tally: Tally, subject: Subject, _: Phrases) -> Iterator[Slot]:
    yield text("tally-heard", f"{' '.join(tally.heard)} of {subject.history.head}")


def noticed(_before: Subject, _after: Subject) -> str:
    return "noticed"


def read(gesture: Gesture) -> str:
    return gesture.fields["what"] if gesture.name == "say" else gesture.name


TALLY = Lab("tally", Tally(), read, update, slots, noticed, drafted=lambda draft: f"draft {draft}")


@pytest.fixture(autouse=True)
def the_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page with one lab more, of whose words nobody has thought."""
    module = ModuleType("bankpage.labs.tally.lab")
    monkeypatch.setattr(module, "LAB", TALLY, raising=False)
    monkeypatch.setitem(sys.modules, "bankpage.labs.tally", ModuleType("bankpage.labs.tally"))
    monkeypatch.setitem(sys.modules, "bankpage.labs.tally.lab", module)
    words = dict(page_phrases().texts) | {"tally-open": "Open", "tally-close": "Close"}
    monkeypatch.setattr("tests.page.desk.page_phrases", lambda: Phrases(words))
    WISHES.clear()


def desk_with_lab() -> Desk:
    desk = Desk(model=Model(rooms=Rooms((Door("tally", "#tally"),))))
    return desk.opens("Ada").deposits("100").deposits("20")


def opened() -> Desk:
    return desk_with_lab().does(LabToggled("tally"), LabsArrived())


def say(what: str) -> LabGestured:
    return LabGestured("tally", Gesture("say", {"what": what}))


def model_of(desk: Desk) -> Tally:
    room: Any = desk.model.rooms.made["tally"]
    tally: Tally = room.model
    return tally


def screen(desk: Desk) -> dict[str, Slot]:
    return {slot.id: slot for slot in view(desk.model, tests.page.desk.page_phrases())}


def test_every_lab_that_there_is_has_a_door() -> None:
    assert sorted(door.name for door in DOORS) == names(INDEX.parent)


def test_a_closed_lab_yields_nothing_and_has_no_python() -> None:
    desk = desk_with_lab()
    assert "tally-heard" not in screen(desk)
    assert desk.model.rooms.made == {}
    assert screen(desk)["tally-lab"].attributes["hidden"] is True
    assert screen(desk)["tally-door"].children == ("Open",)


def test_the_first_lab_opened_fetches_the_python_of_them_all_once() -> None:
    desk = desk_with_lab().does(LabToggled("tally"))
    assert desk.effects.count(LoadLabs()) == 1
    assert screen(desk)["tally-arriving"].children
    assert StartScript("tally") not in desk.effects
    desk.does(LabsArrived())
    assert StartScript("tally") in desk.effects
    assert screen(desk)["tally-heard"].children == (" of 3",)
    desk.does(LabToggled("tally"), LabToggled("tally"))
    assert desk.effects.count(LoadLabs()) == 1


def test_what_did_not_arrive_is_said_and_opening_again_tries_again() -> None:
    desk = desk_with_lab().does(LabToggled("tally"), LabsArrived("labs.zip did not arrive"))
    (said,) = screen(desk)["tally-arriving"].children or ()
    assert "labs.zip did not arrive" in str(said)
    desk.does(LabToggled("tally"), LabToggled("tally"))
    assert desk.effects.count(LoadLabs()) == 2


def test_what_is_done_to_a_lab_before_it_is_here_waits_for_it() -> None:
    desk = desk_with_lab().does(LabToggled("tally"), say("one"), say("two"), LabsArrived())
    assert model_of(desk).heard == ("one", "two")


def test_a_lab_without_an_address_is_opened_by_what_is_done_to_it() -> None:
    desk = Desk(model=Model(rooms=Rooms((Door("tally"),)))).does(say("one"), LabsArrived())
    assert model_of(desk).heard == ("one",)


def test_a_closed_lab_does_not_hear_and_keeps_what_it_was() -> None:
    desk = opened().does(say("one"), LabToggled("tally"), say("two"))
    assert StopScript("tally") in desk.effects
    assert model_of(desk.does(LabToggled("tally"))).heard == ("one",)


def test_long_work_goes_on_slice_by_slice_and_rests_while_the_lab_is_closed() -> None:
    desk = opened().does(say("long"))
    waiting = [effect for effect in desk.effects if isinstance(effect, After)]
    assert waiting
    desk.does(LabToggled("tally")).time_passes()
    assert model_of(desk).slices == 0
    desk.does(LabToggled("tally")).time_passes()
    assert model_of(desk).slices == 3


def test_an_open_lab_sees_the_slider_move_and_the_ledger_grow() -> None:
    desk = opened().does(CursorMoved(Position(2)))
    assert model_of(desk).noticed == 2
    desk.deposits("1")
    assert model_of(desk).noticed == 4


def test_a_lab_moves_the_slider_by_a_wish() -> None:
    WISHES["look"] = (LookAt(Position(2)),)
    assert opened().does(say("look")).model.position == 2


def test_a_lab_opens_another_with_a_draft() -> None:
    WISHES["other"] = (OpenLab("tally", "of mine"),)
    assert model_of(opened().does(say("other"))).heard == ("other", "draft of mine")


def test_a_lab_marks_the_line_and_shows_some_rows_alone() -> None:
    WISHES["mark"] = (Mark((Position(1), Position(3))), ShowOnly((Position(1), Position(3))))
    desk = opened().does(say("mark"))
    shown = screen(desk)
    assert str(shown["marks-found"].attributes["d"]).count("M") == 2
    rows = shown["ledger"].children or ()
    assert [row.key for row in rows if not isinstance(row, str)] == ["event-1", "event-3"]
    assert [row.attributes["aria-posinset"] for row in rows if not isinstance(row, str)] == [1, 2]
    assert shown["ledger-count"].children == ("2 of 3 events are shown",)
    WISHES["all"] = (ShowOnly(None),)
    assert len(screen(desk.does(say("all")))["ledger"].children or ()) == 3


def test_rows_shown_alone_follow_the_cursor_to_the_last_one_before_it() -> None:
    WISHES["some"] = (ShowOnly((Position(1), Position(3))),)
    desk = opened().does(say("some"), CursorMoved(Position(2)))
    rows = [row for row in screen(desk)["ledger"].children or () if not isinstance(row, str)]
    assert [str(row.attributes["class"]).split()[1] for row in rows] == ["is-applied", "is-next"]
    WISHES["none"] = (ShowOnly(()),)
    assert not screen(desk.does(say("none")))["ledger"].children
    desk.does(LedgerScrolled(1), message_of("go-to-row", {"part": "jump", "row": "5"}))


# Studies.


def test_a_lab_that_is_opened_again_sees_what_has_become_of_the_stage_meanwhile() -> None:
    desk = opened().does(CursorMoved(Position(2)))
    assert model_of(desk).noticed == 2
    desk.does(LabToggled("tally"), CursorMoved(Position(1)), CursorMoved(Position(3)))
    assert model_of(desk).noticed == 2
    desk.does(LabToggled("tally"))
    assert model_of(desk).noticed == 3
    desk.does(say("again"))
    assert desk.model.rooms.left == {}


def test_a_lab_that_was_closed_over_a_study_sees_that_it_is_gone() -> None:
    WISHES["study"] = (OpenStudy(other_history(deposits=9)),)
    desk = opened().does(say("study"), LabToggled("tally"))
    assert model_of(desk).noticed == 10
    assert model_of(desk.does(LiveSought(), LabToggled("tally"))).noticed == 3


def test_what_a_lab_shows_alone_and_marks_goes_with_it() -> None:
    WISHES["mark"] = (Mark((Position(1), Position(3))), ShowOnly((Position(1), Position(3))))
    desk = opened().does(say("mark"))
    assert "2 of 3" in desk.shows("ledger-count")
    closed = desk.does(LabToggled("tally"))
    assert (closed.model.stage.marked, closed.model.stage.only) == ((), None)
    assert "of" not in closed.shows("ledger-count")


def test_what_another_lab_shows_alone_stays() -> None:
    WISHES["mark"] = (Mark((Position(1),)), ShowOnly((Position(1),)))
    desk = opened().does(say("mark"))
    desk.model = replace(desk.model, filtered_by="another", marked_by="another")
    closed = desk.does(LabToggled("tally"))
    assert (closed.model.stage.marked, closed.model.stage.only) == ((1,), (1,))


def test_what_was_found_before_a_study_is_not_shown_alone_after_it() -> None:
    WISHES["mark"] = (Mark((Position(1), Position(3))), ShowOnly((Position(1), Position(3))))
    WISHES["study"] = (OpenStudy(other_history()),)
    back = opened().does(say("mark"), say("study"), LiveSought())
    assert (back.model.stage.marked, back.model.stage.only) == ((), None)


def other_history(name: str = "theirs", deposits: int = 4) -> Study:
    desk = Desk(name="elsewhere").opens("Bo")
    for _ in range(deposits):
        desk.deposits("5")
    return Study(name, desk.model.live.ledger, desk.model.live.lines)


def studying(study: Study | None = None, position: Position | None = None) -> Desk:
    WISHES["study"] = (OpenStudy(study or other_history(), position),)
    return opened().does(say("study"))


def test_a_study_takes_the_stage_and_gives_it_back() -> None:
    desk = studying()
    shown = screen(desk)
    assert shown["study"].attributes["hidden"] is False
    assert shown["study-name"].children == ("theirs",)
    assert "5 events in 1 stream" in str(shown["study-facts"].children)
    assert shown["slider"].attributes["max"] == 5
    assert shown["commands"].attributes["disabled"] is True
    assert shown["reset"].attributes["disabled"] is True
    assert desk.shows("balance") == "$20.00"
    assert model_of(desk).noticed == 5
    back = desk.does(LiveSought())
    assert back.shows("balance") == "$120.00"
    assert screen(back)["study"].attributes["hidden"] is True
    assert screen(back)["commands"].attributes["disabled"] is False


def test_a_study_lies_between_its_earliest_and_its_latest_event() -> None:
    study = other_history()
    late_first = empty_ledger().extend(
        replace(event, position=Position(nth), version=Version(nth), id=EventId(f"{nth}"))
        for nth, event in enumerate(reversed(study.history.recorded), start=1)
    )
    told = screen(studying(replace(study, history=late_first)))["study-facts"]
    assert told.children == screen(studying(study))["study-facts"].children


def test_back_to_the_live_ledger_by_a_wish_or_a_button_finds_it_as_it_was() -> None:
    WISHES["back"] = (BackToLive(),)
    WISHES["study"] = (OpenStudy(other_history()),)
    desk = opened().does(CursorMoved(Position(2)), say("study"))
    assert desk.model.position == 5
    assert desk.does(say("back")).model.position == 2
    assert message_of("back-to-live", {}) == LiveSought()


def test_a_study_is_stepped_through_and_the_live_ledger_stays_at_now() -> None:
    desk = studying().does(CursorMoved(Position(2)))
    assert desk.shows("balance") == "$5.00"
    assert not desk.model.stage.is_in_past
    assert desk.model.address == "#tally"


def test_a_study_opens_at_a_position() -> None:
    assert studying(position=Position(3)).model.position == 3


def test_the_live_ledger_grows_behind_a_study() -> None:
    desk = studying()
    other_tab = Desk(desk.storage, name="other")
    other_tab.deposits("1")
    desk.sees()
    desk.settles()
    assert desk.model.position == 5
    assert desk.does(LiveSought()).shows("balance") == "$121.00"


def test_a_study_is_verified_in_slices_and_its_break_is_named() -> None:
    study = other_history(deposits=900)
    lines = list(study.lines)
    lines[500] = lines[500].replace('"amount":500', '"amount":501')
    broken = replace(study, lines=type(study.lines)(lines))
    desk = studying(broken)
    assert "Verifying" in str(screen(desk)["chain-count"].children)
    desk.does(StudyVerified(desk.model.studies - 1))
    assert "Verifying" in str(screen(desk)["chain-count"].children)
    desk.time_passes()
    assert screen(desk)["chain-verdict"].children == ("Chain broken at event 501: altered",)
    assert screen(desk.does(LiveSought()))["chain-verdict"].children == ("Chain intact",)


def test_an_export_of_a_study_gives_the_study() -> None:
    study = other_history()
    desk = studying(study).does(message_of("export", {}))
    (given,) = [effect for effect in desk.effects if isinstance(effect, Download)]
    assert given.text == "".join(f"{line}\n" for line in study.lines)


def to_be_written(study: Study) -> Study:
    """The same with lines that are still to come."""
    events = AppendOnly(filter(is_readable, study.history.recorded))
    return replace(study, lines=LinesToCome[Event](events, LineCodec(CODEC)))


def test_the_lines_of_a_study_are_written_in_slices_and_an_export_waits_for_them() -> None:
    study = other_history(deposits=900)
    desk = studying(to_be_written(study))
    asked = desk.does(message_of("export", {}))
    assert not any(isinstance(effect, Download) for effect in asked.effects)
    assert desk.model.lines.at_hand < 901
    said = str(screen(desk)["chain-count"].children)
    assert "The export waits for its lines: " in said
    assert "of 901 are written." in said
    desk.time_passes()
    (given,) = [effect for effect in desk.effects if isinstance(effect, Download)]
    assert given.text == "".join(f"{line}\n" for line in study.lines)
    assert screen(desk)["chain-verdict"].children == ("Chain intact",)
    again = desk.does(message_of("export", {})).effects
    assert len([effect for effect in again if isinstance(effect, Download)]) == 2


def test_a_lab_that_looks_at_lines_waits_until_they_are_written_and_others_do_not() -> None:
    WISHES["study"] = (OpenStudy(to_be_written(other_history(deposits=900))),)
    doors = (Door("tally", "#tally", looks_at_lines=True),)
    desk = Desk(model=Model(rooms=Rooms(doors))).does(LabToggled("tally"), LabsArrived())
    desk.does(say("study"), say("wait"))
    assert model_of(desk).heard == ("study",)
    desk.time_passes()
    assert model_of(desk).heard == ("study", "wait")
    eager = studying(to_be_written(other_history(deposits=900))).does(say("now"))
    assert model_of(eager).heard == ("study", "now")
    assert eager.model.lines.at_hand < 901


def test_markup_in_the_name_of_a_study_is_text_and_a_long_one_is_cut() -> None:
    name = "<img src=x onerror=alert(1)>" * 20
    (shown,) = screen(studying(other_history(name)))["study-name"].children or ()
    assert str(shown).startswith("<img src=x")
    assert len(str(shown)) < 130


def test_nothing_is_left_of_a_study_once_another_has_the_stage() -> None:
    desk = studying()
    WISHES["study"] = (OpenStudy(other_history("another", 1)),)
    desk.does(say("study"))
    assert screen(desk)["study-name"].children == ("another",)
    assert desk.does(LiveSought()).model.studied is None


def test_a_study_is_added_to_the_live_ledger_which_has_the_stage_again() -> None:
    elsewhere = Desk(name="elsewhere")
    elsewhere.opens("Bo").deposits("5").opens("Cy").deposits("7")
    WISHES["study"] = (
        OpenStudy(Study("theirs", elsewhere.model.live.ledger, elsewhere.model.live.lines)),
    )
    desk = Desk(model=Model(rooms=Rooms((Door("tally", "#tally"),))))
    desk.does(LabToggled("tally"), LabsArrived(), say("study"))
    desk.does(message_of("add-study", {})).time_passes()
    assert desk.model.studied is None
    assert desk.model.live.ledger.head == 4
    assert "4 events" in desk.shows("store-outcome")


def test_a_lab_has_commands_given_in_another_name() -> None:
    WISHES["act"] = (ActAs(Actor("user", "teller")),)
    desk = opened().does(say("act")).deposits("1")
    assert desk.model.live.ledger.recorded[-1].actor == Actor("user", "teller")
    assert desk.model.subject.actor == Actor("user", "teller")


def test_markup_that_stands_for_several_stands_once_for_each(tmp_path: Path) -> None:
    folder = tmp_path / "bankpage" / "labs" / "tally"
    folder.mkdir(parents=True)
    (folder / "lab.py").touch()
    (folder / "tally.html").write_text(
        '<template data-each="one: The one; other: The other: last">\n'
        '<p id="tally-{name}">{label}</p>\n'
        "</template>\n"
        '<template>\n<p data-phrase="tally-said">{label} is said.</p>\n</template>\n'
    )
    place = '<section data-lab="tally" aria-label="Tally lab"></section>\n</template>\n</body>'
    page = with_labs(place, tmp_path)
    assert '<p id="tally-one">The one</p>\n<p id="tally-other">The other: last</p>' in page
    assert "data-each" not in page
    assert "{label} is said." in page
