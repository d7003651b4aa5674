"""Writing files: whole or not at all, in place of nothing that was not given for it.

A file appears under its name when it is complete. What is replaced keeps its mode and its owner,
what a link points to is written where it is, and what is no plain file (a pipe, a terminal) is
written to and never replaced. No other program's file is ever removed.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from esbank_core.command_line.printing import write_documents
from esbank_core.command_line.problem import ProblemError, why
from esbank_core.kernel.errors import Damage, Unwritable

STANDARD_STREAM: Final = "-"

_STANDARD_OUTPUT: Final = re.compile("/dev/stdout|/dev/fd/1|/proc/self/fd/1")
_DESCRIPTOR: Final = re.compile(
    "/dev/(?:std(?:in|out|err)|fd/[0-9]+)|/proc/(?:self|[0-9]+)/fd/[0-9]+"
)
"""What is open already, whatever it is: a name that is no file's own."""

_NO_LINKS: Final = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
"""What a file system says that has no hard links."""


def is_standard_output(path: str) -> bool:
    """Whether a target is where the command prints."""
    return path == STANDARD_STREAM or _STANDARD_OUTPUT.fullmatch(str(_link_end(path))) is not None


def refuse_to_replace(path: str, *, may_replace: bool) -> None:
    """Refuse a target that is there already, unless it may be replaced or is no plain file.

    Raises:
        ProblemError: it is there and must not be replaced, or it is a directory.
    """
    target = _link_end(path)
    mode = _mode_of(target)
    if path == STANDARD_STREAM or mode is None or _is_descriptor(target):
        return
    if stat.S_ISDIR(mode):
        raise ProblemError(f"{path} is a directory.")
    if stat.S_ISREG(mode) and not may_replace:
        raise ProblemError(f"{path} is there already; --force replaces it.")


def write_whole(path: str, lines: Iterable[str], *, may_replace: bool) -> None:
    """Write a file, or write to what is no plain file.

    Raises:
        ProblemError: it cannot be written, or is there already and must not be replaced.
    """
    if is_standard_output(path):
        write_documents(lines)
        return
    refuse_to_replace(path, may_replace=may_replace)
    target = _link_end(path)
    try:
        mode = _mode_of(target)
        if mode is not None and (_is_descriptor(target) or not stat.S_ISREG(mode)):
            with target.open("w", encoding="utf-8", newline="\n") as through:
                through.writelines(lines)
            return
        with temporary_beside(target) as temporary:
            with temporary.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                _take_the_place(temporary, target)
            elif not publish(temporary, target):
                raise ProblemError(f"{path} is there already; --force replaces it.")
    except OSError as error:
        raise ProblemError(f"{path} cannot be written: {why(error)}.") from None
    except (Damage, Unwritable) as unfit:
        raise ProblemError(f"{path} is not written: {unfit}") from None


@contextmanager
def temporary_beside(target: Path) -> Iterator[Path]:
    """A new empty file in the folder of another, with the mode that new files have.

    Whatever becomes of it, nothing is left under its name.
    """
    descriptor, name = tempfile.mkstemp(prefix=".esbank-", dir=target.parent)
    os.close(descriptor)
    try:
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def publish(temporary: Path, target: Path) -> bool:
    """Give a file its name, unless something goes by that name already; whether it was given."""
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        return False
    except NotImplementedError:  # no such thing on this system
        return _replace_own(temporary, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _replace_own(temporary, target)
    return True


def _replace_own(temporary: Path, target: Path) -> bool:
    """The same without hard links: first take the name with an empty file, then replace that."""
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    temporary.replace(target)
    return True


def plain_target(path: str) -> tuple[Path, bool]:
    """Where a file is to be written, through any links, and whether there is one already.

    Raises:
        ProblemError: something else than a plain file is there.
    """
    target = _link_end(path)
    mode = _mode_of(target)
    if mode is not None and (_is_descriptor(target) or not stat.S_ISREG(mode)):
        raise ProblemError(f"{path} is not a plain file, as a database has to be.")
    return target, mode is not None


def _take_the_place(temporary: Path, target: Path) -> None:
    """Replace a file by another that keeps its mode and owner."""
    was = target.stat()
    now = temporary.stat()
    if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
        try:
            os.chown(temporary, was.st_uid, was.st_gid)
        except OSError:
            raise ProblemError(
                f"{target} belongs to someone else, and would not any more if it were replaced; "
                "write to another name."
            ) from None
    with suppress(OSError):
        shutil.copystat(target, temporary)  # with what it has beyond its mode, where it has any
    temporary.chmod(stat.S_IMODE(was.st_mode))
    os.utime(temporary)
    temporary.replace(target)


def _link_end(path: str) -> Path:
    """The file that a path leads to, through symbolic links, whether it is there or not."""
    target = Path(path)
    for _ in range(40):
        if _is_descriptor(target) or not target.is_symlink():
            break
        target = target.parent / target.readlink()
    return target


def _is_descriptor(target: Path) -> bool:
    return _DESCRIPTOR.fullmatch(str(target)) is not None


def _mode_of(target: Path) -> int | None:
    try:
        return target.stat().st_mode
    except OSError:
        return None
