"""Where the memory of a harvest is: beside its target, unless a folder is given."""

import re
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from oai_provider.harvester.order import Order
from oai_provider.harvester.sinks.durable import Lock
from oai_provider.harvester.state import State, StateError

_SQLITE: Final = "sqlite:///"
_SUFFIX: Final = ".harvest"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.-]+")


def memory_path(order: Order) -> Path:
    """Return the file of the memory of one endpoint in one target.

    Raises `StateError` for a database on a server, which has no place beside it.
    """
    return _folder(order) / f"{_name(order.base_url)}.db"


def locked_memory(order: Order) -> Lock:
    """Return the right to use the memory; raises `SinkError` where another has it."""
    path = memory_path(order)
    _make_folder(path)
    return Lock(path)


def others_wrote(order: Order) -> bool:
    """Tell whether harvests of other endpoints have written the target."""
    own = memory_path(order)
    for path in own.parent.glob("*.db"):
        if path != own:
            with closing(State(path)) as state:
                if state.position():
                    return True
    return False


def open_memory(order: Order) -> State:
    """Open the memory; raises `StateError`."""
    path = memory_path(order)
    _make_folder(path)
    return State(path)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(
            f"{path.parent} cannot be made ({error.strerror}): give another folder"
            " with --state"
        ) from error


def _folder(order: Order) -> Path:
    if order.state is not None:
        return order.state / _name(order.to)
    to = order.to
    if to.startswith(_SQLITE):
        to = to.removeprefix(_SQLITE)
    elif "://" in to:
        raise StateError(
            "a database on a server has no folder for the memory of a harvest: give"
            " one with --state FOLDER, the same each time"
        )
    path = Path(to)
    return path.with_name(path.name + _SUFFIX)


def _name(url: str) -> str:
    """Return a file name of an address, which no other address has."""
    parts = urlsplit(url)
    said = _UNSAFE.sub("-", parts.hostname or Path(parts.path).name)[:40]
    return f"{said}-{blake2b(url.encode(), digest_size=4).hexdigest()}"
