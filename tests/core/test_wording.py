"""What is typed: understood, or refused with a code."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.command_line.sentences import misread
from esbank_core.questions.wording.conditions import parse_condition
from esbank_core.questions.wording.misread import Misread, MisreadError
from esbank_core.questions.wording.questions import parse_count, parse_question
from esbank_core.questions.wording.times import format_span, parse_instant, parse_span
from tests.core.histories import Bank


@given(st.integers(0, 10**9))
def test_a_span_that_is_shown_can_be_typed(milliseconds: int) -> None:
    assert parse_span(format_span(milliseconds)).total_seconds() * 1000 == pytest.approx(
        milliseconds
    )


@given(st.text(max_size=20))
def test_whatever_is_typed_is_understood_or_refused(typed: str) -> None:
    for read in (parse_instant, parse_span, parse_count):
        with suppress(MisreadError):
            assert read(typed) is not None


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_whatever_is_asked_is_understood_or_refused(words: list[str]) -> None:
    with suppress(MisreadError):
        assert parse_question(words) is not None
    with suppress(MisreadError):
        assert parse_condition(words, Bank().ledger, None) is not None


def test_only_who_runs_expressions_understands_where() -> None:
    with pytest.raises(MisreadError) as refused:
        parse_condition(["where", "True"], Bank().ledger, None)
    assert (refused.value.code, refused.value.typed) == (Misread.CONDITION, "where")


@pytest.mark.parametrize("code", Misread)
def test_the_command_line_has_a_sentence_for_every_code(code: Misread) -> None:
    assert misread(MisreadError(code, "typed", "A reason.")).endswith(".")
