"""The Projection lab without a browser: events handed over, one thing asked at a time, followed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from bankpage.labs.contract import EvolveWith, Tell
from bankpage.labs.projection.lab import LAB
from bankpage.labs.projection.templates import TEMPLATES
from bankpage.labs.projection.update import DEADLINE_MS
from bankpage.paper.effects import Download
from bankpage.paper.own_states import OwnStates

from esbank_core.bank.commands import DepositMoney, OpenAccount
from esbank_core.kernel.identity import StreamId
from esbank_core.programs.copies import SLICE
from esbank_core.programs.desk import Desk
from tests.core.histories import Bank
from tests.page.desk import page_phrases
from tests.page.lab_desk import LabDesk, studied, subject_of

ADA = StreamId("ACC-1")
COUNT = "initial = 0\ndef apply(state, event):\n    return state + 1"


def bank(deposits: int = 3) -> Bank:
    made = Bank().do(OpenAccount(ADA, "Ada"))
    for _ in range(deposits):
        made.do(DepositMoney(ADA, 100))
    return made


class Lab:
    """The lab, and a desk in the place of the Python that can be thrown away."""

    def __init__(self, deposits: int = 3) -> None:
        self.bank = bank(deposits)
        self.lab = LabDesk(LAB, subject_of(self.bank.ledger.recorded))
        self.desk = Desk(lambda: 0.0)
        self.kept: list[dict[str, Any]] = []
        self.fed = 0
        self.asked: list[dict[str, Any]] = []
        self.lab.does("opened", has="")
        self.carried = len(self.lab.effects)

    def told(self) -> list[dict[str, Any]]:
        """What the script has been told and not been shown to this test."""
        effects, self.carried = self.lab.effects[self.carried :], len(self.lab.effects)
        return [json.loads(effect.text) for effect in effects if isinstance(effect, Tell)]

    def carries(self) -> Lab:
        """The script hands over what it is told, and keeps what is asked."""
        for told in self.told():
            match told["do"]:
                case "events":
                    if told["after"] == 0:
                        self.kept, self.fed = [], 0
                    self.kept.append(told)
                case "ask":
                    self.asked.append(told)
                case "stop":
                    self.fed = 0
        return self

    def answers(self) -> Lab:
        """The desk answers what is asked, until nothing more is."""
        self.carries()
        while self.asked:
            asked = self.asked.pop(0)
            while self.fed < len(self.kept):
                self.desk.answer(json.dumps(self.kept[self.fed]))
                self.fed += 1
            answer = self.desk.answer(asked["text"])
            self.lab.does("answered", nth=str(asked["nth"]), answer=answer)
            self.carries()
        return self

    def runs(self, text: str = COUNT) -> Lab:
        self.lab.does("run", code=text)
        return self.answers()

    def looks_at(self, position: int) -> Lab:
        self.lab.looks_at(position)
        return self

    def deposits(self) -> Lab:
        self.bank.do(DepositMoney(ADA, 100))
        longer = self.lab.subject.history.extend(self.bank.ledger.recorded[-1:])
        self.lab.sees(replace(self.lab.subject, history=longer, position=longer.head))
        return self

    def ends(self, ended: str, reason: str = "") -> Lab:
        """The Python is thrown away while it was asked."""
        self.carries()
        asked = self.asked.pop(0)
        self.fed = 0
        self.lab.does("answered", nth=str(asked["nth"]), ended=ended, reason=reason)
        return self.carries()

    @property
    def status(self) -> str:
        return self.lab.shows("projection-status")

    @property
    def model(self) -> str:
        return self.lab.shows("projection-model")

    @property
    def checkpoint(self) -> str:
        return self.lab.shows("projection-checkpoint")

    def is_disabled(self, name: str) -> bool:
        return bool(self.lab.slot(f"projection-{name}").attributes["disabled"])


def test_an_editor_that_is_empty_gets_a_program_to_start_from() -> None:
    lab = LabDesk(LAB, subject_of(bank().ledger.recorded)).does("opened", has="")
    (written,) = lab.effects
    assert isinstance(written, Tell)
    assert json.loads(written.text) == {"do": "write", "text": TEMPLATES["count-by-type"]}


@pytest.mark.parametrize(("has", "first"), [("", ["write", "run"]), ("text", ["run"])])
def test_run_pressed_before_the_editor_is_there_is_pressed_once_it_is(has, first) -> None:
    lab = LabDesk(LAB, subject_of(bank().ledger.recorded)).does("run", code="").does("run", code="")
    assert lab.effects == []
    assert lab.shows("projection-status") == "Running…"
    lab.does("opened", has=has)
    told = [json.loads(one.text)["do"] for one in lab.effects if isinstance(one, Tell)]
    assert told == first
    assert lab.does("opened", has="text").effects == lab.effects


def test_a_run_that_nobody_could_begin_can_be_stopped() -> None:
    lab = LabDesk(LAB, subject_of(bank().ledger.recorded)).does("run", code="").does("stop")
    lab.effects.clear()
    assert lab.does("opened", has="text").effects == []
    assert not lab.shows("projection-status").startswith("Running")


def test_what_was_written_before_is_left_as_it_is() -> None:
    lab = LabDesk(LAB, subject_of(bank().ledger.recorded)).does("opened", has="text")
    assert lab.effects == []


def test_what_is_opened_or_handed_over_is_a_text_until_run_is_pressed() -> None:
    lab = Lab()
    lab.lab.does("file")
    lab.lab.takes(COUNT)
    assert [told["do"] for told in lab.told()] == ["write"]
    assert "not" in lab.status


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_template_runs_and_has_a_name_on_the_page(name: str) -> None:
    lab = Lab()
    lab.lab.does("template", value=name)
    (written,) = lab.told()
    lab.runs(written["text"])
    assert lab.status.startswith(("Folded", "Each")), lab.status
    assert lab.model


def test_a_template_that_there_is_not_is_no_gesture() -> None:
    with pytest.raises(ValueError, match="no template"):
        Lab().lab.does("template", value="none")


def test_a_program_is_run_on_all_events_and_follows_the_slider() -> None:
    lab = Lab().runs()
    assert (lab.model, lab.checkpoint) == ("4", "Checkpoint 4 of 4.")
    lab.looks_at(2).answers()
    assert (lab.model, lab.checkpoint) == ("2", "Checkpoint 2 of 4.")
    lab.looks_at(0).answers()
    assert (lab.model, lab.checkpoint) == ("0", "Checkpoint 0 of 4.")


def test_new_events_are_handed_over_and_no_old_one_again() -> None:
    lab = Lab().runs()
    lab.deposits()
    events = [told for told in lab.told() if told["do"] == "events"]
    assert [(some["after"], len(json.loads(some["copies"]))) for some in events] == [(4, 1)]


def test_the_slider_never_waits_and_only_its_last_place_is_asked_for() -> None:
    lab = Lab().runs()
    for position in (3, 2, 1):
        lab.looks_at(position)
    lab.carries()
    assert [json.loads(asked["text"])["position"] for asked in lab.asked] == [3]
    lab.answers()
    assert (lab.model, lab.asked) == ("1", [])


def test_events_are_handed_over_in_slices_and_that_is_said() -> None:
    lab = Lab(2 * SLICE)
    lab.lab.only("run", code=COUNT)
    assert lab.status == f"Handing over copies of the events: {SLICE} of {2 * SLICE + 1:,}…"
    lab.lab.settles()
    assert lab.status == "Running…"
    lab.answers()
    assert lab.model == str(2 * SLICE + 1)


def test_a_study_is_another_history_on_which_the_program_begins_anew() -> None:
    lab = Lab().runs()
    other = Bank().do(OpenAccount(ADA, "Grace"))
    lab.lab.sees(studied(subject_of(other.ledger.recorded)))
    lab.answers()
    assert (lab.model, lab.checkpoint) == ("1", "Checkpoint 1 of 1.")


def test_the_last_event_twice_changes_nothing_with_a_checkpoint_and_doubles_without() -> None:
    lab = Lab().runs()
    lab.lab.does("again")
    lab.answers()
    assert lab.model == "4"
    assert "passed over" in lab.status
    lab.lab.does("checkpoint", checked="false")
    lab.answers()
    lab.lab.does("again")
    lab.answers()
    assert lab.model == "5"
    assert "counted twice" in lab.status
    lab.lab.does("rebuild")
    lab.answers()
    assert lab.model == "4"
    assert lab.status.startswith("Thrown away, and rebuilt from 4 events in")


def test_a_projection_lags_and_catches_up() -> None:
    lab = Lab(5).runs()
    lab.lab.does("lag")
    lab.answers()
    assert (lab.model, lab.is_disabled("lag"), lab.is_disabled("catch-up")) == ("3", True, False)
    assert lab.checkpoint == "Checkpoint 3 of 6: it lags 3 events behind the slider."
    lab.lab.does("catch-up")
    lab.answers()
    assert (lab.model, lab.checkpoint) == ("6", "Checkpoint 6 of 6.")


def test_an_error_is_told_by_line_and_event_and_what_stood_before_it_is_shown() -> None:
    lab = Lab().runs("initial = 0\n\ndef apply(state, event):\n    return state + 'x'\n")
    assert lab.status.startswith("TypeError: unsupported operand type(s)")
    assert lab.status.endswith("(line 4, at event 1)")
    lab.runs("initial = 0\ndef apply(s, e):\n    return s + (1 if e.position < 3 else None)")
    assert lab.status.endswith("(line 3, at event 3)")
    assert lab.model == "2"
    lab.looks_at(1).answers()
    assert (lab.model, lab.status[:6]) == ("1", "Folded")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("initial = {}\ndef apply(s, e): ...", "returned None (line 2, at event 1)."),
        ("", "There is nothing to run"),
        ("initial = 0\napply = evolve = max", "both apply and evolve"),
        ("apply = max", "no “initial”"),
        ("def (", "SyntaxError"),
        ("raise RuntimeError", "RuntimeError (line 1)"),
    ],
)
def test_whatever_is_wrong_is_a_sentence(text: str, said: str) -> None:
    assert said in Lab().runs(text).status


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        ("late", "did not end in 10 seconds"),
        ("talkative", "more than anybody can read"),
        ("broken", "broke"),
        ("gone", "The browser has ended"),
        ("missing", "No second Python"),
    ],
)
def test_a_python_that_ends_is_told_and_the_next_run_has_all_events(ended: str, said: str) -> None:
    lab = Lab()
    lab.lab.does("run", code=COUNT)
    lab.ends(ended)
    assert said in lab.status
    assert lab.is_disabled("again")
    assert DEADLINE_MS == 10_000
    lab.desk = Desk(lambda: 0.0)
    assert lab.runs().model == "4"


def test_stop_ends_it_and_what_it_still_says_is_not_heard() -> None:
    lab = Lab()
    lab.lab.does("run", code=COUNT).does("stop")
    lab.carries()
    assert lab.status.startswith("Stopped.")
    late = lab.asked.pop()
    lab.lab.does("answered", nth=str(late["nth"]), answer='{"kind": "projection"}')
    assert lab.status.startswith("Stopped.")
    assert lab.runs().model == "4"


def test_run_while_another_still_runs_throws_that_away() -> None:
    lab = Lab()
    lab.lab.does("run", code="initial = 0\ndef apply(s, e):\n    while True: pass")
    lab.carries().asked.clear()
    lab.lab.does("run", code=COUNT)
    told = lab.told()
    assert [one["do"] for one in told] == ["stop", "ask"]
    assert json.loads(told[1]["text"])["program"] == COUNT
    assert lab.status == "Running…"


def test_stop_while_events_are_handed_over_asks_nothing_more() -> None:
    lab = Lab(2 * SLICE)
    lab.lab.only("run", code=COUNT).does("stop")
    lab.carries()
    assert lab.asked == []
    assert lab.runs().model == str(2 * SLICE + 1)


def test_a_lab_that_was_closed_has_another_python_when_it_opens() -> None:
    lab = Lab().runs()
    lab.lab.does("opened", has="text")
    lab.kept, lab.desk, lab.fed = [], Desk(lambda: 0.0), 0
    assert lab.is_disabled("rebuild")
    assert lab.runs().model == "4"


@pytest.mark.parametrize(
    "answer",
    ["", "7", "[]", "{", '{"kind": 1, "shown": 2}', '{"shown": {"is": "tree"}}',
     '{"kind": "other"}', '{"kind": ["projection"]}',
     ('{"kind": "projection", "shown": {"is": "table", "columns": ["a"], "rows": [[]],'
     ' "left_out": 0}}'),
     '{"kind": "projection", "shown": {"is": "tree", "name": "", "value": "", "left_out": 0,'
     ' "under": [' + '{"name": "", "value": "", "left_out": 0, "under": [' * 50 + ']}' * 50 + ']}}',
     '{"kind": "projection", "checkpoint": "x"}', '{"fault": {"what": "none"}}',
     '{"kind": "projection", "shown": {"is": "table", "columns": 1, "rows": 2, "left_out": 3}}'],
)  # fmt: skip
def test_an_answer_may_be_anything_and_breaks_nothing(answer: str) -> None:
    lab = Lab()
    lab.lab.does("run", code=COUNT)
    lab.carries()
    lab.lab.does("answered", nth=str(lab.asked.pop()["nth"]), answer=answer)
    assert lab.status.startswith("That Python broke")


def test_what_it_printed_is_shown_as_text() -> None:
    lab = Lab().runs("print('<b>bold</b>')\ninitial = 0\ndef apply(s, e):\n    return s")
    assert lab.lab.shows("projection-printed") == "<b>bold</b>\n"
    lab.runs("print('x' * 20_000)\ninitial = 0\ndef apply(s, e):\n    return s")
    assert lab.lab.shows("projection-printed").endswith(
        "10,001 characters more, which were not kept."
    )


def test_what_was_written_can_be_had_as_a_file() -> None:
    lab = Lab()
    lab.lab.does("save", code=COUNT)
    assert lab.lab.effects[-1] == Download("projection.py", COUNT)


def test_an_evolve_is_handed_to_the_page_which_says_when_it_is_shown() -> None:
    text = TEMPLATES["state-of-each"]
    lab = Lab().runs(text)
    assert not lab.lab.slot("projection-feed").attributes["hidden"]
    lab.lab.does("feed")
    assert lab.lab.wishes[-1] == EvolveWith(text)
    lab.lab.sees(replace(lab.lab.subject, own=OwnStates(text)))
    assert lab.lab.slot("projection-feed").attributes["hidden"]
    assert not lab.lab.slot("projection-bank").attributes["hidden"]
    lab.lab.does("bank")
    assert lab.lab.wishes[-1] == EvolveWith("")
    lab.runs()
    assert lab.lab.slot("projection-feed").attributes["hidden"]


def test_an_evolve_that_is_shown_and_run_anew_is_shown_as_it_is_now() -> None:
    text = TEMPLATES["state-of-each"]
    lab = Lab().runs(text)
    lab.lab.sees(replace(lab.lab.subject, own=OwnStates(text)))
    lab.runs(f"{text}# changed")
    assert lab.lab.wishes == [EvolveWith(f"{text}# changed")]
    lab.runs("initial = 0\ndef evolve(state, event):\n    return None")
    lab.runs(COUNT)
    assert len(lab.lab.wishes) == 1


def test_what_takes_long_says_how_far_it_is_and_the_slider_does_not_stop_it() -> None:
    lab = Lab(1_600)
    ticks = iter(range(10**6))
    lab.desk = Desk(lambda: next(ticks) * 0.3)
    lab.lab.does("run", code=COUNT)
    lab.carries()
    asked = lab.asked.pop()
    for text in lab.kept:
        lab.desk.answer(json.dumps(text))
    lab.fed = len(lab.kept)
    lab.lab.does("answered", nth=str(asked["nth"]), answer=lab.desk.answer(asked["text"]))
    assert lab.status == "Running… 1,000 of 1,601 events."
    lab.looks_at(1_200).answers()
    assert (lab.model, lab.checkpoint) == ("1200", "Checkpoint 1,200 of 1,601.")
    assert lab.status.startswith("Folded from 1,601 events in")


def test_another_run_or_history_meanwhile_begins_anew() -> None:
    lab = Lab(1_600)
    late = json.dumps({"is_late": True, "checkpoint": 500})
    lab.lab.does("run", code=COUNT)
    lab.lab.does("answered", nth=str(lab.carries().asked.pop()["nth"]), answer=late)
    other = Bank().do(OpenAccount(ADA, "Grace"))
    lab.lab.sees(studied(subject_of(other.ledger.recorded)))
    lab.lab.does("answered", nth=str(lab.carries().asked.pop()["nth"]), answer=late)
    lab.answers()
    assert (lab.model, lab.checkpoint) == ("1", "Checkpoint 1 of 1.")


def test_a_script_that_does_not_come_is_told() -> None:
    lab = LabDesk(LAB, subject_of(bank().ledger.recorded))
    lab.does("script-missing", reason="no network")
    assert "did not arrive: no network" in lab.shows("projection-status")
    assert not lab.slot("projection-code").attributes["hidden"]
    assert lab.does("opened", has="text").slot("projection-code").attributes["hidden"]


def test_the_same_model_is_drawn_once() -> None:
    lab = Lab().runs()
    subject, phrases = lab.lab.subject, page_phrases()
    first = list(lab.lab.room.view(subject, phrases))
    second = list(lab.lab.room.view(subject, phrases))
    assert all(one is other for one, other in zip(first, second, strict=True))


def test_tables_and_trees_are_shown_whole_and_what_is_left_out_is_counted() -> None:
    lab = Lab().runs("initial = {n: n for n in range(1000)}\ndef apply(s, e):\n    return s")
    assert lab.model.endswith("and 800 more")
    lab.runs("initial = {'a': [1, {'b': []}]}\ndef apply(s, e):\n    return s")
    assert lab.model == "{1}a [2]0 11 {1}b [0]"
