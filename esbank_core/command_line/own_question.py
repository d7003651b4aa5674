"""A question of the user's own: a class in a Python file of theirs."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.command_line.problem import ProblemError
from esbank_core.questions.ask import Question


def own_question(words: Sequence[str]) -> Question[State, Event] | None:
    """The question that ``FILE.py:CLASS`` names; None for any other words.

    Raises:
        ProblemError: there is no such class, or it is no question.
    """
    if len(words) != 1 or ".py:" not in words[0]:
        return None
    spelt = words[0]
    path, _, name = spelt.rpartition(":")

    def refuse(why: str) -> NoReturn:
        raise ProblemError(f"{spelt} is no question: {why}.")

    if not Path(path).is_file():
        refuse(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    if spec is None or spec.loader is None:
        refuse(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        made: Callable[[], Any] = getattr(module, name)
        own: Question[State, Event] = made()
        if not (callable(own.see) and callable(own.answer)):
            refuse("see and answer are its two functions")
    except ProblemError:
        raise
    except (Exception, SystemExit) as failed:  # whatever the user's own code raises
        refuse(f"{type(failed).__name__}: {failed}")
    return own
