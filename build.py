"""Builds, serves and tests the page. Python 3.11 or later, standard library only.

    python build.py serve    build dist/ if need be, serve it on this machine, open it
    python build.py build    dist/ alone: a plain folder for any static host
    python build.py test     every test, native and in a real browser (pytest arguments follow)
    python build.py lint     formatting, lint and types, of Python, HTML and CSS
    python build.py bench    measure, and print the figures as a table

Whatever a command needs is set up first: a ``.venv`` for Python tools, ``node_modules`` for
the browser's parts, with Node from PyPI where the machine has none. Both are only redone
when the files that pin them change.
"""

from __future__ import annotations

import argparse
import errno
import functools
import gzip
import hashlib
import http.server
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import venv
import webbrowser
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent
SITE: Final = ROOT / "site"
DIST: Final = ROOT / "dist"
VENV: Final = ROOT / ".venv"
MODULES: Final = ROOT / "node_modules"

FIRST_PORT: Final = 8000
PORTS_TRIED: Final = 50
OLDEST_NODE: Final = 20
LINES_SHOWN: Final = 15

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

PYODIDE_PARTS: Final = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)

COUNTED: Final = ("pyodide/pyodide.asm.wasm", "pyodide/python_stdlib.zip", "esbank.zip")
"""The downloads that the progress bar counts: those that Pyodide fetches, and that are large."""

ZIP_TIME: Final = (2026, 1, 1, 0, 0, 0)
"""The time that every file in the archive bears, so that two builds are the same bytes."""


class Failure(Exception):  # noqa: N818 - it is how a step ends, not a programming error
    """A step failed. The sentence says which, why, and what to do."""


# Steps ------------------------------------------------------------------------------------


def run_step(title: str, command: Sequence[str | Path], remedy: str) -> None:
    """Run a command that takes a while; its output is shown only if it fails.

    Raises:
        Failure: the command could not be run, or did not end well.
    """
    print(f"  {title} …", end="", flush=True)
    started = time.monotonic()
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        print(" failed")
        raise Failure(f"{title}: {command[0]} could not be run ({error}). {remedy}") from error
    if done.returncode:
        print(" failed")
        tail = "\n".join(done.stdout.strip().splitlines()[-LINES_SHOWN:])
        raise Failure(f"{title} failed with status {done.returncode}. {remedy}\n\n{tail}")
    print(f" {time.monotonic() - started:.0f} s")


def run_shown(command: Sequence[str | Path], extra: Mapping[str, str] | None = None) -> int:
    """Run a command whose output is what it is run for; returns its exit status."""
    sys.stdout.flush()
    environment = {**_environment(), **(extra or {})}
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=environment)


def _environment() -> dict[str, str]:
    """Our own environment, with the .venv's programs first."""
    return {**os.environ, "PATH": os.pathsep.join([str(_programs()), os.environ.get("PATH", "")])}


def _programs() -> Path:
    return VENV / ("Scripts" if os.name == "nt" else "bin")


def _python() -> Path:
    return _programs() / ("python.exe" if os.name == "nt" else "python")


# Set-up -----------------------------------------------------------------------------------


def stamp_of(*pins: Path) -> str:
    """What a set-up depends on, as a hash: the Python that runs it, and the files that pin it."""
    content = b"".join(pin.read_bytes() for pin in pins)
    return hashlib.sha256(sys.version.encode() + content).hexdigest()


def _is_done(stamp: Path, content: str) -> bool:
    return stamp.is_file() and stamp.read_text() == content


def set_up_python(requirements: str) -> None:
    """Install the pinned tools of one requirements file into ``.venv``."""
    pins = ROOT / requirements
    stamp, content = VENV / f".{pins.stem}", stamp_of(pins)
    if _is_done(stamp, content):
        return
    if not _python().exists():
        print("  Making .venv …", flush=True)
        venv.create(VENV, with_pip=True)
    install: list[str | Path] = [_python(), "-m", "pip", "install", "--require-hashes", "--quiet"]
    run_step(
        f"Installing {requirements}",
        [*install, "--disable-pip-version-check", "-r", pins],
        "Check the network, delete .venv, and run this again.",
    )
    stamp.write_text(content)


def set_up_node(*, with_tools: bool) -> None:
    """Install the browser's parts, and with them the tools that only tests and lint need."""
    stamp = MODULES / ".esbank-stamp"
    content = stamp_of(ROOT / "package-lock.json")
    if _is_done(stamp, f"{content} with tools") or (
        not with_tools and _is_done(stamp, f"{content} parts")
    ):
        return
    if _node_version() < OLDEST_NODE:
        set_up_python("requirements-node.txt")
    run_step(
        "Installing the browser's parts (npm ci)",
        [_npm(), "ci", "--no-audit", "--no-fund", *([] if with_tools else ["--omit=dev"])],
        "Check the network, delete node_modules, and run this again.",
    )
    stamp.write_text(f"{content} with tools" if with_tools else f"{content} parts")


