"""The Python of the labs, compiled for the Python of the page; kept until a source changes."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Final

from building.steps import environment, run_step

HERE: Final = Path(__file__).parent
MAKERS: Final = (HERE / "compile_python.mjs", HERE / "compile_python.py")


def compiled(archive: bytes, modules: Path) -> bytes:
    """An archive of modules, with the bytecode of each beside it: imported in half the time.

    Raises:
        Failure: Node or Pyodide could not make it.
    """
    pyodide = modules / "pyodide"
    parts = [archive, *map(Path.read_bytes, [*MAKERS, pyodide / "package.json"])]
    key = hashlib.sha256(b"".join(parts)).hexdigest()
    kept = modules / ".cache" / "esbank" / f"{key}.zip"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            sources, target = Path(folder, "sources.zip"), Path(folder, "compiled.zip")
            sources.write_bytes(archive)
            node = shutil.which("node", path=environment()["PATH"]) or "node"
            run_step(
                "Compiling the labs",
                [node, MAKERS[0], pyodide, sources, target],
                "Delete node_modules and build again.",
            )
            target.rename(kept)
    return kept.read_bytes()
