"""Why a command could not run, in the one sentence that goes to standard error."""

from __future__ import annotations


class ProblemError(Exception):
    """The command could not run: exit status 2."""
