"""What a harvested item says in XML of its own, read when somebody asks.

It is stored as its records came, and needs no fields for these to be served. Those who
show it, choose among items or write it in another format ask here. An item that has a
title or a type of its own, or was not harvested, is left as it is; of another, what it
says beside its XML goes before what is read out of that.
"""

import json
from collections.abc import Iterable

from oai_provider.metadata.faults import ItemError, ItemFault
from oai_provider.metadata.format import FormatError, Formats
from oai_provider.metadata.item import Item, item_json, read_item
from oai_provider.metadata.provenance import Provenance
from oai_provider.protocol.xml import XmlError, parse


def described(item: Item, formats: Formats) -> Item:
    """Return a harvested item with the fields that its own XML has; others as they are.

    They are those of the format that can say most. Raises `ItemError` where the XML is
    none, or says what no item can.
    """
    is_harvested = item.provenance is not None and item.provenance.harvested is not None
    if not (is_harvested and item.native) or item.titles or item.resource_type:
        return item
    prefix = richest(item.native, formats)
    format_ = formats.get(prefix)
    if format_ is None or format_.read is None:
        return item
    try:
        fields = format_.read(parse(item.native[prefix].encode()))
    except (FormatError, XmlError) as error:
        raise ItemError((ItemFault(f"native.{prefix}", str(error)),)) from error
    read = read_item({**fields, "id": item.id, "native": item.native})
    said = {name: value for name in Item.model_fields if (value := getattr(item, name))}
    provenance = _joined(read.provenance, item.provenance)
    return read.model_copy(update={**said, "provenance": provenance})


def described_source(source: str, formats: Formats) -> Item:
    """Return the item of a source, as a store has it, with all its fields.

    Raises `ItemError` as `described` does.
    """
    return described(read_item(json.loads(source)), formats)


def told(source: str, formats: Formats) -> dict[str, object]:
    """Return a source as JSON has it, with the fields of its own XML if they are any.

    Never fails: a source that another release wrote is told as it is.
    """
    data: dict[str, object] = json.loads(source)
    if "native" not in data:
        return data
    try:
        item = read_item(data)
        full = described(item, formats)
    except ItemError:
        return data
    return data if full is item else item_json(full)


def richest(prefixes: Iterable[str], formats: Formats) -> str:
    """Return the format out of which most can be read of an item."""

    def unsaid(prefix: str) -> tuple[bool, int, str]:
        format_ = formats.get(prefix)
        if format_ is None or format_.read is None:
            return True, 0, prefix
        return False, len(format_.unsaid), prefix

    return min(prefixes, key=unsaid)


def _joined(read: Provenance | None, own: Provenance | None) -> Provenance | None:
    """Return what is said of an item's provenance by its XML and beside it."""
    if read is None or own is None:
        return own or read
    said = {name: getattr(own, name) for name in own.model_fields_set}
    return read.model_copy(update=said)
