"""The page's rooms and their doors, read from the source.

Paper is below everything; the stage looks at any history and knows nobody who has one; what
decides and keeps the live one knows no lab. The house, ``page`` and ``shell`` see them all.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import bankpage
import pytest

ROOT = Path(bankpage.__file__).parent

ALLOWED = {
    "paper": {"paper"},
    "stage": {"stage", "paper"},
    "live": {"live", "stage", "paper"},
    "labs": {"labs", "paper"},
    "house": {"house", "labs", "live", "stage", "paper"},
    "house/rooms.py": {"labs", "paper"},
    "house/studying.py": {"labs", "stage", "paper"},
    "house/evolving.py": {"labs", "paper"},
    "page.py": {"house", "live", "paper"},
    "shell.py": {"page.py", "house", "labs", "live", "stage", "paper"},
    "__init__.py": set[str](),
}
"""What each part of ``bankpage``, or one module of it, may import of it."""

modules = [path.relative_to(ROOT) for path in sorted(ROOT.rglob("*.py"))]


def imports_of(module: Path) -> Iterator[str]:
    """The dotted names that a module imports."""
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_the_parts_of_the_page_are_known() -> None:
    assert {module.parts[0] for module in modules} == {Path(part).parts[0] for part in ALLOWED}


@pytest.mark.parametrize("module", modules, ids=str)
def test_imports_go_one_way(module: Path) -> None:
    allowed = ALLOWED.get(module.as_posix(), ALLOWED[module.parts[0]])
    for imported in imports_of(module):
        package, *rest = imported.split(".")
        if package == "bankpage":
            part = rest[0] if (ROOT / rest[0]).is_dir() else f"{rest[0]}.py"
            assert part in allowed, imported


def test_no_module_needs_itself() -> None:
    names = {".".join(("bankpage", *module.with_suffix("").parts)): module for module in modules}
    needs = {
        name: {
            needed
            for imported in imports_of(module)
            for needed in (imported, imported.rpartition(".")[0])
            if needed in names
        }
        for name, module in names.items()
    }
    order = tuple(TopologicalSorter(needs).static_order())  # raises a CycleError that names them
    assert set(order) == names.keys()


@pytest.mark.parametrize("module", [m for m in modules if m.parts[0] == "labs"], ids=str)
def test_a_lab_knows_the_contract_and_no_other_lab(module: Path) -> None:
    own = module.parts[1]
    for imported in imports_of(module):
        package, *rest = imported.split(".")
        if package == "bankpage" and rest[0] == "labs":
            assert rest[1] in {"contract", own}, imported


@pytest.mark.parametrize("module", [m for m in modules if m.name != "shell.py"], ids=str)
def test_no_clock_no_chance_and_no_browser(module: Path) -> None:
    for imported in imports_of(module):
        assert imported.split(".")[0] not in {"time", "random", "uuid", "os", "js", "pyodide"}


def test_the_core_knows_no_page() -> None:
    core = ROOT.parents[1] / "esbank_core"
    sources = [path.read_text(encoding="utf-8") for path in core.rglob("*.py")]
    assert sources
    assert not [source for source in sources if "bankpage" in source]
