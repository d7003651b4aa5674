"""An Audit lab without a browser, with a bank on the stage, and attacks on it."""

from __future__ import annotations

import json

from bankpage.labs.audit.lab import LAB
from bankpage.labs.contract import (
    OpenStudy,
    Study,
    Subject,
)

from esbank_core.bank.commands import (
    DepositMoney,
    FreezeAccount,
    OpenAccount,
    SendTransfer,
    WithdrawMoney,
)
from esbank_core.bank.events import (
    TransferId,
)
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import Actor
from tests.core.histories import Bank
from tests.page.lab_desk import LabDesk, subject_of

ADA, GRACE = StreamId("ACC-1"), StreamId("ACC-2")


def bank() -> Bank:
    return (
        Bank()
        .do(OpenAccount(ADA, "Ada"))
        .do(DepositMoney(ADA, 100_00, "salary"))
        .do(DepositMoney(ADA, 20_00))
        .do(OpenAccount(GRACE, "Grace"))
        .do(SendTransfer(ADA, 30_00, TransferId("T-1"), GRACE))
        .do(WithdrawMoney(ADA, 5_00, "=HYPERLINK(1)"))
        .do(FreezeAccount(ADA, "card lost"))
        .do(DepositMoney(GRACE, 1_00))
    )


def subject() -> Subject:
    return subject_of(bank().ledger.recorded)


COUNT = subject().history.head

HEAD = json.loads(subject().lines[-1])["chainhash"]


def lab(on: Subject | None = None) -> LabDesk:
    return LabDesk(LAB, on or subject()).does("opened")


def attacked(desk: LabDesk, attack: str, event: int, value: str = "") -> LabDesk:
    """An attack, and the study that it wishes for on the stage, as the page would grant it."""
    desk.does("attack", attack=attack, event=str(event), value=value)
    wish = desk.wishes[-1]
    assert isinstance(wish, OpenStudy)
    return desk.sees(on_stage(wish.study))


def on_stage(study: Study) -> Subject:
    history = study.history
    return Subject(study, history, study.lines, study.chain, history.head, Actor("user", "visitor"))


def verdict(desk: LabDesk) -> str:
    return desk.shows("audit-verdict")
