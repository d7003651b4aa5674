"""A ledger of a million rows: each can be scrolled to, in less space than a browser has."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from bankpage.stage.ledger import MOST_SLOTS, ROWS_AROUND, space_around
from hypothesis import given
from hypothesis import strategies as st

SIGHT = Path(__file__).parents[2] / "site" / "edge" / "sight.js"
TALL = 6
"""Rows in sight."""


@given(st.integers(1, 1_000_000), st.data())
def test_the_space_is_never_more_than_a_browser_has(rows: int, data) -> None:
    first = data.draw(st.integers(1, rows))
    last = min(rows, first + 2 * ROWS_AROUND)
    before, after = space_around(rows, (first, last))
    assert 0 <= before <= first - 1
    assert 0 <= after <= rows - last
    assert before + after <= MOST_SLOTS
    if rows - (last - first + 1) <= MOST_SLOTS:
        assert (before, after) == (first - 1, rows - last), "a row is a row"


def scrolled(rows: int, tops: list[float | None], steps: list[float]) -> list[int]:
    """The first row in sight after each scroll: to a place, or (None) by so many rows."""
    script = """
        import { rowsInSight } from SIGHT;
        const [all, tops, steps, around, most, tall] = JSON.parse(process.argv[1]);
        let from = 1, to = 1 + 2 * around, before = 0, top = 0;
        const seen = [];
        for (const [nth, place] of tops.entries()) {
            const others = all - (to - from + 1), room = Math.min(others, most);
            const slots = room + to - from + 1;
            const wanted = place === null ? top + steps[nth] : place * slots;
            top = Math.max(0, Math.min(slots - tall, wanted));
            const sight = rowsInSight([from, to, all, before, slots].join(" "), top, tall);
            let row = from + Math.floor(top) - before;
            if (sight) {
                row = sight.first;
                from = Math.max(1, Math.min(sight.middle, all - around) - around);
                to = Math.min(all, from + 2 * around);
                before = Math.floor(((from - 1) * room) / others);
                if (!sight.isExact) top = before + row - from + (top % 1);
            }
            seen.push(row);
        }
        console.log(JSON.stringify(seen));
    """.replace("SIGHT", json.dumps(SIGHT.as_uri()))
    node = shutil.which("node")
    assert node
    given = json.dumps([rows, tops, steps, ROWS_AROUND, MOST_SLOTS, TALL])
    command = [node, "--input-type=module", "-e", script, given]
    return list(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


@pytest.mark.parametrize("rows", [2_000, 100_000, 1_000_000])
def test_every_row_comes_by_as_one_scrolls_on(rows: int) -> None:
    start = scrolled(rows, [0.5], [0])[0]
    assert start == pytest.approx(rows / 2, rel=0.01)
    seen = scrolled(rows, [0.5] + [None] * 400, [0.0] + [1.0] * 400)
    assert seen == list(range(seen[0], seen[0] + 401))
    back = scrolled(rows, [0.5] + [None] * 400, [0.0] + [-1.0] * 400)
    assert back == list(range(back[0], back[0] - 401, -1))


@pytest.mark.parametrize("rows", [2_000, 100_000, 1_000_000])
def test_both_ends_are_reached(rows: int) -> None:
    assert scrolled(rows, [0.7, 0.0], [0, 0])[-1] == 1
    assert scrolled(rows, [0.2, 1.0], [0, 0])[-1] == rows - TALL + 1
    slowly = scrolled(rows, [60 / rows] + [None] * 200, [0.0] + [-1.0] * 200)
    assert slowly[-1] == 1
    at_the_end = 1 - 60 / rows
    slowly = scrolled(rows, [at_the_end] + [None] * 200, [0.0] + [1.0] * 200)
    assert slowly[-1] == rows - TALL + 1
