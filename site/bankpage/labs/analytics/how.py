"""How a question is answered: its own Python, as it stands, and as a draft that runs by itself."""

from __future__ import annotations

import ast
import inspect
from typing import Final

from esbank_core.questions.wording.questions import BankQuestion, QuestionForm

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


def draft_of(form: QuestionForm) -> str:
    """The same with the imports that it needs, for another lab to run."""
    source = source_of(form)
    return f"{_import_of(form.question, source)}\n\n\n{source}" if source else ""


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