def _node_version() -> int:
    """The major version of the Node on the path, 0 where there is none or it has no npm."""
    path = _environment()["PATH"]
    node = shutil.which("node", path=path)
    if node is None or shutil.which("npm", path=path) is None:
        return 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", said)
    return int(found[1]) if found else 0


def _npm() -> str:
    return shutil.which("npm", path=_environment()["PATH"]) or "npm"


# Building ---------------------------------------------------------------------------------


def build() -> None:
    """Assemble ``dist/`` anew, beside the old one, and put it in its place.

    Raises:
        Failure: a part is missing.
    """
    set_up_node(with_tools=False)
    fresh = DIST.with_name("dist.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name, content in sorted(assemble(SITE, MODULES).items()):
        target = fresh / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (fresh / ".stamp").write_text(_sources_stamp())
    shutil.rmtree(DIST, ignore_errors=True)
    fresh.rename(DIST)
    print_sizes(DIST)


def build_if_stale() -> None:
    """Build, unless ``dist/`` is what these sources give already."""
    if not _is_done(DIST / ".stamp", _sources_stamp()):
        build()


def assemble(site: Path, modules: Path) -> dict[str, bytes]:
    """Every file of the built page, by its path in ``dist/``."""
    files: dict[str, bytes] = {}
    for source in sorted(path for path in site.rglob("*") if path.is_file()):
        name = source.relative_to(site).as_posix()
        if not re.search(r"^bankpage/|__pycache__|(^|/)\.", name):
            files[name] = source.read_bytes()
    icons = modules / "@material-symbols" / "svg-400" / "rounded"
    files["index.html"] = inline_icons(files["index.html"].decode(), icons).encode()
    files["esbank.zip"] = archive([ROOT / "esbank_core", site / "bankpage"])
    inter = modules / "@fontsource-variable" / "inter" / "files"
    files["fonts/inter.woff2"] = _part(inter / "inter-latin-wght-normal.woff2")
    files |= _parts(modules / "@pyscript" / "core" / "dist", "pyscript", PYSCRIPT_PARTS)
    files |= _parts(modules / "pyodide", "pyodide", PYODIDE_PARTS)
    sizes = {name: len(files[name]) for name in COUNTED}
    files["sizes.json"] = json.dumps(sizes, indent=2).encode()
    return files


def _parts(folder: Path, target: str, patterns: Sequence[str]) -> dict[str, bytes]:
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


def archive(packages: Sequence[Path]) -> bytes:
    """The Python packages as one zip archive, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for package in packages:
            for source in sorted(package.rglob("*.py")):
                name = source.relative_to(package.parent).as_posix()
                entry = zipfile.ZipInfo(name, ZIP_TIME)
                entry.external_attr = 0o644 << 16
                entry.create_system = 3  # the same on every system that builds
                packed.writestr(entry, source.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _sources_stamp() -> str:
    """A hash of everything that ``dist/`` is made from."""
    sources = [ROOT / "build.py", ROOT / "package-lock.json"]
    for folder in (SITE, ROOT / "esbank_core"):
        sources += [
            path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ]
    return stamp_of(*sorted(sources))


def print_sizes(dist: Path) -> None:
    """What a visitor downloads: each file, raw and as a compressing host sends it."""
    rows = [
        (path.relative_to(dist).as_posix(), len(content), len(gzip.compress(content, 6)))
        for path in sorted(dist.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
        for content in [path.read_bytes()]
    ]
    rows.append(("in all", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    width = max(len(row[0]) for row in rows)
    print(f"\n  {'file'.ljust(width)} {'raw':>12} {'gzip':>12}")
    for name, raw, packed in rows:
        print(f"  {name.ljust(width)} {raw:>12,} {packed:>12,}")
    print()


# Serving ----------------------------------------------------------------------------------


class Handler(http.server.SimpleHTTPRequestHandler):
    """Plain files with the right types, never cached while the page is worked on."""

    extensions_map: Final = {  # type: ignore[misc]  # the base class declares it mutable
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
    }

    def end_headers(self) -> None:
        """Forbid the browser to show a page that has been built anew since."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say only what went wrong."""
        status = str(args[1]) if len(args) > 1 else ""
        if status.startswith(("4", "5")):
            super().log_message(format, *args)


def open_server(folder: Path, first_port: int) -> http.server.ThreadingHTTPServer:
    """A server of a folder on this machine alone, on the first port that is free.

    Raises:
        Failure: none of the ports tried is free.
    """
    handler = functools.partial(Handler, directory=str(folder))
    for port in range(first_port, first_port + PORTS_TRIED):
        try:
            return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            print(f"  Port {port} is busy; trying {port + 1}.")
    raise Failure(f"No port from {first_port} on is free. Name another with --port.")


def serve(first_port: int, *, opens: bool) -> None:
    """Serve ``dist/`` until interrupted."""
    build_if_stale()
    with open_server(DIST, first_port) as server:
        address = f"http://localhost:{server.server_port}/"
        print(f"\n  The page is at {address}\n  Press Ctrl+C to stop.", flush=True)
        if opens:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\n  Stopped.")


# Testing ----------------------------------------------------------------------------------


def find_browser() -> str:
    """The Chromium to test in: Playwright's own, the system's, or one installed now.

    Returns:
        The path of a program; empty for Playwright's own.

    Raises:
        Failure: none is here and none can be had.
    """
    probe = "from tests.e2e.browser import find; print(find() or '')"
    if found := _ask_python(probe):
        return "" if found == "playwright" else found
    print("  No Chromium is on this machine.")
    ways: list[tuple[str, list[list[str | Path]]]] = [
        (
            "Installing Playwright's Chromium",
            [[_python(), "-m", "playwright", "install", "chromium"]],
        )
    ]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
        ways.append(("Installing Debian's chromium", [["apt-get", "update"], [*install]]))
    for title, commands in ways:
        try:
            for command in commands:
                run_step(title, command, "")
        except Failure:
            continue
        if found := _ask_python(probe):
            return "" if found == "playwright" else found
    raise Failure(
        "The browser tests need Chromium, which is not here and could not be installed: "
        "install it by hand, or leave these tests out with: python build.py test -m 'not e2e'"
    )


def _ask_python(code: str) -> str:
    done = subprocess.run(
        [str(_python()), "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def test(arguments: Sequence[str]) -> int:
    """Every test, or those that the pytest arguments choose."""
    set_up_python("requirements-dev.txt")
    set_up_node(with_tools=True)
    build_if_stale()
    wants_browser = "not e2e" not in " ".join(arguments)
    extra = {"ESBANK_BROWSER": find_browser()} if wants_browser else {}
    return run_shown([_python(), "-m", "pytest", *arguments], extra)


def lint() -> int:
    """Formatting, lint and types; every check runs, even after one has failed."""
    set_up_python("requirements-dev.txt")
    set_up_node(with_tools=True)
    checks: list[list[str | Path]] = [
        [_python(), "-m", "ruff", "format", "--check", "."],
        [_python(), "-m", "ruff", "check", "."],
        [_python(), "-m", "mypy"],
        [_python(), "-m", "mypy", "build.py"],
        [_tool("html-validate"), "site/index.html"],
        [_tool("stylelint"), "site/style.css"],
    ]
    failed = [" ".join(map(str, check[-3:])) for check in checks if run_shown(check)]
    for name in failed:
        print(f"  Failed: {name}")
    return 1 if failed else 0


def _tool(name: str) -> Path:
    return MODULES / ".bin" / (f"{name}.cmd" if os.name == "nt" else name)


def bench(arguments: Sequence[str]) -> int:
    """Measure, and print the figures as a table."""
    set_up_python("requirements-dev.txt")
    set_up_python("requirements-bench.txt")
    set_up_node(with_tools=True)
    build_if_stale()
    extra = {"ESBANK_BROWSER": find_browser(), "PYTHONPATH": str(SITE)}
    return run_shown([_python(), "-m", "tests.bench", *arguments], extra)


# The command line -------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="build.py", description="Builds, serves and tests the page."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    serving = commands.add_parser("serve", help="build if need be, serve on this machine, open")
    serving.add_argument("--port", type=int, default=FIRST_PORT, help="the first port to try")
    serving.add_argument("--no-open", action="store_true", help="do not open a browser")
    commands.add_parser("build", help="dist/ alone, for any static host")
    commands.add_parser("test", help="every test; pytest arguments may follow")
    commands.add_parser("lint", help="formatting, lint and types")
    commands.add_parser("bench", help="measure, and print a table")
    return parser


def main() -> int:
    """Carry out the command line; returns the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python deserves a sentence
        print("This needs Python 3.11 or later.", file=sys.stderr)
        return 2
    parser = _parser()
    options, rest = parser.parse_known_args()
    if rest and options.command not in ("test", "bench"):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        match options.command:
            case "serve":
                serve(options.port, opens=not options.no_open)
            case "build":
                build()
            case "test":
                return test(rest)
            case "lint":
                return lint()
            case "bench":
                return bench(rest)
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
