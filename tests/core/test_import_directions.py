"""The directions of imports, read from the source: questions → bank → kernel, and no way back.

Within the kernel, the theory stands below how it is written, and both below the stores; among
the questions, those of any history stand below those of a bank's, and how either is typed stands
above both, below the page and the command line. Other stores' records are read on the kernel
alone.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import esbank_core

ROOT = Path(esbank_core.__file__).parent

KERNEL = {"kernel", "kernel/written", "kernel/stores"}
QUESTIONS = {
    *("questions", "questions/bank", "questions/own", "questions/sql", "questions/wording")
}
ALLOWED = {
    "kernel": {"kernel"},
    "kernel/written": {"kernel", "kernel/written"},
    "kernel/stores": KERNEL,
    "bank": {"bank", *KERNEL},
    "questions": {"questions", "kernel"},
    "questions/bank": {"bank", "questions", "questions/bank", "sources", *KERNEL},
    "questions/own": {"questions", "questions/own", "sources", *KERNEL},
    "questions/sql": {"bank", "questions", "questions/sql", "sources", *KERNEL},
    "questions/wording": {"bank", *QUESTIONS, *KERNEL},
    "sources": {"sources", "kernel", "kernel/written"},
    "programs": {"programs", "bank", "questions", "questions/own", "sources", *KERNEL},
    "command_line": {"command_line", "programs", "sources", "bank", *QUESTIONS, *KERNEL},
    "__init__.py": {"bank", *QUESTIONS, *KERNEL},
    "__main__.py": {"command_line", "bank", *QUESTIONS, *KERNEL},
}
"""What each part of ``esbank_core`` may import of it."""

ABOVE_ITS_OWN_PARTS = Path("questions/__init__.py")
"""Gives the names of the whole package, its parts included."""

IMPURE = {
    *("os", "io", "pathlib", "shutil", "tempfile", "glob", "subprocess", "signal", "socket"),
    *("time", "random", "secrets", "uuid", "getpass", "platform", "locale", "sys", "sqlite3"),
}
"""Clocks, chance, files and the machine, which only the command line knows of."""

IMPURE_BY_DESIGN = {
    Path("kernel/stores/sqlite_file.py"): {"sqlite3", "pathlib"},
    Path("questions/sql/sandbox.py"): {"sqlite3"},
    Path("sources/layouts/sqlite_rows.py"): {"sqlite3"},
}


class Import(NamedTuple):
    """Something that a module names from elsewhere, such as ``datetime`` or ``json.loads``."""

    module: str
    line: int


def modules() -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))


def part_of(module: Path) -> str:
    """The longest name in ``ALLOWED`` that a module or a package stands under."""
    for length in range(len(module.parts), 0, -1):
        if (name := "/".join(module.parts[:length])) in ALLOWED:
            return name
    raise AssertionError(f"{module} is in no known part of the core")


def tree_of(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def imports_of(module: Path) -> Iterator[Import]:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(name.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} is a relative import"
            for name in node.names:
                yield Import(f"{node.module}.{name.name}", node.lineno)


every_module = pytest.mark.parametrize("module", modules(), ids=str)
pure_module = pytest.mark.parametrize(
    "module",
    [m for m in modules() if part_of(m) not in ("command_line", "__main__.py")],
    ids=str,
)


def test_the_parts_of_the_core_are_known() -> None:
    assert {part_of(module) for module in modules()} == set(ALLOWED)
    assert (ROOT / ABOVE_ITS_OWN_PARTS).is_file()


@every_module
def test_the_core_needs_nothing_but_the_standard_library(module: Path) -> None:
    for imported in imports_of(module):
        package = imported.module.partition(".")[0]
        assert package in sys.stdlib_module_names | {"esbank_core"}, imported


@every_module
def test_imports_go_one_way(module: Path) -> None:
    allowed = QUESTIONS if module == ABOVE_ITS_OWN_PARTS else ALLOWED[part_of(module)]
    for imported in imports_of(module):
        package, *rest = imported.module.split(".")
        if package == "esbank_core":
            assert part_of(Path(*rest)) in allowed, imported


@pure_module
def test_no_clock_no_chance_and_no_files(module: Path) -> None:
    forbidden = IMPURE - IMPURE_BY_DESIGN.get(module, set())
    for imported in imports_of(module):
        assert imported.module.partition(".")[0] not in forbidden, imported


@pure_module
def test_nobody_asks_what_time_it_is(module: Path) -> None:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("now", "utcnow", "today"), f"{module}:{node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("open", "print", "input"), f"{module}:{node.lineno}"
