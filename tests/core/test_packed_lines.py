"""Lines packed as they come are the lines that came, in whatever way they are asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.written.packed_lines import RUN, PackedLines

PLACES = st.integers(-3 * RUN, 3 * RUN)


def numbered(count: int, word: str = "line") -> list[str]:
    return [f'{{"{word}": {nth}, "said": "ä \ud800 {nth % 7}"}}' for nth in range(count)]


@given(
    st.lists(st.integers(0, RUN + 1), max_size=4),
    st.slices(3 * RUN),
)
def test_they_are_the_lines_that_came(counts: list[int], span: slice) -> None:
    lines: AppendOnly[str] = PackedLines()
    plain: list[str] = []
    for nth, count in enumerate(counts):
        more = numbered(count, f"run {nth}")
        lines, plain = lines.plus(more), plain + more
    assert len(lines) == lines.at_hand == len(plain)
    assert list(lines) == plain
    assert list(lines[span]) == plain[span]
    assert [lines[place] for place in range(0, len(plain), 83)] == plain[::83]


@given(PLACES, PLACES)
def test_any_of_them_can_be_had_alone(start: int, stop: int) -> None:
    plain = numbered(2 * RUN + 7)
    lines = PackedLines(plain)
    assert list(lines[start:stop]) == plain[start:stop]
    if -len(plain) <= start < len(plain):
        assert lines[start] == plain[start]


def test_what_goes_on_leaves_those_before_as_they_were() -> None:
    before = PackedLines(numbered(RUN - 1))
    one = before.plus(["one", "more"])
    other = before.plus(["other"])
    assert list(before) == numbered(RUN - 1)
    assert list(one) == [*numbered(RUN - 1), "one", "more"]
    assert list(other.plus(["end"])) == [*numbered(RUN - 1), "other", "end"]


def test_a_long_history_takes_a_small_part_of_its_room() -> None:
    lines = PackedLines(numbered(20 * RUN))
    assert sum(map(len, lines.packed)) * 5 < sum(map(len, lines))
