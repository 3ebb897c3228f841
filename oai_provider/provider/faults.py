"""Requests that are well-formed and still have no answer: OAI-PMH 3.6, in words."""

from collections.abc import Iterable

from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.errors import ErrorCode, ProtocolError
from oai_provider.protocol.request import Selection, quoted
from oai_provider.store.base import Store


class Faults(Exception):
    """A request that can be parsed but not answered; carries the protocol errors."""

    def __init__(self, *errors: ProtocolError) -> None:
        super().__init__(*errors)
        self.errors = errors


def unknown_item(identifier: str) -> ProtocolError:
    """Return what is told of an identifier that no item has."""
    return ProtocolError(
        ErrorCode.ID_DOES_NOT_EXIST,
        f"there is no item {quoted(identifier)}; ListIdentifiers lists those there are",
    )


def format_faults(store: Store, prefix: str) -> Iterable[ProtocolError]:
    """Yield what is told of a metadataPrefix unless the store has its format."""
    prefixes = [f.metadata_prefix for f in store.formats()]
    if prefix not in prefixes:
        yield ProtocolError(
            ErrorCode.CANNOT_DISSEMINATE_FORMAT,
            f"there is no format {quoted(prefix)} here; there is {', '.join(prefixes)}",
        )


def no_sets() -> ProtocolError:
    """Return what is told where sets are asked for and there are none."""
    return ProtocolError(
        ErrorCode.NO_SET_HIERARCHY, "this repository is not organised in sets"
    )


def no_match(selection: Selection) -> ProtocolError:
    """Return what is told of a list that would be empty."""
    said = [f"no record in {quoted(selection.metadata_prefix)}"]
    if selection.set_spec is not None:
        said.append(f"in the set {quoted(selection.set_spec)}")
    for word, end in (("from", selection.from_), ("until", selection.until)):
        if end is not None:
            said.append(f"{word} {format_datestamp(end, Granularity.SECOND)}")
    return ProtocolError(ErrorCode.NO_RECORDS_MATCH, " ".join(said))
