"""CSV that another program reads back as it was, and that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.questions.wording.csv_text import csv_text

a_formula = re.compile(r"[\s\x00-\x1f\ufeff]*[=+\-@＝＋－＠]")
harmless = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12).filter(
    lambda text: not a_formula.match(text) and text.strip() == text
)


def read_back(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(harmless, min_size=width, max_size=width), min_size=1, max_size=5
        )
    )
)
def test_another_reader_finds_the_rows_as_they_were(rows: list[list[str]]) -> None:
    header, *others = rows
    found = read_back(csv_text(header, others))
    if len(header) == 1:  # which is how Python's reader tells an empty cell from an empty line
        found = [row or [""] for row in found]
    assert found == rows


def test_lines_end_as_the_rfc_says_and_only_what_must_be_quoted_is() -> None:
    assert csv_text(("a", "b"), [("x y", 'say "so"'), ("1,5", "two\nlines"), (None, -3)]) == (
        'a,b\r\nx y,"say ""so"""\r\n"1,5","two\nlines"\r\n,-3\r\n'
    )


def test_an_instant_is_written_in_utc() -> None:
    noon = datetime(2026, 7, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    assert csv_text(("at",), [(noon,)]) == "at\r\n2026-07-01T12:00:00.000Z\r\n"


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "@SUM(A1)",
        "+49 30 1234",
        "-2+3",
        "\t=1",
        "\r=1",
        " =HYPERLINK(0)",
        "＝1",
        "-",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_a_spreadsheet_would_run_stands_behind_an_apostrophe(formula: str) -> None:
    ((cell,),) = read_back(csv_text(("note",), [(formula,)]))[1:]
    assert cell == f"'{formula}"


@pytest.mark.parametrize("number", ["-20.00", "+5", "0", "1250.5"])
def test_a_number_stays_a_number(number: str) -> None:
    assert csv_text(("n",), [(number,)]) == f"n\r\n{number}\r\n"
