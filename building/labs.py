"""The labs of the page: their markup and phrases put in, their looks, scripts and Python.

A lab is a folder of ``bankpage/labs``. What of it is Python, with those parts of the core that only
labs use, goes into an archive that a browser fetches when the first lab is opened.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from building.steps import Failure

FOLDER: Final = Path("bankpage", "labs")

ONLY_FOR_LABS: Final = re.compile(
    r"bankpage/labs/\w+/|esbank_core/(programs|questions|sources)/|esbank_core/kernel/stores/sqlite_"
    r"|esbank_core/kernel/written/(by_hand|heads|lines_to_come|tampering)\.py"
)
"""Modules that nobody but labs imports."""

NOT_FOR_THE_PAGE: Final = re.compile(r"esbank_core/(command_line/|__main__\.py)")
"""Modules that only the terminal has a use for."""

WITHOUT_A_TITLE: Final = ("opening", "states")
"""Labs that nobody opens by a button: they stand within what they are about."""

_PLACE: Final = re.compile(
    r'(?P<indent> *)<section data-lab="(?P<name>\w+)" aria-label="(?P<label>[^"]+)"></section>'
)
_DOOR: Final = re.compile(r' *<p class="door" data-door="(?P<name>\w+)">.*?</p>\n')
_EACH: Final = re.compile(
    r' *<template data-each="(?P<each>[^"]+)">\n(?P<part>.*?)\n *</template>', re.DOTALL
)
_PHRASES: Final = re.compile(r"\s*<template>\n?(?P<phrases>.*?)\s*</template>\s*\Z", re.DOTALL)
_PHRASES_END: Final = "</template>\n</body>"


def names(site: Path) -> list[str]:
    """The names of the labs that there are."""
    return sorted(path.parent.name for path in (site / FOLDER).glob("*/lab.py"))


def _title(name: str, label: str) -> str:
    """A lab's heading; what has no button has no room to be at the head of."""
    return "" if name in WITHOUT_A_TITLE else f"<h3>{label}</h3>\n"


def _for_each(part: re.Match[str]) -> str:
    """Markup that stands once for several alike: each has a name, for ids, and a label."""
    several = (one.split(": ", 1) for one in part["each"].split("; "))
    return "\n".join(
        part["part"].replace("{name}", name).replace("{label}", label) for name, label in several
    )


def with_labs(page: str, site: Path) -> str:
    """The page with every lab in its place, closed; places without a lab are taken out.

    Raises:
        Failure: a lab has no place in the page, or no phrases.
    """
    known = names(site)
    phrases: list[str] = []
    placed: list[str] = []

    def room(place: re.Match[str]) -> str:
        name = place["name"]
        if name not in known:
            return ""
        markup = (site / FOLDER / name / f"{name}.html").read_text()
        found = _PHRASES.search(markup)
        if found is None:
            raise Failure(f"{name}.html does not end with a template of phrases.")
        inside = _EACH.sub(_for_each, markup[: found.start()])
        placed.append(name)
        phrases.append(found["phrases"])
        return (
            f'<section id="{name}-lab" class="lab panel" aria-label="{place["label"]}" hidden>\n'
            f"{_title(name, place['label'])}"
            f'<p id="{name}-arriving" class="hint" role="status"></p>\n'
            f'<div id="{name}-room" class="room" hidden>\n{inside}\n</div>\n'
            "</section>"
        )

    page = _PLACE.sub(room, page)
    page = _DOOR.sub(lambda door: door[0] if door["name"] in known else "", page)
    if missing := set(known) - set(placed):
        raise Failure(f"index.html has no place for the lab “{missing.pop()}”.")
    return page.replace(_PHRASES_END, "\n".join([*phrases, _PHRASES_END]))


def styles(site: Path) -> dict[str, bytes]:
    """The looks of labs, by the names under which ``style.css`` imports them."""
    return {
        f"labs/{path.name}": path.read_bytes() for path in sorted((site / FOLDER).glob("*/*.css"))
    }


def imports(site: Path) -> str:
    """What ``style.css`` says of them, after all else."""
    return "".join(f'@import url("./{name}");\n' for name in styles(site))


def scripts(site: Path) -> dict[str, bytes]:
    """The scripts of labs, by where they stand among the page's."""
    return {
        (FOLDER / path.parent.name / path.name).as_posix(): path.read_bytes()
        for path in sorted((site / FOLDER).glob("*/*.js"))
    }


def entry(name: str) -> str:
    """The script of a lab that is loaded when it opens, if there is one."""
    return (FOLDER / name / f"{name}.js").as_posix()
