"""What `--to` says becomes a sink, or a reason why it cannot."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from oai_provider.harvester.sinks.base import Sink, SinkError
from oai_provider.harvester.sinks.durable import writing
from oai_provider.harvester.sinks.folder import Folder
from oai_provider.harvester.sinks.jsonl import JsonLines
from oai_provider.harvester.sinks.store import StoreSink
from oai_provider.provider.ingest import Ingest

PLACES: Final = (
    "FILE.jsonl, FILE.parquet, FOLDER/, or the URL of a store such as"
    " sqlite:///FILE.db or postgresql+psycopg://USER@HOST/DATABASE"
)


def sink_of(
    to: str, *, open_ingest: Callable[[str], Ingest], keep_datestamps: bool = False
) -> Sink:
    """Return the sink of a target; `open_ingest` opens a store by its URL.

    With `keep_datestamps` records that are new in a store keep theirs: see `StoreSink`.

    Raises `SinkError` for what is none, cannot be written, or is being written, and
    what `open_ingest` raises. A store may be written by several harvests at once.
    """
    if is_store(to):
        return StoreSink(open_ingest(to), keep_datestamps=keep_datestamps)
    if keep_datestamps:
        raise SinkError(
            f"{to} keeps every datestamp as it came: leave out --keep-datestamps, which"
            " is for stores"
        )
    # What a link leads to is what is replaced, not the link.
    path = Path(os.path.realpath(to))
    if to.endswith("/"):
        with writing(path):
            _check(path, is_folder=True)
        return Folder(path)
    open_file = _FILES.get(path.suffix.lower())
    if open_file is None:
        folder = f" (for a folder write {to}/)" if path.is_dir() else ""
        raise SinkError(f"{to} is no place for records{folder}: name {PLACES}")
    with writing(path):
        _check(path, is_folder=False)
    return open_file(path)


def is_store(to: str) -> bool:
    """Tell whether a target is the URL of a store."""
    return "://" in to


def _parquet(path: Path) -> Sink:
    try:
        from oai_provider.harvester.sinks.parquet import (  # noqa: PLC0415 - an extra
            Parquet,
        )
    except ModuleNotFoundError as error:
        raise SinkError(
            f"{path} needs pyarrow: pip install 'oai-provider[parquet]'"
        ) from error
    return Parquet(path)


_FILES: Final[dict[str, Callable[[Path], Sink]]] = {
    ".jsonl": JsonLines,
    ".ndjson": JsonLines,
    ".parquet": _parquet,
}


def _check(path: Path, *, is_folder: bool) -> None:
    """Raise `SinkError` for what can be told to be wrong beforehand."""
    if not path.parent.is_dir():
        raise SinkError(f"there is no folder {path.parent}: make it, or name another")
    if path.exists() and path.is_dir() != is_folder:
        kind, other = ("a file", "folder") if is_folder else ("a folder", "file")
        raise SinkError(f"{path} is {kind}: name another {other}")
    for needed in (path, path.parent):
        if needed.exists() and not os.access(needed, os.W_OK):
            raise SinkError(
                f"{needed} cannot be written by this user: change its permissions, or"
                " name another place"
            )
