"""Every file of ``dist/``, made from ours and the browser's parts. Pure but for what it reads."""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from building import boot_image_maker, labs, machine, single_file, spare
from building.bundles import TEXTS, bundled, styled
from building.compiled import compiled
from building.copies import DOWNLOAD
from building.naming import hash_of, named_by_content
from building.preview import PICTURE, with_preview
from building.pyscript import modules_of, taken_apart
from building.single_file import PART_FILES
from building.steps import ROOT, Failure

PYSCRIPT_PARTS: Final = (
    "core.js",
    "core-*.js",
    "deprecations-manager-*.js",
    "donkey-*.js",
    "error-*.js",
    "py-editor-*.js",
    "py-game-*.js",
    "py-terminal-*.js",
)
"""What PyScript fetches on every page: its core, and the few lines that would start its plugins.

The plugins themselves (editor, terminal, …) are fetched only by pages that use them.
"""

STDLIB: Final = Path("@pyscript", "core", "src", "stdlib", "pyscript.js")
"""PyScript's own Python modules, in its npm package."""

PYODIDE_PARTS: Final = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)

ENTRIES: Final = {
    "start/early.js": "early.js",
    "start/hosted.js": "hosted.js",
    "start/loader.js": "loader.js",
    "start/python.js": "python.js",
    "pyscript/core.js": "pyscript/core.js",
}
"""The scripts that browsers ask for, by source: of the page, of its two workers, PyScript.

Each is a bundle, and ours stand at the top of the build, wherever their sources do.
"""

KEEPER: Final = "service-worker.js"

FIXED_NAMES: Final = (
    *("index.html", KEEPER, "manifest.webmanifest", "favicon.svg"),
    *("icon-192.png", "icon-512.png", "icon-maskable-512.png", PICTURE),
)
"""Files that are asked for by name from outside the build, and so keep theirs."""

NOT_SERVED: Final = r"^bankpage/|__pycache__|(^|/)\."
"""Sources that go into the build in another form, and what is none."""

ZIP_TIME: Final = (2026, 1, 1, 0, 0, 0)
"""The time that every file in the archive bears, so that two builds are the same bytes."""


def assemble(site: Path, modules: Path, address: str | None = None) -> dict[str, bytes]:
    """Every file of the built page, by its path in ``dist/``.

    With the ``address`` that it will have, the page tells what a link to it shows.

    Raises:
        Failure: a part is missing, or could not be made.
    """
    sources = ours(site, modules) | runtime(modules)
    sources |= taken_apart(sources)
    sources |= machine.lighter(sources, modules)
    picture = sources.pop(PICTURE)
    image = boot_image_maker.made(sources["esbank.zip"], modules)
    sources["image/boot.image"] = image.packed
    sources["boot-image.json"] = image.about
    page = with_version(sources.pop("index.html").decode(), version_of(sources))
    sources[spare.DOCUMENT] = spare.document(sources, modules)
    page = page.replace(
        spare.PLACE_IN_POLICY, spare.named(spare.script_in(sources[spare.DOCUMENT]))
    )

    scripts = lab_scripts(site, sources, modules)
    single = with_parts(only_for("single", page), single_file.parts(sources))
    whole = single_file.single_file(single, sources, scripts, modules)

    files = {name: content for name, content in sources.items() if not is_bundled(name)}
    files |= scripts
    for entry, name in ENTRIES.items():
        outside = tuple(f"./{other}" for other in ENTRIES if other != entry)
        files[name] = bundled(entry, "esm", sources, modules, outside)
    files[spare.RUNTIME] = bundled("start/runtime.js", "iife", sources, modules)
    hosted = with_parts(only_for("hosted", page), parts(files))
    hosted = hosted.replace("{single-size}", f"{len(whole) / 1e6:.0f}")
    if address is not None:
        hosted = with_preview(hosted, address)
        files[PICTURE] = picture
    files["index.html"] = hosted.encode()
    named = named_by_content(files, FIXED_NAMES)
    named[KEEPER] = service_worker(files[KEEPER], named)
    return named | {DOWNLOAD: whole}


def service_worker(source: bytes, files: Mapping[str, bytes]) -> bytes:
    """The service worker, knowing the files of its build and the hash of them all.

    ``./`` stands for the page; icons are for installing alone, and not kept.
    """
    kept = {name: files[name] for name in files if name != KEEPER and not name.endswith(".png")}
    names = ["./" if name == "index.html" else name for name in sorted(kept)]
    build = json.dumps({"version": hash_of(kept), "files": names})
    return f"self.BUILD = {build};\n".encode() + source


