"""Scripts put together by esbuild, so that a browser asks for one file and not for a chain."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
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
    esbuild = modules / ".bin" / ("esbuild.cmd" if os.name == "nt" else "esbuild")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            if name.endswith((".js", ".mjs", ".json", *TEXTS)):
                target = Path(folder, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        outcome = Path(folder, "outcome.js")
        run_step(
            f"Bundling {entry}",
            [
                *(esbuild, entry, "--bundle", f"--format={kind}", "--charset=utf8"),
                *("--target=es2022", "--minify-whitespace", f"--outfile={outcome}"),
                *([f'--define:import.meta.url="{NOWHERE}"'] if kind == "iife" else []),
                "--loader:.html=text",
                *(f"--external:{name}" for name in (*NOT_BUNDLED, *outside)),
            ],
            "Delete node_modules and build again.",
            Path(folder),  # names in the bundle are relative to it
            {"NODE_PATH": str(modules)},  # where it finds what is imported by a package's name
        )
        return compiled_at_once(outcome.read_text()).encode()


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
