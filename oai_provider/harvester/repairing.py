"""Documents that are not well-formed, mended where that loses nothing.

No repair drops or invents an element, and each is told with the byte it began at in
the document as it came. A document type declaration is never mended away.
"""

import re
from collections.abc import Iterator
from html.entities import html5
from typing import Final

from oai_provider.harvester.draft import Draft, Edit
from oai_provider.harvester.encodings import decoded
from oai_provider.harvester.frame import BOM, DECLARATION, END, MISC, PREFIX, START
from oai_provider.harvester.listing import Repair, RepairKind
from oai_provider.protocol.xml import XmlError, not_xml, parse, text

_PROLOG: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?+(?:<\?xml\s[^<>]*\?>)?+" + MISC, re.DOTALL
)
_MISC: Final = re.compile(MISC, re.DOTALL)
# What is not junk, wherever it stands.
_PRECIOUS: Final = re.compile(
    rb"<!DOCTYPE|<"
    + PREFIX
    + rb"(?:OAI-PMH|record|identifier|resumptionToken)(?=[\s/>])",
    re.IGNORECASE,
)
# A class of bytes comes first: for that the engine looks without trying each branch.
_TOKEN: Final = re.compile(
    rb"[&<\x00-\x08\x0b\x0c\x0e-\x1f\xed\xef]"
    rb"(?:(?<=[&\x00-\x1f])|(?<=<)(?:!\[CDATA\[|!--|\?)|(?<=\xef)\xbf[\xbe\xbf]"
    rb"|(?<=\xed)(?:[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf]|[\xa0-\xbf])[\x80-\xbf])"
)
LITERAL: Final = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}
"""Where markup means nothing: what begins it, and what ends it."""
_REFERENCE: Final = re.compile(
    rb"&(?:#(?:x0*+([0-9A-Fa-f]{1,8})|0*+([0-9]{1,10}));|([A-Za-z][A-Za-z0-9]{0,40});)?"
)
_OWN: Final = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_HIGH: Final = range(0xD800, 0xDC00)
_LOW: Final = range(0xDC00, 0xE000)
_LAST: Final = 0x10FFFF


def repaired(body: bytes, content_type: str) -> tuple[bytes, tuple[Repair, ...]]:
    """Return the document with all that is known mended, and the repairs in order.

    What is well-formed is returned as it is. What is returned may still not be
    well-formed. Raises `PageError` where too many repairs are needed.
    """
    try:
        parse(body)
    except XmlError:
        draft = mended(body, content_type)
        return (draft.text if draft.repairs else body), draft.repairs
    return body, ()


def mended(body: bytes, content_type: str) -> Draft:
    """Return a document that is not well-formed under repair."""
    draft = decoded(body, content_type)
    draft = draft.edited(_around(draft.text))
    return draft.edited(_Inside(draft.text).edits())


def _around(document: bytes) -> Iterator[Edit]:
    """Yield what takes away the junk around the document."""
    start = START.search(document)
    if start is None:
        return
    prolog = _PROLOG.match(document)
    if prolog is None or prolog.end() != start.start():
        yield from _before(document, start.start())
    end = max((m.end() for m in END.finditer(document)), default=len(document))
    rest = document[end:]
    if _MISC.fullmatch(rest) is None and _PRECIOUS.search(rest) is None:
        yield _junk(RepairKind.AFTER, document, end, len(document))


def _before(document: bytes, start: int) -> Iterator[Edit]:
    if _PRECIOUS.search(document, 0, start) is not None:
        return
    found = DECLARATION.search(document, max(document.rfind(b"<?xml", 0, start), 0))
    if found is None or found.end() > start:
        yield _junk(RepairKind.BEFORE, document, 0, start)
        return
    if found.start():
        yield _junk(RepairKind.BEFORE, document, 0, found.start())
    if _MISC.fullmatch(document, found.end(), start) is None:
        yield _junk(RepairKind.BEFORE, document, found.end(), start)


def _junk(kind: RepairKind, document: bytes, start: int, end: int) -> Edit:
    said = document[start : start + 40].decode("utf-8", "replace")
    return Edit(start, end, b"", kind, f"{end - start} bytes that begin {said!r}")


class _Inside:
    """Makes text of what is none; in CDATA and comments, of characters alone."""

    def __init__(self, document: bytes) -> None:
        self._document = document
        self._first = len(BOM) if document.startswith(BOM) else 0
        self._literal = 0
        """Until where markup means nothing."""

    def edits(self) -> Iterator[Edit]:
        end = 0
        for found in _TOKEN.finditer(self._document):
            edit = None if found.start() < end else self._edit(found)
            if edit is not None:
                end = edit.end
                yield edit

    def _edit(self, found: re.Match[bytes]) -> Edit | None:
        if found[0] not in LITERAL and found[0] != b"&":
            return _character(found)
        if found.start() < self._literal:
            return None
        if found[0] == b"&":
            return _reference(self._document, found.start())
        return self._opened(found)

    def _opened(self, found: re.Match[bytes]) -> Edit | None:
        start = found.start()
        nested = DECLARATION.match(self._document, start)
        if nested is not None and start > self._first:
            reason = f"{_said(nested[0])} stands inside the document"
            return Edit(start, nested.end(), b"", RepairKind.DECLARATION, reason)
        closed = self._document.find(LITERAL[found[0]], found.end())
        self._literal = len(self._document) if closed < 0 else closed
        return None


def _character(found: re.Match[bytes]) -> Edit:
    said = found[0].decode("utf-8", "surrogatepass")
    codes = " ".join(f"U+{ord(character):04X}" for character in said)
    if len(said) == 1:
        return Edit(*found.span(), b"", RepairKind.CONTROL, codes)
    reason = f"surrogates {codes} are written as two: read as the one they are"
    return Edit(*found.span(), _joined(said), RepairKind.ENCODING, reason)


def _joined(surrogates: str) -> bytes:
    return surrogates.encode("utf-16", "surrogatepass").decode("utf-16").encode()


def _reference(document: bytes, start: int) -> Edit | None:
    """Return what is to be done about an &, None if it begins a reference."""
    found = _REFERENCE.match(document, start)
    if found is None or found[0] == b"&":
        return _escaped(start)
    if found[3] is not None:
        return None if found[3] in _OWN else _named(found)
    code = _code(found)
    if code <= _LAST and not_xml(chr(code)) is None:
        return None
    after = _REFERENCE.match(document, found.end()) if code in _HIGH else None
    if after is not None and _code(after) in _LOW:
        reason = f"{_said(found[0] + after[0])} are two surrogates: read as one"
        put = _joined(chr(code) + chr(_code(after)))
        return Edit(start, after.end(), put, RepairKind.CONTROL, reason)
    return Edit(*found.span(), b"", RepairKind.CONTROL, _said(found[0]))


def _code(found: re.Match[bytes]) -> int:
    """Return the number of a character reference, -1 if it is none."""
    if found[1] is not None:
        return int(found[1], 16)
    return -1 if found[2] is None else int(found[2])


def _named(found: re.Match[bytes]) -> Edit:
    character = html5.get(f"{found[3].decode()};")
    if character is None:
        return _escaped(found.start())
    put = text(character).replace('"', "&quot;").encode()
    reason = f"{_said(found[0])} is of HTML: read as {character!r}"
    return Edit(*found.span(), put, RepairKind.AMPERSAND, reason)


def _escaped(start: int) -> Edit:
    return Edit(
        start, start + 1, b"&amp;", RepairKind.AMPERSAND, "& begins no reference"
    )


def _said(markup: bytes) -> str:
    return markup[:60].decode("utf-8", "replace")
