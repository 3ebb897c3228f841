"""How large the target of a harvest is, where that can be seen."""

import os
from collections.abc import Iterator
from pathlib import Path

from oai_provider.store.addresses import parsed_url


def size_of(to: str) -> int | None:
    """Return the bytes of a file, of all files of a folder, or of a store in a file."""
    if "://" not in to:
        path = Path(to)
    elif to.startswith("sqlite"):
        path = Path(parsed_url(to).database or "")
    else:
        return None
    try:
        return sum(_sizes(path)) if path.is_dir() else path.stat().st_size
    except OSError:
        return None


def _sizes(folder: Path) -> Iterator[int]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _sizes(Path(entry.path))
            else:
                yield entry.stat(follow_symlinks=False).st_size
