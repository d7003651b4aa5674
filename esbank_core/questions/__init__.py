"""What one can ask of a history: its moments, what if, and questions nobody planned for."""

from __future__ import annotations

from esbank_core.questions.as_of import (
    differences,
    state_as_of_version,
    states_as_of_instant,
    states_as_of_position,
)
from esbank_core.questions.ask import ask
from esbank_core.questions.bank.statement import statement
from esbank_core.questions.bank.what_if import what_if
from esbank_core.questions.moments import moments, when

__all__ = [
    "ask",
    "differences",
    "moments",
    "state_as_of_version",
    "statement",
    "states_as_of_instant",
    "states_as_of_position",
    "what_if",
    "when",
]
