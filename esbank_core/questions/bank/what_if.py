"""What if: leave out, change or insert an event, and decide everything after it again.

Skipping an event and folding the rest gives a history that no bank would have had: money is
withdrawn that never came in. Here each later event is turned back into the command that led
to it, and that command is put to the rules again, on the account as it would have been. A
transfer is carried on as its process manager would: what was never sent does not arrive, and
what cannot arrive comes back.

Where an account is just as it was, its event stays as it was, for nothing has changed that
could be decided otherwise. So does an event that the rules would have refused all along and
that happened nevertheless: real histories hold such events, and the change is not to blame.
A command that was rejected left no event, so nobody asks it again.
"""

from __future__ import annotations

from collections.abc import Iterable

from esbank_core.bank.account import Ledger
from esbank_core.questions.bank.edits import (
    ChangeTo,
    Edit,
    EditedTwiceError,
    Insert,
    LeaveOut,
    Outcome,
    Redecided,
    WhatIf,
)
from esbank_core.questions.bank.retelling import Retelling

__all__ = [
    "ChangeTo",
    "Edit",
    "EditedTwiceError",
    "Insert",
    "LeaveOut",
    "Outcome",
    "Redecided",
    "Retelling",
    "WhatIf",
    "what_if",
]


def what_if(ledger: Ledger, edits: Iterable[Edit]) -> WhatIf:
    """Tell a ledger's history again with some edits. The ledger itself stays as it is.

    Several edits of one position are an error, but for insertions before it, which keep their
    order.

    Raises:
        IndexError: an edit is of a position that the ledger does not have.
        EditedTwiceError: two edits contradict each other.
    """
    retelling = Retelling(ledger, edits)
    while not retelling.is_done:
        retelling.go_on(ledger.head + 1)
    return retelling.told()