def version_of(files: Mapping[str, bytes]) -> str:
    """The version of the project, and which build of it this is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return f"{project['version']} ({hash_of(files)[:7]})"


def with_version(page: str, version: str) -> str:
    """The page, saying its version."""
    return page.replace("{version}", version)


def only_for(place: str, page: str) -> str:
    """The page without what is said only in another place, ``hosted`` or ``single``."""
    paragraph = r'\n *<p data-only="(?P<place>\w+)">.*?</p>'
    return re.sub(paragraph, lambda said: said[0] if said["place"] == place else "", page)


def is_bundled(name: str) -> bool:
    """Whether a source goes into the build as part of a bundle."""
    return name.endswith((".js", ".mjs", ".json", *TEXTS)) and name != KEEPER


def ours(site: Path, modules: Path) -> dict[str, bytes]:
    """What we wrote, with the icons drawn and the font beside it."""
    files: dict[str, bytes] = {}
    for source in sorted(path for path in site.rglob("*") if path.is_file()):
        name = source.relative_to(site).as_posix()
        if not re.search(NOT_SERVED, name):
            files[name] = source.read_bytes()
    icons = modules / "@material-symbols" / "svg-400" / "rounded"
    page = labs.with_labs(files["index.html"].decode(), site)
    files["index.html"] = inline_icons(page, icons).encode()
    files |= labs.styles(site)
    files["style.css"] += labs.imports(site).encode()
    style = styled(files, modules)
    files = {name: content for name, content in files.items() if not name.endswith(".css")}
    files["style.css"] = style
    files |= labs.scripts(site)
    python = python_sources([ROOT / "esbank_core", site / "bankpage"])
    for_labs = {name for name in python if labs.ONLY_FOR_LABS.match(name)}
    pyscripts = modules_of((modules / STDLIB).read_text(encoding="utf-8"))
    files["esbank.zip"] = archive({n: python[n] for n in python if n not in for_labs} | pyscripts)
    of_labs = archive({n: python[n] for n in python if n in for_labs})
    files["labs.zip"] = compiled(of_labs, modules)
    inter = modules / "@fontsource-variable" / "inter" / "files"
    files["fonts/inter.woff2"] = _part(inter / "inter-latin-wght-normal.woff2")
    return files


def runtime(modules: Path) -> dict[str, bytes]:
    """PyScript and Pyodide, those of their files that a visit fetches."""
    pyscript = find_parts(modules / "@pyscript" / "core" / "dist", "pyscript", PYSCRIPT_PARTS)
    return pyscript | find_parts(modules / "pyodide", "pyodide", PYODIDE_PARTS)


def parts(files: Mapping[str, bytes]) -> dict[str, Any]:
    """What the loader fetches."""

    def part(name: str) -> dict[str, Any]:
        return {"address": f"./{name}", "size": len(files[name])}

    return {
        **{name: part(file) for name, file in PART_FILES.items()},
        "runtime": part(spare.RUNTIME),
        "ahead": [{"address": f"./{name}"} for name in ("python.js",)],
        "scripts": [
            {"name": Path(name).stem, "address": f"./{name}"}
            for name in files
            if name.startswith("labs/")
        ],
    }


def with_parts(page: str, known: Mapping[str, Any]) -> str:
    """The page with what is known of the parts, in its block of data."""
    block = '<script id="parts" type="application/json">'
    if f"{block}{{}}<" not in page:
        raise Failure("index.html has no empty block “parts” to fill in.")
    return page.replace(f"{block}{{}}<", f"{block}{json.dumps(known)}<")


def find_parts(folder: Path, target: str, patterns: Sequence[str]) -> dict[str, bytes]:
    """The files of a folder that the patterns name, by their path in the build.

    Raises:
        Failure: a pattern names no file.
    """
    files: dict[str, bytes] = {}
    for pattern in patterns:
        found = sorted(folder.glob(pattern))
        if not found:
            raise Failure(f"{folder.name} has no {pattern}. Delete node_modules and build again.")
        files |= {f"{target}/{path.name}": _without_map(path) for path in found}
    return files


def _part(path: Path) -> bytes:
    if not path.is_file():
        raise Failure(f"{path.name} is missing. Delete node_modules and build again.")
    return path.read_bytes()


def _without_map(path: Path) -> bytes:
    """A script without the mention of its source map, which is left out of the build."""
    content = path.read_bytes()
    if path.suffix not in (".js", ".mjs"):
        return content
    return re.sub(rb"\n//# sourceMappingURL=\S+\s*$", b"\n", content)


def inline_icons(page: str, icons: Path) -> str:
    """Put the drawing of each named Material Symbol into the page, where its name stands.

    Raises:
        Failure: there is no icon of that name.
    """

    def drawn(match: re.Match[str]) -> str:
        name = match["name"]
        drawing = icons / f"{name}.svg"
        if not drawing.is_file():
            raise Failure(f"index.html wants the icon “{name}”, which Material Symbols lack.")
        svg = drawing.read_text()
        found = re.search(r'viewBox="(?P<box>[^"]+)".*?>(?P<paths>.*)</svg>', svg, re.DOTALL)
        if found is None:
            raise Failure(f"The icon “{name}” is not drawn as expected.")
        return f'{match["start"]} viewBox="{found["box"]}">{found["paths"]}</svg>'

    return re.sub(r'(?P<start><svg [^>]*data-icon="(?P<name>\w+)")></svg>', drawn, page)


def python_sources(packages: Sequence[Path]) -> dict[str, bytes]:
    """The modules of Python packages that a page has a use for, by their paths."""
    sources = {
        source.relative_to(package.parent).as_posix(): source.read_bytes()
        for package in packages
        for source in sorted(package.rglob("*.py"))
    }
    return {
        name: content for name, content in sources.items() if not labs.NOT_FOR_THE_PAGE.match(name)
    }


def archive(sources: Mapping[str, bytes]) -> bytes:
    """Python modules as one zip archive, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, content in sources.items():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # the same on every system that builds
            packed.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def lab_scripts(site: Path, sources: Mapping[str, bytes], modules: Path) -> dict[str, bytes]:
    """The script of each lab that has one, with all that it imports."""
    entries = [labs.entry(name) for name in labs.names(site)]
    return {
        f"labs/{Path(entry).name}": bundled(entry, "esm", sources, modules)
        for entry in entries
        if entry in sources
    }
