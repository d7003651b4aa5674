"""Why a command could not run, in the one sentence that goes to standard error."""

from __future__ import annotations


class ProblemError(Exception):
    """The command could not run: exit status 2."""


def why(error: OSError) -> str:
    """What the operating system says, as a part of a sentence."""
    what = error.strerror or str(error)
    return what[:1].lower() + what[1:]
