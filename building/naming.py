"""Names by content: what a browser has fetched under such a name never changes.

Each top-level folder of the build gets the hash of its content into its name, and the files at
the top go into one of their own, ``esbank``. So modules find one another as they did, and a
visitor of yesterday fetches only the folders that have changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from typing import Final

HASH_LENGTH: Final = 12
"""Hexadecimal digits: 48 bits, for a handful of folders."""

OUR_FOLDER: Final = "esbank"

REFERRING: Final = (".html", ".js", ".css")
"""Files of ours that name others, always as a quoted path that begins with ``./``."""


def named_by_content(files: Mapping[str, bytes], fixed: Collection[str]) -> dict[str, bytes]:
    """The same files under names by content, and with what they call one another changed.

    ``fixed`` are the files that keep their names; they stand at the top.
    """
    folders = sorted({name.split("/")[0] for name in files if _is_theirs(name)})
    named: dict[str, bytes] = {}
    new_names: dict[str, str] = {}
    for folder in folders:
        within = {name: files[name] for name in files if name.startswith(f"{folder}/")}
        new_folder = f"{folder}-{hash_of(within)}"
        new_names |= {name: new_folder + name[len(folder) :] for name in within}
        named |= {new_names[name]: content for name, content in within.items()}
    ours = {
        name: _referring(name, content, {old: f"../{new}" for old, new in new_names.items()})
        for name, content in files.items()
        if name not in fixed and name not in new_names
    }
    new_folder = f"{OUR_FOLDER}-{hash_of(ours)}"
    new_names |= {name: f"{new_folder}/{name}" for name in ours}
    named |= {new_names[name]: content for name, content in ours.items()}
    at_top = {old: f"./{new}" for old, new in new_names.items()}
    return named | {name: _referring(name, files[name], at_top) for name in fixed if name in files}


def hash_of(files: Mapping[str, bytes]) -> str:
    """The hash of some files' names and contents."""
    whole = hashlib.sha256()
    for name, content in sorted(files.items()):
        whole.update(f"{name} {len(content)}\n".encode() + content)
    return whole.hexdigest()[:HASH_LENGTH]


def _is_theirs(name: str) -> bool:
    return name.startswith(("pyodide/", "pyscript/", "image/"))


def _referring(name: str, content: bytes, new_names: Mapping[str, str]) -> bytes:
    if not name.endswith(REFERRING):
        return content

    def renamed(match: re.Match[str]) -> str:
        quote, path = match["quote"], match["path"]
        if path.endswith("/"):
            found = next((new for old, new in new_names.items() if old.startswith(path)), None)
            new = found and found[: found.rindex("/") + 1]
        else:
            new = new_names.get(path)
        return f"{quote}{new or './' + path}{quote}"

    text = re.sub(r"""(?P<quote>["'])\./(?P<path>[\w./-]+)(?P=quote)""", renamed, content.decode())
    return text.encode()
