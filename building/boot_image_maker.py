"""The boot image: the memory of a Python that has the page's modules loaded already.

Pyodide calls it a memory snapshot. It is made in Node by ``boot_image.mjs``, the same bytes for
the same sources, and kept until one of them changes.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from building.steps import environment, run_step

HERE: Final = Path(__file__).parent
PAGE: Final = 4096

MAKERS: Final = (HERE / "boot_image.mjs", HERE / "boot_image.py")


@dataclass(frozen=True, slots=True)
class BootImage:
    """``packed``, without gaps and with gzip; ``length`` of the whole; of code by its hash."""

    packed: bytes
    length: int
    code_hash: str

    @property
    def about(self) -> bytes:
        """What ``runtime.js`` wants to know before it has the image: the JSON that it imports."""
        return json.dumps({"length": self.length, "codeHash": self.code_hash}).encode()


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
    key = hashlib.sha256(
        code + b"".join(map(Path.read_bytes, [*sources, Path(__file__)]))
    ).hexdigest()
    kept = modules / ".cache" / "esbank" / f"{key}.image.gz"
    if not kept.is_file():
        _make(code, pyodide, pyscript, kept)
    packed = kept.read_bytes()
    (length,) = struct.unpack_from("<I", gzip.decompress(packed))
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
        packed.write_bytes(gzip.compress(without_gaps(image.read_bytes()), 9, mtime=0))
        shutil.copy(packed, target)


def without_gaps(image: bytes) -> bytes:
    """The image without its empty pages, which are almost half of it.

    Little-endian words of 32 bits: the length of the image, how many stretches follow, and of each
    where it begins and ends; then the stretches, one after another. ``runtime.js`` reads it.
    """
    empty = bytes(PAGE)
    stretches: list[list[int]] = []
    for start in range(0, len(image), PAGE):
        end = min(start + PAGE, len(image))
        if image[start:end] == empty[: end - start]:
            continue
        if stretches and stretches[-1][1] == start:
            stretches[-1][1] = end
        else:
            stretches.append([start, end])
    words = [len(image), len(stretches), *itertools.chain.from_iterable(stretches)]
    head = struct.pack(f"<{len(words)}I", *words)
    return head + b"".join(image[start:end] for start, end in stretches)
