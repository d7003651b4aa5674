"""Lines that are written when somebody asks: each once, in order, as they would have been."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC
from esbank_core.bank.events import Event
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.kernel.written.audit import Verifier
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.event_file import write_events
from esbank_core.kernel.written.line_codec import LineCodec
from esbank_core.kernel.written.lines_to_come import LinesToCome
from esbank_core.kernel.written.marks import MARK
from esbank_core.sources import open_dump, read_all
from tests.core.sources import examples

Some = RecordedEvent[Event | UnknownEvent]

EVENTS: tuple[Some, ...] = read_all(
    open_dump([examples.json_lines(examples.marten())]), CODEC
).events
WRITTEN = [line.removesuffix("\n") for line in write_events(EVENTS, CODEC)]


class Counting(LineCodec[Event]):
    """Counts what is written."""

    def __init__(self) -> None:
        super().__init__(CODEC)
        self.written: list[int] = []

    def write(self, recorded: Some, previous_hash: str) -> tuple[str, str]:
        self.written.append(recorded.position)
        return super().write(recorded, previous_hash)


def test_nothing_is_written_that_nobody_asks_for_and_nothing_twice() -> None:
    codec = Counting()
    lines = LinesToCome(AppendOnly(EVENTS), codec)
    assert (len(lines), lines.at_hand, codec.written) == (5, 0, [])
    assert lines[1] == WRITTEN[1]
    assert (lines.at_hand, codec.written) == (2, [1, 2])
    assert list(lines) == WRITTEN
    assert list(lines) == WRITTEN
    assert codec.written == [1, 2, 3, 4, 5]


@given(st.slices(5), st.integers(0, 5))
def test_any_part_of_them_is_that_part(part: slice, before: int) -> None:
    there = AppendOnly(WRITTEN[:before])
    lines = LinesToCome(AppendOnly(EVENTS[before:]), LineCodec(CODEC), there)
    assert lines.at_hand == before
    assert list(lines[part]) == WRITTEN[part]
    assert lines[-1] == WRITTEN[-1]
    assert lines == AppendOnly(WRITTEN)


def test_they_hang_on_one_another_and_on_the_line_before() -> None:
    lines = LinesToCome(AppendOnly(EVENTS[:2]), LineCodec(CODEC)).followed_by(EVENTS[2:])
    assert Verifier.genesis(CODEC).fed(lines).audit().is_intact


def test_behind_them_others_may_stand_that_are_there() -> None:
    longer = LinesToCome(AppendOnly(EVENTS), LineCodec(CODEC)).plus(["{}"]).plus(["[]"])
    assert longer.at_hand == 0
    assert list(islice(longer, 5)) == WRITTEN
    assert (longer.at_hand, list(longer)[5:]) == (7, ["{}", "[]"])


def test_what_could_not_be_read_back_is_not_written_and_its_place_is_marked() -> None:
    broken = replace(EVENTS[1], event=UnknownEvent("odd", 1, {"of": object()}))
    lines = LinesToCome(AppendOnly([EVENTS[0], broken, *EVENTS[2:]]), LineCodec(CODEC))
    assert lines[0] == WRITTEN[0]
    assert f'"type":"{MARK}"' in lines[1]
    assert "chainhash" not in lines[1]
    assert Verifier.genesis(CODEC).fed(lines).audit().events == 5
    assert GENESIS_HASH not in lines[4]
