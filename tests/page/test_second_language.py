"""A second language verifies what the page writes, and finds each attack's break where we do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from bankpage.labs.audit.lab import LAB
from bankpage.labs.contract import OpenStudy

from esbank_core.bank.commands import DepositMoney, OpenAccount, SendTransfer
from esbank_core.bank.events import TransferId
from esbank_core.kernel.identity import StreamId
from tests.core.histories import Bank
from tests.page.lab_desk import LabDesk, subject_of

PROGRAM = Path(__file__).parents[1] / "second_language.mjs"
ADA, GRACE = StreamId("ACC-1"), StreamId("ACC-2")
BANK = Bank().do(OpenAccount(ADA, "Ada Ünï")).do(OpenAccount(GRACE, "Grace \U0001f600"))
for nth, note in enumerate(["salary", 'a "quote" \\ and \t tab', "", "漢字 \u2028"], start=1):
    BANK.do(DepositMoney(ADA, nth * 100, note))
BANK.do(SendTransfer(ADA, 50, TransferId("T"), GRACE))
SUBJECT = subject_of(BANK.ledger.recorded)
COUNT = SUBJECT.history.head


def verified(lines: list[str], folder: Path) -> str:
    """What the program says of a file."""
    node = shutil.which("node")
    assert node, "Node is set up by build.py; run this by: python build.py test"
    file = folder / "history.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    ran = subprocess.run([node, PROGRAM, file], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_what_the_page_writes_is_intact_to_it(tmp_path: Path) -> None:
    assert verified(list(SUBJECT.lines), tmp_path) == f"intact {COUNT}"


@pytest.mark.parametrize(
    ("attack", "event", "said"),
    [
        ("alter-amount", 4, "broken 4"),
        ("rename-owner", 2, "broken 2"),
        ("remove", 3, "broken 3"),
        ("insert", 5, "broken 6"),  # the forged one follows; the one that it pushed away does not
        ("swap", 3, "broken 3"),
        ("backdate", 7, "broken 7"),
        ("cut-off", 5, "intact 4"),
        ("rehash", 3, f"intact {COUNT}"),
    ],
)
def test_each_attacks_break_is_found_where_it_is(
    tmp_path: Path, attack: str, event: int, said: str
) -> None:
    desk = LabDesk(LAB, SUBJECT).does("attack", attack=attack, event=str(event), value="")
    [wish] = desk.wishes
    assert isinstance(wish, OpenStudy)
    assert verified(list(wish.study.lines), tmp_path) == said
