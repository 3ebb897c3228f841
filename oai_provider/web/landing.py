"""Items as people meet them: one on its page, many in a list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.item import Item, Title
from oai_provider.metadata.own_xml import described_source
from oai_provider.protocol.model import Header
from oai_provider.protocol.request import Selection
from oai_provider.protocol.token import Position
from oai_provider.provider.answer import Provider
from oai_provider.store.base import StoredItem
from oai_provider.web.linked_data import Node, linked_data
from oai_provider.web.links import Link, item_link, record_link
from oai_provider.web.scholar import Meta, citation_tags, dublin_core_tags

# Every repository disseminates it, every item in it (OAI-PMH 3.4).
OAI_DC: Final = "oai_dc"


def item_of(provider: Provider, stored: StoredItem) -> Item:
    """Return what a stored item says.

    A source that another release wrote may be no item to this one. Its record was
    finished then and is served still, so at least the titles are known.
    """
    try:
        item = described_source(stored.source, provider.formats)
        return provider.repository.journals.filled(item)
    except ItemError:
        return _titled(provider, stored.header.identifier)


def _titled(provider: Provider, identifier: str) -> Item:
    record = provider.store.record(identifier, OAI_DC)
    tags = dublin_core_tags(record.metadata if record else None)
    titles = (
        Title.model_construct(value=tag.content, lang=tag.lang)
        for tag in tags
        if tag.name == "DC.title"
    )
    # Not validated: an item needs more than a page of titles has.
    return Item.model_construct(id=identifier, titles=tuple(titles))


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """All that the page of an item shows, and what it tells machines."""

    link: Link
    item: Item
    header: Header
    formats: tuple[Link, ...]
    meta: tuple[Meta, ...]
    linked_data: Node


def item_page(provider: Provider, stored: StoredItem) -> ItemPage:
    """Return the page of an item that is not deleted."""
    repository, store = provider.repository, provider.store
    identifier = stored.header.identifier
    item = item_of(provider, stored)
    link = item_link(repository, identifier, _label(item, identifier))
    formats = store.formats_of(identifier) or ()
    record = store.record(identifier, OAI_DC)
    tags = (
        *citation_tags(item, link.url),
        *dublin_core_tags(record.metadata if record else None),
    )
    return ItemPage(
        link=link,
        item=item,
        header=stored.header,
        formats=tuple(
            record_link(repository, identifier, f.metadata_prefix) for f in formats
        ),
        meta=tags,
        linked_data=linked_data(item, link.url),
    )


def _label(item: Item, identifier: str) -> str:
    return item.title.value if item.title else identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """A line of a list: the title that leads to the item, by whom, and when."""

    link: Link
    authors: tuple[str, ...]
    issued: str | None


@dataclass(frozen=True, slots=True)
class ItemList:
    """Some items in the order they were last changed, and where to read on."""

    items: tuple[ListedItem, ...]
    after: Position | None


def item_list(provider: Provider, after: Position | None, limit: int) -> ItemList:
    """Return the next items of the repository, without the deleted ones."""
    selection = Selection(metadata_prefix=OAI_DC)
    page = provider.store.headers(selection, after=after, limit=limit)
    return ItemList(tuple(_listed(provider, page.headers)), page.after)


def _listed(provider: Provider, headers: Iterable[Header]) -> Iterator[ListedItem]:
    for header in headers:
        stored = None if header.deleted else provider.store.item(header.identifier)
        if stored is not None and not stored.header.deleted:
            item = item_of(provider, stored)
            label = _label(item, header.identifier)
            yield ListedItem(
                link=item_link(provider.repository, header.identifier, label),
                authors=tuple(author.display_name for author in item.creators),
                issued=item.issued,
            )
