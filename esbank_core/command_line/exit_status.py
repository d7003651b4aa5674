"""What a command's exit status says."""

from __future__ import annotations

from typing import Final

INTACT: Final = 0
BROKEN: Final = 1
"""Something was found broken."""
COULD_NOT_RUN: Final = 2
