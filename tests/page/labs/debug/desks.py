"""A Debug lab without a browser, with three accounts on the stage; and what its tables hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bankpage.labs.debug.lab import LAB
from bankpage.paper.tree import Element, Node

from esbank_core import (
    DepositMoney,
    FreezeAccount,
    Ledger,
    OpenAccount,
)
from esbank_core.bank.events import MoneyWithdrawn
from esbank_core.kernel.recorded import UnknownEvent
from tests.core.histories import Bank
from tests.page.lab_desk import LabDesk, studied, subject_of

ROOT = Path(__file__).parents[4]

DAY = timedelta(days=1)


def bank() -> Bank:
    """Three accounts; A falls below zero at 5 and at 9, and B is frozen at 8."""
    told = Bank().do(OpenAccount("A", "Ada", "EUR")).do(OpenAccount("B", "Bo", "JPY"))
    told.do(OpenAccount("C", "Cleo", "EUR"), after=DAY)
    told.do(DepositMoney("A", 50_00, "salary")).happened("A", [MoneyWithdrawn(60_00, "rent")])
    told.do(DepositMoney("A", 20_00), after=DAY).happened("B", [UnknownEvent("Scored", 1, {})])
    told.do(FreezeAccount("B", "lost")).happened("A", [MoneyWithdrawn(30_00, "rent")])
    return told.do(DepositMoney("A", 40_00, "salary"), after=DAY)


def desk(ledger: Ledger | None = None, **changes) -> LabDesk:
    ledger = bank().ledger if ledger is None else ledger
    return LabDesk(LAB, studied(subject_of(ledger.recorded, **changes))).does("opened")


def finds(desk: LabDesk, *conditions: dict[str, str], **fields: str) -> LabDesk:
    """Search for conditions, row by row."""
    for _ in conditions[1:]:
        desk.does("one-more", **{"condition-0": "balance-below", "in": ""})
    given = {
        f"{name}-{number}": value
        for number, row in enumerate(conditions)
        for name, value in row.items()
    }
    return desk.does("find", **{"in": "", **given, **fields})


def elements(node: Node) -> Iterator[Element]:
    if isinstance(node, Element):
        yield node
        for child in node.children:
            yield from elements(child)


def rows(desk: LabDesk, slot: str) -> list[list[str]]:
    """The rows of a table, as text."""
    found = [one for node in desk.slot(slot).children or () for one in elements(node)]
    return [
        ["".join(text for text in cell.children if isinstance(text, str)) for cell in row.children]
        for row in found
        if row.tag == "tr"
    ]


BELOW_ZERO = {"condition": "balance-below", "value": "0"}
