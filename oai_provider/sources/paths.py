"""Paths become items: a file is read by its suffix, a folder is walked.

A folder that holds item.yaml (or item.yml, item.json) is one item: its other files
are what the item was made from, and are not read, nor are folders in it. Elsewhere
files are taken in the order of their names; hidden ones are passed over, and those
of other suffixes, too, unless they are named outright.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache, partial
from os.path import realpath
from pathlib import Path
from typing import Final

from oai_provider.metadata.format import Formats, load_formats
from oai_provider.sources.base import Place, Read, Reader, SourceError, Unreadable
from oai_provider.sources.item_files import read_json, read_json_lines, read_yaml
from oai_provider.sources.journal_page import ALL_RULES, read_journal_page
from oai_provider.sources.oai_xml import read_oai_xml
from oai_provider.sources.repairs import Rule

SUFFIXES: Final = (".json", ".jsonl", ".ndjson", ".txt", ".xml", ".yaml", ".yml")
JSON_LINES: Final = (".jsonl", ".ndjson")

_ITEM_FILES: Final = ("item.yaml", "item.yml", "item.json")


def read_path(
    file: Path,
    *,
    rules: Collection[Rule] = ALL_RULES,
    formats: Formats | None = None,
) -> Iterator[Read]:
    """Return what a file holds.

    `rules` are those that pages are repaired by; `formats` those that XML may be in,
    the installed ones if none are given. Raises `SourceError` at once for what is no
    file that can be read; `files_of` tells the files of a folder.
    """
    problem = _problem(file)
    if problem is None and file.is_dir():
        problem = f"{file} is a folder: name a file in it"
    if problem is not None:
        raise SourceError(problem)
    return _read_file(file, _reader(file.suffix.lower(), rules, formats))


def _reader(suffix: str, rules: Collection[Rule], formats: Formats | None) -> Reader:
    match suffix:
        case ".txt":
            return partial(read_journal_page, rules=rules)
        case ".xml":
            known = _installed_formats() if formats is None else formats
            return partial(read_oai_xml, formats=known)
        case ".json":
            return read_json
        case suffix if suffix in JSON_LINES:
            return read_json_lines
        case _:
            return read_yaml


@cache
def _installed_formats() -> Formats:
    # Looking for entry points takes longer than reading a small file.
    return load_formats()


def _read_file(file: Path, reader: Reader) -> Iterator[Read]:
    try:
        yield from reader(file)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        yield Unreadable(place=Place(file), reason=reason)


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """Return the files to be read, each once, those of folders in order of names.

    Raises `SourceError` at once, for all paths that are not there or of no suffix
    that is read.
    """
    given = list(paths)
    problems = [problem for path in given if (problem := _problem(path))]
    if problems:
        raise SourceError("\n".join(problems))
    return (f for f in _walk(given) if _is_readable(f) and not _leads_nowhere(f))


def passed_over(paths: Iterable[Path]) -> Iterator[Path]:
    """Return the files in folders that `files_of` leaves out for their suffix."""
    files = (file for file in _walk(paths) if not _is_readable(file))
    return (file for file in files if not _leads_nowhere(file))


def lost_links(paths: Iterable[Path]) -> Iterator[Path]:
    """Return the links in folders that lead nowhere now, whatever they stand for."""
    return filter(_leads_nowhere, _walk(paths))


def _is_readable(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES


def _walk(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield every file below paths, and links that lead nowhere.

    Links that lead back to what was walked already are left out.
    """
    ahead = [*paths][::-1]
    seen: set[str] = set()
    while ahead:
        path = ahead.pop()
        real = realpath(path)
        if real in seen:
            continue
        seen.add(real)
        with _reading(path):
            is_folder, is_file = path.is_dir(), path.is_file()
        if is_folder:
            ahead += reversed(_children(path))
        elif is_file or _leads_nowhere(path):
            yield path


def _leads_nowhere(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = f"{path} cannot be read: {error.strerror}"
        raise SourceError(f"{reason}; give yourself the right to") from error


def _children(folder: Path) -> list[Path]:
    with _reading(folder):
        item_files = (folder / name for name in _ITEM_FILES)
        item_file = next((file for file in item_files if file.is_file()), None)
        if item_file is not None:
            return [item_file]
        return sorted(p for p in folder.iterdir() if not p.name.startswith("."))


def _problem(path: Path) -> str | None:
    try:
        if path.is_dir():
            return None
        if not path.exists():
            return _missing(path)
    except OSError as error:
        return f"{str(path)[:80]} cannot be read: {error.strerror}"
    if not path.is_file():
        return f"{path} is neither a file nor a folder: name one"
    if not _is_readable(path):
        return f"{path} is not read: items are in {', '.join(SUFFIXES)}"
    return None


def _missing(path: Path) -> str:
    """Say how far a path leads, and what is there in its stead."""
    folder = next((p for p in path.parents if p.is_dir()), Path())
    step = path.relative_to(folder).parts[0]
    near = get_close_matches(step, _names_in(folder), n=1, cutoff=0.5)
    hint = (
        f": did you mean {folder / near[0]}?" if near else f": see what {folder} holds"
    )
    return f"{path} does not exist{hint}"


def _names_in(folder: Path) -> list[str]:
    try:
        return [child.name for child in folder.iterdir()]
    except OSError:
        # Only a hint is wanted: that the path is not there is told all the same.
        return []
