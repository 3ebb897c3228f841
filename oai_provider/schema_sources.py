"""The published XML Schemas, for operators who prefer them to ours.

They are fetched from their own addresses and kept only if their SHA-256 sums are
those that `SOURCES.toml` lists. Ours take the place of what could not be had, so that
the folder made can always be used. What is there already is not fetched again, and
nothing is replaced but by a published schema.
"""

import hashlib
import shutil
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Final

from oai_provider.errors import OaiProviderError

_TIMEOUT: Final = 30.0
_LIMIT: Final = 4 * 1024 * 1024
_WEB: Final = ("http://", "https://")


class SchemaSourceError(OaiProviderError):
    """The published schemas cannot be brought; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaSource:
    """Where a published schema is found, and how it is known to be the right one."""

    file: str
    url: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What became of one schema; `problem` is empty if it was kept."""

    url: str
    problem: str = ""


def read_sources(folder: Path) -> tuple[SchemaSource, ...]:
    """Return what `SOURCES.toml` in a folder of schemas lists."""
    listed = tomllib.loads((folder / "SOURCES.toml").read_text(encoding="utf-8"))
    return tuple(
        SchemaSource(file=entry["file"], url=entry["url"], sha256=entry["sha256"])
        for entry in listed["schema"]
    )


def pull_schemas(ours: Path, folder: Path) -> Iterator[Pulled]:
    """Make a folder of schemas like ours, with the published files where they differ.

    Raises `SchemaSourceError` if the folder cannot be written.
    """
    with _writing(folder):
        shutil.copytree(ours, folder, dirs_exist_ok=True, copy_function=_copy_new)
    for source in read_sources(ours):
        yield _pull(source, folder / source.file)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SchemaSourceError(f"cannot write {path}: {error}") from error


def _copy_new(ours: str, target: str) -> None:
    if not Path(target).exists():
        shutil.copy(ours, target)


def _pull(source: SchemaSource, target: Path) -> Pulled:
    with _writing(target):
        is_there = _sum(target.read_bytes()) == source.sha256
    if is_there:
        return Pulled(url=source.url)
    try:
        data = _fetch(source.url)
    except (OSError, HTTPException) as error:
        return Pulled(url=source.url, problem=f"cannot be fetched: {error}")
    if _sum(data) != source.sha256:
        problem = f"has the SHA-256 {_sum(data)}, not {source.sha256}: not taken"
        return Pulled(url=source.url, problem=problem)
    with _writing(target):
        part = target.with_suffix(".part")
        part.write_bytes(data)
        part.replace(target)
    return Pulled(url=source.url)


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _fetch(url: str) -> bytes:
    if not url.startswith(_WEB):
        raise SchemaSourceError(f"{url} is not a web address: mend SOURCES.toml")
    with urllib.request.urlopen(url, timeout=_TIMEOUT) as response:  # noqa: S310 - checked above
        data: bytes = response.read(_LIMIT)
        return data
