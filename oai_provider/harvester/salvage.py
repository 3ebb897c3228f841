"""The records of a page that is not well-formed as a whole, each read by itself.

Only where the frame around them, its two ends and the token, is whole: then what is
between was all there, and a record that cannot be read is known by its place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from itertools import pairwise
from typing import Final

from oai_provider.harvester.draft import Draft
from oai_provider.harvester.entries import SPACE, entries
from oai_provider.harvester.frame import START
from oai_provider.harvester.listing import HarvestedRecord, UnreadableRecord
from oai_provider.harvester.repairing import LITERAL
from oai_provider.protocol.xml import XmlError, parse

_LISTS: Final = {
    b"ListRecords": "record",
    b"GetRecord": "record",
    b"ListIdentifiers": "header",
}
_LONGEST_START: Final = 8_192
"""Bytes of the tags that stand before each record again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """A page taken apart: its frame, and where its records stand in the text."""

    draft: Draft
    begin: bytes
    """The start tags of the document and its list."""
    end: bytes
    places: tuple[tuple[int, int], ...]

    @property
    def frame(self) -> bytes:
        """The page without these records."""
        text = self.draft.text
        return text[: self.places[0][0]] + text[self.places[-1][1] :]

    def records(self, verb: str) -> Iterator[HarvestedRecord | UnreadableRecord]:
        """Yield each record, or what is wrong with it."""
        line, seen = 1, 0
        for start, end in self.places:
            before = self.draft.offset(start)
            line, seen = line + self.draft.original.count(b"\n", seen, before), before
            for entry in self._read(start, end, verb):
                if isinstance(entry, UnreadableRecord):
                    yield replace(entry, line=line, xml=self._original(start, end))
                else:
                    yield entry

    def _read(
        self, start: int, end: int, verb: str
    ) -> list[HarvestedRecord | UnreadableRecord]:
        xml = self.draft.text[start:end]
        try:
            root = parse(self.begin + xml + self.end)
            return [*entries(root[0], verb)]
        except XmlError as error:
            found = _identifier(xml)
            return [UnreadableRecord(reason=error.reason, xml=xml, identifier=found)]

    def _original(self, start: int, end: int) -> bytes:
        offset = self.draft.offset
        return self.draft.original[offset(start) : offset(end)].rstrip()


def salvaged(draft: Draft) -> Salvaged | None:
    """Return the page taken apart, None if it cannot be."""
    start = START.search(draft.text)
    if start is None:
        return None
    marks = _Marks(draft.text, start[0][1:].removesuffix(b"OAI-PMH"))
    begin, end = marks.begin(), marks.end()
    if begin is None or end is None or len(begin) > _LONGEST_START:
        return None
    bounds = [*marks.records, end]
    return Salvaged(
        draft=draft,
        begin=begin,
        end=b"</%b></%b>" % (marks.list_name, marks.name(b"OAI-PMH")),
        places=tuple(pairwise(bounds)),
    )


class _Marks:
    """Where the elements of the frame and the records begin, outside of literal text.

    Every record is given all that follows it up to the next: so nothing between
    them can be passed over.
    """

    def __init__(self, text: bytes, prefix: bytes) -> None:
        self._text, self._prefix = text, prefix
        self._starts: list[re.Match[bytes]] = []
        self._ends: list[int] = []
        self._tokens: list[int] = []
        self.records: list[int] = []
        self.list_name, self._entry = b"", "record"
        self._scan()

    def name(self, local: bytes) -> bytes:
        return self._prefix + local

    def begin(self) -> bytes | None:
        """Return the start tags of document and list; None if there are others."""
        # Two of either: one document inside another, and no telling what is whose.
        names = [found["start"] in _LISTS for found in self._starts]
        if names != [False, True] or not self.records:
            return None
        return b"".join(found[0] for found in self._starts)

    def end(self) -> int | None:
        """Return where the records end; None if the list has no end."""
        last = self.records[-1] if self.records else 0
        ends = [end for end in self._ends if end > last]
        if len(ends) != 1:
            return None
        return min([token for token in self._tokens if token > last] + ends)

    def _scan(self) -> None:
        literal = 0
        for found in _pattern(self._prefix).finditer(self._text):
            if found.start() < literal:
                continue
            if found[0] in LITERAL:
                closed = self._text.find(LITERAL[found[0]], found.end())
                literal = len(self._text) if closed < 0 else closed
            else:
                self._add(found)

    def _add(self, found: re.Match[bytes]) -> None:
        if found["start"]:
            self._starts.append(found)
            if found["start"] in _LISTS:
                self.list_name = self.name(found["start"])
                self._entry = _LISTS[found["start"]]
        elif found["end"]:
            self._ends.append(found.start())
        elif found["token"]:
            self._tokens.append(found.start())
        elif self.list_name and found[self._entry]:
            self.records.append(found.start())


def _pattern(prefix: bytes) -> re.Pattern[bytes]:
    p = re.escape(prefix)
    lists = b"|".join(_LISTS)
    return re.compile(
        rb"<!\[CDATA\[|<!--|<\?"
        rb"|<%b(?P<start>OAI-PMH|%b)(?=[\s>])[^<>]*>"
        rb"|</%b(?P<end>%b)\s*>"
        rb"|<%b(?P<token>resumptionToken)(?=[\s/>])"
        rb"|<%b(?P<record>record)(?:\s[^<>]*)?>(?=\s*<%bheader[\s/>])"
        rb"|<%b(?P<header>header)(?=[\s>])" % (p, lists, p, lists, p, p, p, p)
    )


def _identifier(xml: bytes) -> str | None:
    found = re.search(rb"identifier(?:\s[^<>]*)?>([^<]*)<", xml)
    said = "" if found is None else found[1].decode("utf-8", "replace").strip(SPACE)
    return unescape(said) or None
