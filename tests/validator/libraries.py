"""Our own provider in several configurations; each is filled once."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from spec.library import Library, fill, item
from validator.world import BASE_URL

if TYPE_CHECKING:
    from flask import Flask

_REPOSITORY: Final[dict[str, Any]] = {
    "base_url": BASE_URL,
    "identifier": "library.example.edu",
    "admin_emails": ["library@library.example.edu"],
}
_FOLDER: Final = TemporaryDirectory(prefix="oai-provider-libraries-")


def _usual(folder: Path) -> Library:
    library = Library(folder, repository=_REPOSITORY)
    fill(library)
    return library


def _days(folder: Path) -> Library:
    library = Library(folder, repository={**_REPOSITORY, "granularity": "day"})
    fill(library)
    return library


def _setless(folder: Path) -> Library:
    library = Library(folder, repository={**_REPOSITORY, "sets": []})
    library.load(*(item(f"item-{n}") for n in range(6)))
    library.clock.move(90_000)
    library.load(item("later"))
    return library


def _whole(folder: Path) -> Library:
    """Everything on one page, with nothing deleted."""
    library = Library(folder, repository=_REPOSITORY, lists={"page_size": 100})
    library.load(*(item(f"item-{n}", "history") for n in range(3)))
    library.clock.move(90_000)
    library.load(item("later", "history"))
    return library


def _empty(folder: Path) -> Library:
    return Library(folder, repository={**_REPOSITORY, "sets": []})


LIBRARIES: Final = {
    "usual": _usual,
    "days": _days,
    "setless": _setless,
    "whole": _whole,
    "empty": _empty,
}


@cache
def library(name: str) -> Library:
    """Return the provider of a name, made when it is first asked for."""
    folder = Path(_FOLDER.name) / name
    folder.mkdir()
    return LIBRARIES[name](folder)


@cache
def app_of(name: str) -> "Flask":
    """Return the application of a provider, made once: it holds no state."""
    return library(name).app()
