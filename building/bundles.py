"""Scripts and styles put together by esbuild: a browser asks for one file, not for a chain."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from building.steps import run_step

NOT_BUNDLED: Final = (
    *("node:*", "ws", "./codemirror*", "./xterm*"),
    *("./zip-*", "./toml-*", "./mpy-*", "./py-Dl*", "./pyodide_graph-*"),
)
"""What Pyodide imports in Node alone, and PyScript for plugins that the page does not use."""

NOWHERE: Final = "https://esbank.invalid/"
"""What a plain script takes for its address, having none."""

TEXTS: Final = ("spare/frame.html",)
"""Documents that scripts import as text."""

MACHINE_BEGINS: Final = "async function _createPyodideModule("
MACHINE_ENDS: Final = "var pyodide_asm_default=_createPyodideModule;"


def bundled(
    entry: str, kind: str, files: Mapping[str, bytes], modules: Path, outside: tuple[str, ...] = ()
) -> bytes:
    """One script that does what the entry and all that it imports do.

    ``kind`` is ``esm`` for a module and ``iife`` for a plain script; ``outside`` are imports
    that stay as they are.

    Raises:
        Failure: a script could not be put together.
    """
    scripts = {
        name: content
        for name, content in files.items()
        if name.endswith((".js", ".mjs", ".json", *TEXTS))
    }
    options = [
        "--bundle",
        *(f"--format={kind}", "--charset=ascii", "--target=es2022", "--minify-whitespace"),
        *([f'--define:import.meta.url="{NOWHERE}"'] if kind == "iife" else []),
        "--loader:.html=text",
        *(f"--external:{name}" for name in (*NOT_BUNDLED, *outside)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        outcome = _put_together(entry, options, scripts, modules, folder)
    return compiled_at_once(outcome.decode()).encode()


def _put_together(
    entry: str, options: Sequence[str], files: Mapping[str, bytes], modules: Path, folder: str
) -> bytes:
    esbuild = modules / ".bin" / ("esbuild.cmd" if os.name == "nt" else "esbuild")
    for name, content in files.items():
        target = Path(folder, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    outcome = Path(folder, f"outcome{Path(entry).suffix}")
    run_step(
        f"Bundling {entry}",
        [esbuild, entry, f"--outfile={outcome}", *options],
        "Delete node_modules and build again.",
        Path(folder),  # names in the bundle are relative to it
        {"NODE_PATH": str(modules)},  # where it finds what is imported by a package's name
    )
    return outcome.read_bytes()


def shaken(script: str, modules: Path) -> str:
    """A module without those of its statements that nothing needs.

    Raises:
        Failure: it is no module.
    """
    options = ["--tree-shaking=true", "--format=esm", "--target=es2022", "--minify-whitespace"]
    files = {"script.mjs": script.encode()}
    with tempfile.TemporaryDirectory() as folder:
        return _put_together(
            "script.mjs", [*options, "--charset=ascii", "--log-level=error"], files, modules, folder
        ).decode()


def styled(files: Mapping[str, bytes], modules: Path) -> bytes:
    """One style sheet of ``style.css`` and of all that it imports; fonts stay where they are.

    Raises:
        Failure: it could not be put together.
    """
    styles = {name: content for name, content in files.items() if name.endswith(".css")}
    options = ["--bundle", "--external:./fonts/*", "--minify-whitespace"]
    with tempfile.TemporaryDirectory() as folder:
        return _put_together("style.css", options, styles, modules, folder)


def compiled_at_once(script: str) -> str:
    """The script, with a hint to engines that Pyodide's one large function runs immediately.

    Engines read a function twice, once to pass over it and once to run it, unless it stands in
    parentheses. This one is a megabyte long. A script without it is left as it is.
    """
    head, begin, rest = script.partition(MACHINE_BEGINS)
    body, end, tail = rest.partition(MACHINE_ENDS)
    if not end:
        return script
    return f"{head}var _createPyodideModule=({begin}{body});{end}{tail}"
