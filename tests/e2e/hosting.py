"""A host that can be changed, broken and stopped while visitors are there."""

from __future__ import annotations

import re
import shutil
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import build
from building.assembly import KEEPER, service_worker

SUB_PATH = "some/where"


class FaultyHandler(build.Handler):
    """Answers as any static host does, but for the faults of its ``host``."""

    host: Host

    def do_GET(self) -> None:  # noqa: N802 - the base's name
        path = self.path.removeprefix(f"/{SUB_PATH}/").split("?")[0]
        fault = next((fault for part, fault in self.host.faults.items() if part in path), None)
        self.host.asked.append(path)  # whoever sees that it was knows that its fault was met
        match fault:
            case None:
                super().do_GET()
            case "cut":
                self._send_half(path)
            case "failed for good":
                self._send(b"Sorry.", "text/plain", HTTPStatus.NOT_FOUND, "max-age=31536000")
            case "mistyped":
                self._send(self.host.read(path), "text/plain")
            case HTTPStatus() as status:
                self.send_error(status)
            case bytes() as content:
                self._send(content, "application/octet-stream")

    def _send_half(self, path: str) -> None:
        content = self.host.read(path)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self.close_connection = True

    def _send(
        self,
        content: bytes,
        kind: str,
        status: HTTPStatus = HTTPStatus.OK,
        caching: str = "no-cache",
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", caching)
        super(build.Handler, self).end_headers()  # with a word of its own on caching
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's
        """Faults are meant."""


@dataclass
class Host:
    """A folder under a sub-path. ``faults`` go by a part of a path: ``cut`` off after half,
    ``mistyped``, ``failed for good`` (an error to be kept for a year), a status, or other bytes."""

    folder: Path
    faults: dict[str, str | HTTPStatus | bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        shutil.copytree(build.DIST, self.folder, ignore=shutil.ignore_patterns("*.gz", "*.br"))
        self.start()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}/{SUB_PATH}/"

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def start(self) -> None:
        """Begin to answer, at the port of before if there was one."""
        handler: Any = type("Handler", (FaultyHandler,), {"host": self})
        root = str(self.folder.parents[1])
        self._server = build.Server(
            ("127.0.0.1", self.port), lambda *given: handler(*given, directory=root)
        )
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """The network cable is pulled."""
        self._server.shutdown()
        self._server.server_close()

    def publish(self, mark: str) -> None:
        """Another build in the place of this one: its title ends in the mark."""
        (old,) = (path.name for path in self.folder.glob("esbank-*"))
        new = "esbank-" + f"{int(old[-12:], 16) ^ 0xABCDEF:012x}"
        (self.folder / old).rename(self.folder / new)
        for path in [self.folder / "index.html", *self.folder.glob("*/*.js")]:
            path.write_text(path.read_text().replace(old, new))
        page = self.folder / "index.html"
        page.write_text(re.sub("</title>", f" {mark}</title>", page.read_text()))
        files = {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and path.name not in (".stamp", "esbank.html")
        }
        source = files[KEEPER].split(b"\n", 1)[1]
        (self.folder / KEEPER).write_bytes(service_worker(source, files))
