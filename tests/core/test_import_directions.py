"""The directions of imports, read from the source: questions → bank → kernel, and no way back."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import esbank_core

ROOT = Path(esbank_core.__file__).parent

ALLOWED = {
    "kernel": {"kernel"},
    "bank": {"bank", "kernel"},
    "questions": {"questions", "bank", "kernel"},
    "command_line": {"command_line", "questions", "bank", "kernel"},
    "__init__.py": {"questions", "bank", "kernel"},
    "__main__.py": {"command_line", "questions", "bank", "kernel"},
}
"""What each part of ``esbank_core`` may import of it."""

IMPURE = {
    *("os", "io", "pathlib", "shutil", "tempfile", "glob", "subprocess", "signal", "socket"),
    *("time", "random", "secrets", "uuid", "getpass", "platform", "locale", "sys", "sqlite3"),
}
"""Clocks, chance, files and the machine, which only the command line knows of."""

IMPURE_BY_DESIGN = {Path("kernel/sqlite_store.py"): {"sqlite3"}}


class Import(NamedTuple):
    """Something that a module names from elsewhere, such as ``datetime`` or ``json.loads``."""

    module: str
    line: int


def modules() -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))


def part_of(module: Path) -> str:
    return module.parts[0]


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


@every_module
def test_the_core_needs_nothing_but_the_standard_library(module: Path) -> None:
    for imported in imports_of(module):
        package = imported.module.partition(".")[0]
        assert package in sys.stdlib_module_names | {"esbank_core"}, imported


@every_module
def test_imports_go_one_way(module: Path) -> None:
    for imported in imports_of(module):
        package, _, rest = imported.module.partition(".")
        if package == "esbank_core":
            assert rest.partition(".")[0] in ALLOWED[part_of(module)], imported


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
