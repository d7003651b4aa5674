"""The command line: ``python -m esbank_core``, or ``esbank`` where it is installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO, TextIOWrapper
from typing import Final

from esbank_core.command_line.exit_status import COULD_NOT_RUN
from esbank_core.command_line.parser import parser
from esbank_core.command_line.printing import printable
from esbank_core.command_line.problem import ProblemError, why
from esbank_core.command_line.sentences import misread
from esbank_core.kernel.errors import Damage, Unwritable
from esbank_core.questions.wording.misread import MisreadError

LONGEST_SENTENCE: Final = 600
"""Characters of a message; a broken file can have no end of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit status."""
    if sys.stdout is None:  # closed by whoever started the command
        sys.stdout = StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        given = parser().parse_args(arguments)
        status: int = given.run(given)
        sys.stdout.flush()
    except ProblemError as problem:
        return _could_not_run(str(problem))
    except MisreadError as error:
        return _could_not_run(misread(error))
    except Damage as damage:
        return _could_not_run(damage.reason)
    except Unwritable as unwritable:
        return _could_not_run(str(unwritable))
    except BrokenPipeError:
        # Whoever reads has seen enough (``esbank find … | head``): nothing is left to say.
        _print_no_more()
        return COULD_NOT_RUN
    except OSError as error:
        _print_no_more()
        return _could_not_run(f"The answer cannot be printed: {why(error)}.")
    except KeyboardInterrupt:
        return _could_not_run("It was interrupted.")
    return status


def _print_no_more() -> None:
    """Let go of what is not printed yet, which Python would try once more as it ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _could_not_run(sentence: str) -> int:
    if len(sentence) > LONGEST_SENTENCE:
        sentence = sentence[:LONGEST_SENTENCE] + "…"
    sys.stderr.write(f"esbank: {printable(sentence)}\n")
    return COULD_NOT_RUN


if __name__ == "__main__":
    sys.exit(main())
