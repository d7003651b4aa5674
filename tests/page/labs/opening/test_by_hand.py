"""Records that nobody knows are read as their reader says, and the page remembers how."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from bankpage.labs.contract import Gesture
from bankpage.labs.opening import keeping
from bankpage.paper.effects import Download
from bankpage.paper.tree import Element

from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.sources import Mapping, parse_mapping, write_mapping
from esbank_core.sources.mapping import PARTS
from tests.core.sources import examples
from tests.page.labs.opening.opener import Opener

ROWS = [
    {
        "wann": f"2026-03-02T10:00:0{nth}Z",
        "was": ("bestellt", "bezahlt", "storniert")[nth % 3],
        "wer": json.dumps({"nummer": f"K-{nth % 2}"}),
        "inhalt": {"betrag": 100 * nth, "notiz": "<b>"},
    }
    for nth in range(6)
]
CONTENT = examples.csv(ROWS)
CHOSEN = {
    "by": "mapping",
    **dict.fromkeys(PARTS, "-"),
    "type": "/was",
    "stream": "/wer/nummer",
    "time": "/wann",
    "data": "/inhalt",
}


def choices(opener: Opener, slot: str) -> dict[str, bool]:
    """What a list offers, and which of it is chosen."""
    options = opener.slot(slot).children or ()
    return {
        str(one.attributes["value"]): bool(one.attributes["selected"])
        for one in options
        if isinstance(one, Element)
    }


def test_the_fields_that_were_found_are_offered_nested_ones_too() -> None:
    opener = Opener().opens(orders_csv=CONTENT)
    assert opener.said.startswith("“orders.csv” is no history of a kind that is known here.")
    offered = choices(opener, "opening-part-stream")
    assert {"-", "/was", "/wer", "/wer/nummer", "/inhalt/betrag"} <= offered.keys()
    assert choices(opener, "opening-part-data").keys() >= {"", "/inhalt"}
    assert choices(opener, "opening-part-type")["/was"], "of which it looks most like a type"


def test_the_first_three_events_are_shown_as_they_would_be() -> None:
    opener = Opener().opens(orders_csv=CONTENT).does("manner", **CHOSEN)
    shown = opener.shows("opening-preview-rows")
    assert len(opener.slot("opening-preview-rows").children or ()) == 3
    assert 'K-0bestellt2026-03-02T10:00:00.000Z{"betrag":0,"notiz":"<b>"}' in shown
    opener.does("manner", **{**CHOSEN, "type": "/nowhere"})
    assert "a field is missing" in opener.shows("opening-preview-rows")
    opener.does("manner", **{**CHOSEN, "type": "-"})
    assert opener.shows("opening-type-missing").startswith("Choose the field that holds the type")
    assert opener.slot("opening-open-so").attributes["disabled"] is True


def test_what_is_chosen_is_opened() -> None:
    opener = Opener().opens(orders_csv=CONTENT).does("manner", **CHOSEN)
    opener.does("open-so").fetches().settles()
    history = opener.study.history
    assert [one.stream_id for one in history.recorded] == ["K-0", "K-1"] * 3
    assert history.at(2).event == UnknownEvent("bezahlt", 1, {"betrag": 100, "notiz": "<b>"})
    assert "Read as the records of the fields chosen by hand" in opener.remarks()


def test_a_mapping_is_kept_for_records_of_its_shape() -> None:
    opener = Opener().opens(orders_csv=CONTENT).does("manner", **CHOSEN)
    opener.does("open-so").fetches().settles()
    opener.wishes.clear()
    opener.opens(more_csv=CONTENT)
    assert opener.study.history.head == 6
    opener.wishes.clear()
    opener.does("otherwise").fetches().settles()
    assert choices(opener, "opening-part-stream")["/wer/nummer"]
    assert opener.opens(other_csv=b"a,b\n1,2\n").said


def test_a_mapping_is_there_again_at_the_next_visit_and_in_another_tab() -> None:
    opener = Opener().opens(orders_csv=CONTENT).does("manner", **CHOSEN)
    opener.does("open-so").fetches().settles()
    another = Opener()
    another.kept = opener.kept
    assert another.opens(orders_csv=CONTENT).study.history.head == 6
    assert "Read as the records of the fields chosen by hand" in another.remarks()


def test_another_reader_chosen_for_such_records_ends_what_was_kept_for_them() -> None:
    content = examples.json_lines(examples.marten())
    opener = Opener().opens(dump=content).does("otherwise").fetches().settles()
    opener.does("manner", by="mapping").does("manner", **{**CHOSEN, "type": "/id"})
    opener.does("open-so").fetches().settles()
    again = Opener()
    again.kept = opener.kept
    again.opens(dump=content)
    assert {one.event.type for one in again.study.history.recorded} == {
        str(record["id"]) for record in examples.marten()
    }
    again.does("otherwise").fetches().settles().does("manner", by="marten")
    again.does("open-so").fetches().settles()
    last = Opener()
    last.kept = again.kept
    assert "Read as the records of Marten" in last.opens(dump=content).remarks()


def test_what_was_kept_for_nearly_such_records_is_what_choosing_begins_with() -> None:
    opener = Opener().opens(orders_csv=CONTENT).does("manner", **CHOSEN)
    opener.does("open-so").fetches().settles()
    more = [{**row, "filiale": "Ost"} for row in ROWS]
    opener.wishes.clear()
    opener.opens(more_csv=examples.csv(more))
    assert choices(opener, "opening-part-stream")["/wer/nummer"]
    assert choices(opener, "opening-by")["mapping"]


@pytest.mark.parametrize(
    "kept",
    ["no", "{}", "null", "[1, null, {}]", '["{}"]', "[" * 100_000, '["{\\"mapping\\":1}"]'],
)
def test_whatever_the_browser_hands_over_as_kept_stops_nothing(kept: str) -> None:
    opener = Opener()
    opener.kept = kept
    assert opener.opens(orders_csv=CONTENT).said


def test_a_mapping_chosen_together_with_its_records_is_what_they_are_read_by() -> None:
    saved = write_mapping(Mapping(type=("was",), stream=("wer", "nummer"), data=("inhalt",)))
    opener = Opener().opens(orders_csv=CONTENT, mapping_json=saved.encode())
    assert [one.stream_id for one in opener.study.history.recorded] == ["K-0", "K-1"] * 3
    assert opener.study.name == "orders.csv"


def test_as_many_mappings_are_kept_as_there_is_room_for() -> None:
    many = [Mapping(type=("t",), shape=(f"field-{nth}",)) for nth in range(50)]
    assert keeping.kept_in(keeping.to_keep(many)) == tuple(many[: keeping.MOST_KEPT])
    long = [Mapping(type=("t" * 90_000,), shape=(str(nth),)) for nth in range(5)]
    assert keeping.kept_in(keeping.to_keep(long)) == tuple(long[:2])


def test_a_mapping_travels_as_a_file() -> None:
    opener = Opener().opens(orders_csv=CONTENT).does("manner", **CHOSEN).does("save-mapping")
    (saved,) = [effect for effect in opener.effects if isinstance(effect, Download)]
    assert parse_mapping(saved.text).stream == ("wer", "nummer")
    another = Opener().opens(mapping_json=saved.text.encode())
    assert "The mapping is kept for records with the fields inhalt, wann, was, wer." in another.said
    another.does("close").opens(orders_csv=CONTENT)
    assert another.study.history.head == 6


def test_what_was_recognised_can_be_read_otherwise() -> None:
    content = examples.json_lines(examples.marten())
    opener = Opener().opens(dump=content)
    assert opener.shows("opening-said").startswith("Read as the records of Marten")
    opener.wishes.clear()
    opener.does("otherwise").fetches().settles()
    assert choices(opener, "opening-by")["marten"]
    assert len(opener.slot("opening-preview-rows").children or ()) == 3
    opener.does("manner", by="message-db")
    assert "a field is missing" in opener.shows("opening-preview-rows")
    opener.does("manner", by="mapping").does("manner", **{**CHOSEN, "type": "/type"})
    opener.does("open-so").fetches().settles()
    assert opener.study.history.head == len(examples.STORY)


def test_once_the_study_is_gone_nothing_more_is_said_of_it() -> None:
    opener = Opener().opens(dump=examples.json_lines(examples.marten()))
    live, study = opener.subject, opener.study
    on_stage = replace(live, on_stage=study, history=study.history, lines=study.lines)
    opener.sees(on_stage)
    assert opener.slot("opening-panel").attributes["hidden"] is False
    opener.sees(live)
    assert opener.slot("opening-panel").attributes["hidden"] is True


def test_a_refusal_goes_when_something_else_takes_the_stage() -> None:
    opener = Opener().offers(half_jsonl=b'{"specversion": "1.0').fetches().settles()
    assert "is still there" in opener.shows("opening-said")
    opener.sees(replace(opener.subject))
    assert opener.slot("opening-panel").attributes["hidden"] is False
    other = Opener().opens(dump=examples.json_lines(examples.marten())).study
    opener.sees(replace(opener.subject, on_stage=other))
    assert opener.slot("opening-panel").attributes["hidden"] is True


def test_cancel_leaves_all_as_it_was() -> None:
    opener = Opener().opens(orders_csv=CONTENT).does("cancel")
    assert opener.slot("opening-panel").attributes["hidden"] is True
    assert not opener.wishes


@pytest.mark.parametrize("fields", [{}, {"by": "me"}, {**CHOSEN, "type": "no pointer"}])
def test_what_no_list_offers_is_refused(fields: dict[str, str]) -> None:
    opener = Opener().opens(orders_csv=CONTENT)
    with pytest.raises((ValueError, KeyError)):
        opener.room.hear(Gesture("manner", fields), opener.subject, opener._now())
