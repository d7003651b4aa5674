"""The boot image: the memory of a Python that has the page's modules loaded already.

Pyodide calls it a memory snapshot. It is made in Node by ``boot_image.mjs``, the same bytes for
the same sources, and kept until one of them changes.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from building.steps import environment, run_step

HERE: Final = Path(__file__).parent
MAKERS: Final = (HERE / "boot_image.mjs", HERE / "boot_image.py")


@dataclass(frozen=True, slots=True)
class BootImage:
    """``packed`` with gzip; ``length`` in bytes when unpacked; of the code with ``code_hash``."""

    packed: bytes
    length: int
    code_hash: str


def made(code: bytes, modules: Path) -> BootImage:
    """The boot image of the code, an archive of Python packages.

    Raises:
        Failure: Node or Pyodide could not make it.
    """
    pyodide = modules / "pyodide"
    pyscript = modules / "@pyscript" / "core" / "src" / "stdlib" / "pyscript.js"
    sources = [
        *MAKERS,
        pyscript,
        *(pyodide / name for name in ("pyodide.asm.wasm", "package.json")),
    ]
    key = hashlib.sha256(code + b"".join(map(Path.read_bytes, sources))).hexdigest()
    kept = modules / ".cache" / "esbank" / f"{key}.image.gz"
    if not kept.is_file():
        _make(code, pyodide, pyscript, kept)
    packed = kept.read_bytes()
    length = int.from_bytes(packed[-4:], "little")  # how gzip ends
    return BootImage(packed, length, hashlib.sha256(code).hexdigest())


def _make(code: bytes, pyodide: Path, pyscript: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        archive, image = Path(folder, "code.zip"), Path(folder, "boot.image")
        archive.write_bytes(code)
        node = shutil.which("node", path=environment()["PATH"]) or "node"
        run_step(
            "Making the boot image",
            [node, MAKERS[0], pyodide, pyscript, archive, image],
            "Delete node_modules and build again.",
        )
        # No time and no name in it: the same image packs into the same bytes.
        packed = Path(folder, "packed")
        packed.write_bytes(gzip.compress(image.read_bytes(), 9, mtime=0))
        shutil.copy(packed, target)
