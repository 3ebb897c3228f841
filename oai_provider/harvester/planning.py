"""What a harvest would ask for, and how much the endpoint says there is of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from oai_provider.harvester.beginning import begun_journal, keys_of, request_of
from oai_provider.harvester.introduction import introduced
from oai_provider.harvester.order import Order
from oai_provider.harvester.pages import Pages
from oai_provider.harvester.state import State
from oai_provider.harvester.walk import ListRefusedError, ListRequest, Walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A list that would be harvested."""

    request: ListRequest
    goes_on: bool = False
    """Whether it was begun before."""
    size: int | None = None
    """How many records it is said to have, if that is said."""
    first: int = 0
    """How many are on its first page."""
    refused: str = ""


def planned(order: Order, pages: Pages, state: State) -> Iterator[Planned]:
    """Ask for the first page of each list; keep nothing. Raises `FetchError`."""
    endpoint = introduced(pages).endpoint
    for prefix in order.metadata_prefixes:
        for key in keys_of(order, prefix):
            journal = begun_journal(key, 0, order=order, endpoint=endpoint, state=state)
            yield _planned(
                request_of(key, journal), pages, bool(journal.progress.pages)
            )


def _planned(request: ListRequest, pages: Pages, goes_on: bool) -> Planned:
    walk = Walk(request=request)
    try:
        walk.received(pages.page(request.arguments).page)
    except ListRefusedError as error:
        return Planned(request=request, refused=str(error))
    progress = walk.progress
    size = progress.served if progress.ended else progress.size
    return Planned(request=request, goes_on=goes_on, size=size, first=progress.served)
