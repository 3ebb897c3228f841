"""What an endpoint sent, held within bounds: long lists, and what comes after much.

They are packed, and their XML is read anew when it is wanted. Rules go through a list
from its first page to its last, so the trees of a few pages are kept. Who holds an
element holds the tree of its page: rules hold headers, which do not.
"""

import zlib
from collections import deque
from dataclasses import fields
from functools import cached_property
from typing import Final

from lxml import etree

from oai_provider.protocol.xml import XmlError
from oai_provider.validator.exchange import Exchange
from oai_provider.validator.finding import NotChecked

_KEPT: Final = 4_000_000
"""Bytes of XML whose trees are kept: they take some 30 MB, and hold short lists."""
_LOOSE: Final = 250_000_000
"""Bytes of answers that are held as they came, with their trees.

Not fewer: rules read each again and again, and parsing it anew takes long.
"""
_MOST: Final = 500_000_000
"""Bytes of answers that are held, packed or not, before no more are wanted."""
_FAST: Final = 1


class Shelf:
    """The answers of one endpoint."""

    def __init__(self) -> None:
        self._read: deque[tuple[Exchange, int]] = deque()
        self._size = 0
        self._held = 0

    def refuse_more(self) -> None:
        """Raise `NotChecked` if as much is held as may be."""
        if self._held > _MOST:
            raise NotChecked(f"the answers that came are over {_MOST:,} bytes")

    def keep(self, exchange: Exchange, *, is_long: bool = False) -> Exchange:
        """Return the exchange as it is held from now on: packed after much, or long."""
        size = len(exchange.body)
        if is_long or self._held + size > _LOOSE:
            exchange = self.put(exchange)
            size = len(vars(exchange)["packed"])
        self._held += size
        return exchange

    def put(self, exchange: Exchange) -> Exchange:
        """Return the exchange packed."""
        page = _Page(**{f.name: getattr(exchange, f.name) for f in fields(exchange)})
        object.__setattr__(page, "_shelf", self)
        return page

    def note(self, page: Exchange, size: int) -> None:
        """Keep in mind that a page is read, and forget the trees of the oldest."""
        self._read.append((page, size))
        self._size += size
        while self._size > _KEPT and len(self._read) > 1:
            oldest, freed = self._read.popleft()
            self._size -= freed
            for name in ("_parsed", "header_elements"):
                vars(oldest).pop(name, None)


class _Page(Exchange):
    """An exchange that takes little memory."""

    _shelf: Shelf

    @property
    def body(self) -> bytes:
        """The body, unpacked."""
        packed: bytes = vars(self)["packed"]
        return zlib.decompress(packed)

    @body.setter
    def body(self, body: bytes) -> None:
        vars(self)["packed"] = zlib.compress(body, _FAST)

    @cached_property
    def _parsed(self) -> "etree._Element | XmlError":
        self._shelf.note(self, len(self.body))
        return super()._parsed
