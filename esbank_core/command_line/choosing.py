"""By what a file is to be read: ``--source`` and ``--mapping``, where it is not recognised."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final, assert_never

from esbank_core.command_line.printing import printable
from esbank_core.command_line.problem import ProblemError, why
from esbank_core.command_line.sentences import listed
from esbank_core.sources.known import BY_NAME
from esbank_core.sources.mapping import PARTS, Unfit, UnfitMappingError, parse_mapping
from esbank_core.sources.reading import Choice
from esbank_core.sources.table import Recognition

_LONGEST: Final = 1 << 20
"""Bytes of a mapping."""


def may_choose(command: ArgumentParser) -> None:
    """Add ``--source`` and ``--mapping``."""
    chosen = command.add_mutually_exclusive_group()
    chosen.add_argument(
        "--source", metavar="NAME", help="read FILE as this source, as `esbank sources` lists them"
    )
    chosen.add_argument(
        "--mapping", metavar="MAPPING", help="read FILE by a mapping of its fields, a small file"
    )


def choice_in(given: Namespace) -> Choice:
    """By what to read; None for whatever the records seem to be of.

    Raises:
        ProblemError: there is no such source, or the file is no mapping.
    """
    if given.source is not None:
        if given.source not in BY_NAME:
            raise ProblemError(
                f"{printable(given.source)} is no source; they are {listed(tuple(BY_NAME))}."
            )
        return Recognition(given.source, 0, ())
    if given.mapping is None:
        return None
    path = given.mapping
    try:
        with Path(path).open("rb") as file:
            text = file.read(_LONGEST).decode("utf-8", "surrogateescape")
        return parse_mapping(text)
    except OSError as error:
        raise ProblemError(f"{path} cannot be read: {why(error)}.") from None
    except UnfitMappingError as unfit:
        raise ProblemError(f"{path} is no mapping: {_unfit(unfit)}.") from None


def _unfit(unfit: UnfitMappingError) -> str:
    part = printable(unfit.part)
    match unfit.code:
        case Unfit.NOT_JSON:
            return "it is not JSON"
        case Unfit.NOT_A_MAPPING if part:
            return f"its “{part}” is not a list of names"
        case Unfit.NOT_A_MAPPING:
            return 'it is not an object that begins with "mapping": 1'
        case Unfit.UNKNOWN_PART:
            return f"“{part}” is no part of an event; they are {listed(PARTS)}"
        case Unfit.NOT_A_POINTER:
            return f"its “{part}” is not where a field stands, which is written like /data/total"
        case Unfit.TYPE_MISSING:
            return "it does not say where the type of an event stands"
        case _:
            assert_never(unfit.code)
