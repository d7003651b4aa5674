"""How a question is answered: its own Python, as it stands, and as a draft that runs by itself."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Sequence
from typing import Final, assert_never

from esbank_core.questions.wording.questions import (
    BankQuestion,
    Kind,
    QuestionForm,
    parse_count,
)
from esbank_core.questions.wording.times import parse_span

_LINE: Final = 100
"""Characters of a line of the project's Python."""

_sources: dict[str, str] = {}
"""By the name of the question. Only a memory: a class does not change."""


def source_of(form: QuestionForm) -> str:
    """The text of a question's class; empty where no file of it is at hand."""
    if form.name not in _sources:
        try:
            _sources[form.name] = inspect.getsource(form.question).strip() + "\n"
        except (OSError, TypeError):
            _sources[form.name] = ""
    return _sources[form.name]


def draft_of(form: QuestionForm, typed: Sequence[str]) -> str:
    """The same with the imports that it needs and a question as it was asked, for another lab.

    Empty where there is no text of it. Raises ``MisreadError`` where something typed means nothing.
    """
    source = source_of(form)
    if not source:
        return ""
    values = ", ".join(
        _literal(parameter.kind, value)
        for parameter, value in zip(form.parameters, typed, strict=True)
    )
    asked = f"question = {form.question.__name__}({values})\n"
    return f"{_import_of(form.question, source + asked)}\n\n\n{source}\n\n{asked}"


def _literal(kind: Kind, typed: str) -> str:
    """What is typed for a parameter as Python writes it."""
    match kind:
        case Kind.SPAN:
            seconds = parse_span(typed).total_seconds()
            return f"timedelta(seconds={seconds:g})"
        case Kind.COUNT:
            return str(parse_count(typed))
        case Kind.PERIOD:
            return f"Period({typed!a})"
        case Kind.ACCOUNT:
            return f"StreamId({typed!a})" if typed else "None"
        case Kind.EVENT_TYPE:
            return ascii(typed)
        case _:
            assert_never(kind)


def _import_of(question: type[BankQuestion], source: str) -> str:
    """What the class uses of its module, by the module that it is in."""
    module = inspect.getmodule(question)
    own = vars(module) if module else {}
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    names = sorted(used & own.keys() - {question.__name__})
    line = f"from {question.__module__} import {', '.join(names)}"
    if len(line) <= _LINE:
        return line
    listed = "".join(f"    {name},\n" for name in names)
    return f"from {question.__module__} import (\n{listed})"
