"""A fault in a dump of any store is found in the Debug lab, whichever way the dump stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bankpage.labs.contract import Subject
from bankpage.labs.debug.lab import LAB
from bankpage.live.model import VISITOR

from tests.core.sources import faults
from tests.core.sources.examples import ALL, LAYOUTS, Fields
from tests.page.lab_desk import LabDesk
from tests.page.labs.opening.opener import Opener


@pytest.mark.parametrize(("reader", "make"), ALL.values(), ids=list(ALL))
@pytest.mark.parametrize("layout", faults.LAYOUTS)
def test_it_is_found(
    reader: str,
    make: Callable[[], list[Fields]],
    layout: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opener = Opener().opens(dump=LAYOUTS[layout](faults.with_a_fault(make, monkeypatch)))
    study = opener.study
    head = study.history.head
    subject = Subject(study, study.history, study.lines, study.chain, head, VISITOR)
    lab = LabDesk(LAB, subject).does("opened")
    value = {"field-0": faults.field_of(reader), "value-0": str(faults.AMOUNT)}
    lab.does("find", **{"condition-0": "field-equals", "in": "", **value})
    assert lab.shows("debug-found-count").startswith("1 moment in 1 of 2 streams")
    assert lab.shows("debug-moments").startswith(f"#{faults.AT}")
