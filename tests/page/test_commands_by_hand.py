"""The commands of “one event by hand”, run as they stand: they give the hash that is carried."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from esbank_core import DepositMoney, OpenAccount
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.by_hand import by_hand, python_command, sha256sum_command
from tests.core.histories import Bank, lines_of

NOTES = [
    "salary",
    'it\'s "quoted" — 100% of $HOME `id` !! \\ \\n \\045 %s',
    "Ünïcödé “ – ” 漢字 \U0001f600 \u202e turned",
    "tab\tnew\nline\x7f\x00",
    "",
]
BANK = Bank().do(OpenAccount("ACC-1", "O'Hara"))
for note in NOTES:
    BANK.do(DepositMoney("ACC-1", 5, note))
LINES = [line.rstrip("\n") for line in lines_of(BANK.ledger.recorded)]


def printed_by(command: str, locale: str) -> str:
    """What a shell prints, in a locale of its own."""
    sh = shutil.which("sh")
    assert sh, "a POSIX shell is needed to run what is copied into one"
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": locale}
    ran = subprocess.run(
        [sh, "-c", command], capture_output=True, text=True, check=True, env=environment
    )
    return ran.stdout.split()[0]


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
@pytest.mark.parametrize("position", range(1, len(LINES) + 1))
def test_the_same_hash_comes_out_on_the_readers_own_machine(position: int, locale: str) -> None:
    checked = by_hand(LINES, Position(position))
    assert printed_by(sha256sum_command(checked.hashed), locale) == checked.carried
    assert printed_by(python_command(checked.hashed), locale) == checked.carried
