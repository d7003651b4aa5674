"""The room with somebody who offers it files, and hands over the pieces that it asks for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Self

from bankpage.labs.contract import OpenStudy, Study, Tell
from bankpage.labs.opening.lab import LAB

from tests.page.lab_desk import LabDesk, phrases, subject_of

MOST_PIECES = 1_000


class Opener(LabDesk):
    """A room, and the files that were offered last, by their names."""

    def __init__(self) -> None:
        super().__init__(LAB, subject_of([]))
        self.offer = 0
        self.files: list[bytes] = []
        self.asked: list[Mapping[str, int]] = []
        self.told = 0
        self.kept = ""
        """What the browser keeps."""

    def offers(self, directories: Iterable[str] = (), **files: bytes) -> Self:
        """Offer files, and hand nothing over yet; “a_jsonl” is called “a.jsonl”."""
        self.offer += 1
        self.files = list(files.values())
        names = [name.replace("_", ".") for name in files]
        told: list[dict[str, object]] = [
            {"name": name, "size": len(content), "isDirectory": False}
            for name, content in zip(names, self.files, strict=True)
        ]
        told += [{"name": name, "size": 4096, "isDirectory": True} for name in directories]
        self.only("offered", offer=str(self.offer), files=json.dumps(told), kept=self.kept)
        return self

    def wanted(self) -> Mapping[str, int] | None:
        """The piece that is asked for, once."""
        texts = [effect.text for effect in self.effects if isinstance(effect, Tell)]
        told = [text for text in texts if "keep" not in json.loads(text)]
        self.kept = next(
            (json.loads(text)["keep"] for text in reversed(texts) if text not in told), self.kept
        )
        if len(told) == self.told:
            return None
        self.told = len(told)
        wanted: Mapping[str, int] = json.loads(told[-1])
        self.asked.append(wanted)
        return wanted

    def hands_over(self) -> Self:
        """Hand over the one piece that is asked for."""
        wanted = self.wanted()
        assert wanted is not None
        return self.gives(wanted, self.files[wanted["file"]])

    def gives(self, wanted: Mapping[str, int], content: bytes) -> Self:
        """A piece, out of whatever the file holds by now."""
        piece = content[wanted["at"] : wanted["at"] + wanted["length"]]
        place = {name: str(wanted[name]) for name in ("offer", "file", "at")}
        return self.only("piece", piece, **place)

    def fetches(self) -> Self:
        """Hand over all pieces that are asked for, one after another; nothing is read yet."""
        for _ in range(MOST_PIECES):
            wanted = self.wanted()
            if wanted is None:
                return self
            self.gives(wanted, self.files[wanted["file"]])
        raise AssertionError("it never has enough")

    def opens(self, directories: Iterable[str] = (), **files: bytes) -> Self:
        """Offer files, and see to all that comes of it."""
        return self.offers(directories, **files).fetches().settles()

    @property
    def study(self) -> Study:
        """The one study that was opened."""
        (wish,) = self.wishes
        assert isinstance(wish, OpenStudy)
        return wish.study

    @property
    def said(self) -> str:
        """What is said of what was not opened."""
        assert not self.wishes
        return self.shows("opening-said")

    def remarks(self) -> str:
        """What is said on the study's sign of how it was come by."""
        texts = [phrases()(one.phrase, **one.values) for one in self.study.remarks]
        return " ".join(texts)
