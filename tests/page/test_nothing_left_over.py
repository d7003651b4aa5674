"""What the page says, does and wears by name, held against who asks for it, reads it, dresses it.

Such names are text in four languages, and no checker of one of them sees what another has lost.
Read from the sources: a name may stand there whole, or as an f-string whose places are filled with
names that stand there.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Final

import bankpage
import pytest
from bankpage.house.messages import message_of
from bankpage.house.rooms import LabGestured

import esbank_core
from building.labs import with_labs

SITE: Final = Path(bankpage.__file__).parents[1]
CORE: Final = Path(esbank_core.__file__).parent

SCRIPTS: Final = {path: path.read_text() for path in sorted(SITE.rglob("*.js"))}
STYLES: Final = "".join(path.read_text() for path in sorted(SITE.rglob("*.css")))
TREES: Final = {
    path: ast.parse(path.read_text())
    for path in sorted([*(SITE / "bankpage").rglob("*.py"), *CORE.rglob("*.py")])
}
LABS: Final = SITE / "bankpage" / "labs"


class Page(HTMLParser):
    """The names in a document."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.gestures: set[str] = set()
        self.phrases: set[str] = set()
        self.named: list[str] = []
        self.classes: set[str] = set()
        self.ids: set[str] = set()
        self.referred_to: set[str] = set()
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.gestures |= {found[name] for name in GESTURES if name in found}
        self.phrases |= {found["data-phrase"]} if "data-phrase" in found else set()
        self.named += [found["data-phrase"]] if "data-phrase" in found else []
        self.classes |= set(found.get("class", "").split())
        self.ids |= {found["id"]} if "id" in found else set()
        for name in found.keys() - {"id", "class"}:
            self.referred_to |= {word.removeprefix("#") for word in found[name].split()}


GESTURES: Final = ("data-gesture", "data-cancel-gesture")
PAGE: Final = Page(with_labs((SITE / "index.html").read_text(), SITE))


def constants() -> Iterator[str]:
    """Every name that Python knows: what it writes as text, and what it calls things."""
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from (node.value, node.value.replace("'", "").replace(" ", "-"))
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield from (node.id, node.id.lower())
            elif isinstance(node, ast.keyword) and node.arg:
                yield node.arg


def formatted(place: str) -> Iterator[str]:
    """The f-strings of Python, as patterns in which each place is filled in."""
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = (
                    re.escape(part.value)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    else place
                    for part in node.values
                )
                yield "".join(parts)


KNOWN: Final = frozenset(constants())
MADE_UP: Final = tuple(
    re.compile(pattern)
    for pattern in sorted(
        {
            word
            for place in ("(.+)", "(.+?)")
            for text in formatted(place)
            for word in text.split(r"\ ")
        }
    )
    if re.search(r"[a-z]", pattern)
)


ENDINGS: Final = tuple(name for name in KNOWN if re.fullmatch(r"-[a-z-]+", name))


def is_asked_for(name: str) -> bool:
    """Whether Python has this name, or makes it up of such as it has."""
    if name in KNOWN or any(
        all(part in KNOWN or part.isdigit() for part in found.groups())
        for pattern in MADE_UP
        if (found := pattern.fullmatch(name))
    ):
        return True
    return any(name.endswith(end) and is_asked_for(name.removesuffix(end)) for end in ENDINGS)


def scripted(call: str) -> set[str]:
    """What JavaScript names when it calls a function."""
    pattern = rf'(?<![.\w]){call}\("([\w-]+)"'
    return {name for text in SCRIPTS.values() for name in re.findall(pattern, text)}


# Phrases.


def test_no_phrase_takes_the_name_of_another() -> None:
    assert [name for name, times in Counter(PAGE.named).items() if times > 1] == []


def test_every_phrase_on_the_page_is_said_by_somebody() -> None:
    left_over = {
        name
        for name in PAGE.phrases
        if not any(f'"{name}"' in text for text in SCRIPTS.values())
        and not is_asked_for(name)
        and not is_asked_for(name.removesuffix("-one"))
    }
    assert not left_over


def spoken() -> Iterator[str]:
    """The phrases that Python says by their whole names."""
    for tree in TREES.values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            said = node.args[0]
            if not isinstance(said, ast.Constant) or not isinstance(said.value, str):
                continue
            if ast.unparse(node.func) == "phrases":
                yield said.value
            elif ast.unparse(node.func) == "phrases.counted":
                yield from (said.value, f"{said.value}-one")


def test_every_phrase_that_is_said_is_on_the_page() -> None:
    assert set(spoken()) | scripted("phrase") <= PAGE.phrases


