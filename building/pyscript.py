"""PyScript, taken apart: its worker becomes a script of its own.

PyScript carries its worker as a text, makes a ``blob:`` of it when a page wants Python, and has
that import the interpreter from an address: a module, which browsers allow no page from disk,
and two steps in a row. As a script of its own it can stand in one with the interpreter, and be
begun before PyScript has come. PyScript is given the worker that was begun (python-worker.js),
and takes the interpreter from where it stands (runtime.js).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from building.steps import Failure

WORKER: Final = "pyscript/worker.js"

TEXT_OF_WORKER: Final = re.compile(
    r"""(?P<before>\[(["'])/\*@\*/\2\+)(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)""",
    re.DOTALL,
)
ESCAPED: Final = {"n": "\n", "\\": "\\", "'": "'", '"': '"'}
"""What stands behind a backslash in that text, and what it means."""

MODULES: Final = re.compile(
    r"""(?<=\(["']\.["'],)\{pyscript:\{.*?\}\}"""
    r"""(?=\),\w+\.push\(["']import pyscript as _pyscript["']\))""",
    re.DOTALL,
)
"""PyScript's own Python, which it would write as files, one by one, whenever it starts."""

SHARED_MEMORY: Final = re.compile(
    r"(?P<named>let\{SharedArrayBuffer:(?P<name>[\w$]+)\}=globalThis),(?P<is_there>[\w$]+)=!0;"
    r"(?P<tried>try\{new (?P=name)\(4,\{maxByteLength:8\}\)\})"
    r"catch\([\w$]+\)\{(?P=is_there)=!1,"
    r"(?P<instead>(?P=name)=class extends ArrayBuffer\{(?:[^{}]|\{[^{}]*\})*\})\}"
)
"""How PyScript finds out whether threads may share memory: by an error where there is none to be
had, for which an observed browser reads the whole script anew."""

IMPORT_OF_INTERPRETER: Final = re.compile(r"(?<=\bmodule:)import\(\w+\)")
INTERPRETER: Final = "globalThis.esbankRuntime"


def taken_apart(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The core without the text of its worker and without Python modules, and the worker.

    Raises:
        Failure: this PyScript is put together in another way.
    """
    cores = [name for name in files if name.startswith("pyscript/core-")]
    if len(cores) != 1:
        raise Failure(f"PyScript has {len(cores)} files core-*.js, and one was expected.")
    core = files[cores[0]].decode()
    found = TEXT_OF_WORKER.search(core)
    if found is None:
        raise Failure("PyScript’s core has no text of a worker in it.")
    before, quote = found["before"], found["quote"]
    page = core[: found.start()] + before + quote * 2 + core[found.end() :]
    page, count = MODULES.subn("{}", page)
    if count != 1:
        raise Failure(f"PyScript writes its modules in {count} places, and not in one.")
    worker = f"(async () => {{\n{_unescaped(found['text'])}\n}})();\n"
    return {
        cores[0]: _with_interpreter(page).encode(),
        WORKER: _with_interpreter(worker).encode(),
    }


def modules_of(stdlib: str) -> dict[str, bytes]:
    """PyScript's own Python modules, by their paths, from the script that holds them.

    Raises:
        Failure: they are held otherwise.
    """
    _, default, held = stdlib.partition("export default ")
    if not default:
        raise Failure("PyScript’s modules are not where they were.")
    return {
        f"{package}/{name}": source.encode()
        for package, sources in json.loads(held.strip().rstrip(";")).items()
        for name, source in sources.items()
    }


def _unescaped(text: str) -> str:
    def meant(escape: re.Match[str]) -> str:
        if escape[1] not in ESCAPED:
            raise Failure(f"PyScript’s text of its worker has “{escape[0]}” in it.")
        return ESCAPED[escape[1]]

    return re.sub(r"\\(.)", meant, text, flags=re.DOTALL)


def _with_interpreter(script: str) -> str:
    changed, count = IMPORT_OF_INTERPRETER.subn(INTERPRETER, script)
    if count != 1:
        raise Failure(f"PyScript imports its interpreter in {count} places, and not in one.")
    changed, count = SHARED_MEMORY.subn(_looking_first, changed)
    if count != 1:
        raise Failure(f"PyScript tries shared memory in {count} places, and not in one.")
    return changed


def _looking_first(trying: re.Match[str]) -> str:
    name, is_there = trying["name"], trying["is_there"]
    return (
        f"{trying['named']},{is_there}=!!{name};"
        f"if({is_there}){trying['tried']}catch{{{is_there}=!1}}"
        f"if(!{is_there}){{{trying['instead']}}}"
    )