# Gestures.


def lab_of(path: Path) -> str:
    """The lab whose file this is, with the dash that its names begin with; or nothing."""
    inside = path.relative_to(LABS).parts if path.is_relative_to(LABS) else ()
    return f"{inside[0]}-" if len(inside) > 1 else ""


def made() -> set[str]:
    """The gestures that can be made: in the markup, in trees that Python paints, by scripts."""
    painted = (
        value.value
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value in GESTURES
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    )
    sent = {
        f"{lab_of(path)}{name}"
        for path, text in SCRIPTS.items()
        for name in re.findall(r'(?<![.\w])send\("([\w-]+)"', text)
    }
    return PAGE.gestures | set(painted) | sent


class Wanting(dict[str, str]):
    """No field at all: whoever looks for one reads the gesture that it belongs to."""

    def __missing__(self, field: str) -> str:
        raise Read(field)


class Read(Exception):  # noqa: N818 - it is what is hoped for
    """A field was looked for."""


BY_A_SCRIPT: Final = {"choose-history"}
"""What ``files.js`` does by itself: a browser opens its chooser for nobody who asks later."""


@pytest.mark.parametrize("gesture", sorted(made() - BY_A_SCRIPT))
def test_every_gesture_that_is_made_is_read(gesture: str) -> None:
    with suppress(Read):
        message = message_of(gesture, Wanting())
        if isinstance(message, LabGestured):
            import_module(f"bankpage.labs.{message.name}.lab").LAB.read(message.gesture)


def read_in(tree: ast.Module) -> Iterator[str]:
    """The names that a module's readers tell apart."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and re.fullmatch(r"read|\w*message(_of)?", node.name):
            subjects = [
                case.pattern.value
                for match in ast.walk(node)
                if isinstance(match, ast.Match)
                and ast.unparse(match.subject) in {"gesture", "gesture.name"}
                for case in match.cases
                if isinstance(case.pattern, ast.MatchValue)
            ]
            compared = [
                asked.comparators[0]
                for asked in ast.walk(node)
                if isinstance(asked, ast.Compare)
                and ast.unparse(asked.left) in {"gesture", "gesture.name"}
            ]
            names = [one for one in (*subjects, *compared) if isinstance(one, ast.Constant)]
            yield from (str(name.value) for name in names)
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "_PLAIN":
            keys = node.value.keys if isinstance(node.value, ast.Dict) else []
            yield from (key.value for key in keys if isinstance(key, ast.Constant))


BY_THE_PAGE: Final = {"opened", "script-missing"}
"""What the page itself tells a lab of its script."""


def test_every_gesture_that_is_read_can_be_made() -> None:
    read = [(lab_of(path), name) for path, tree in TREES.items() for name in read_in(tree)]
    assert len(read) > 100
    of_a_script = {f"{lab}{name}" for lab, name in read if lab and name in BY_THE_PAGE}
    left_over = {f"{lab}{name}" for lab, name in read} - made() - of_a_script
    buttons = {
        f"{lab_of(path)}{said.value}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for said in node.args
        if isinstance(said, ast.Constant)
    }
    assert not left_over - buttons


# Looks.

DRESSED: Final = frozenset(
    re.findall(
        r"\.([a-z][\w-]*)", re.sub(r'/\*.*?\*/|"[^"]*"|url\([^)]*\)', "", STYLES, flags=re.DOTALL)
    )
)


def test_every_class_that_is_dressed_is_worn() -> None:
    worn = PAGE.classes | {word for text in KNOWN for word in text.split()}
    left_over = {
        name
        for name in DRESSED - worn
        if not is_asked_for(name) and not any(name in text for text in SCRIPTS.values())
    }
    assert not left_over


def test_every_class_in_the_markup_is_dressed_or_looked_for() -> None:
    assert not {
        name
        for name in PAGE.classes - DRESSED
        if not any(f".{name}" in text for text in SCRIPTS.values())
    }


# Places.


def test_every_slot_that_is_painted_has_its_place() -> None:
    painted = {
        node.args[0].value
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args
        if ast.unparse(node.func) in {"Slot", "text"} and isinstance(node.args[0], ast.Constant)
    }
    assert len(painted) > 100
    assert painted <= PAGE.ids | {"root"}


def test_every_place_is_looked_for() -> None:
    forms = {name for name in PAGE.ids if name.endswith("-form")}  # named when sent too soon
    assert not {
        name
        for name in PAGE.ids - PAGE.referred_to - forms
        if f"#{name}" not in STYLES
        and not any(name in text for text in SCRIPTS.values())
        and not is_asked_for(name)
    }
