"""Where in a body an element begins: line, column, and the text around it.

Many answers are one long line, so lines of the parser are not enough: start tags are
counted in the bytes, comments and CDATA sections passed over.
"""

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

_BEFORE: Final = 40
_AFTER: Final = 160
_SKIPPED: Final = rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A piece of an answer; `line` and `column` count from 1, 0 where unknown."""

    text: str
    line: int = 0
    column: int = 0


def excerpt_of(body: bytes, element: etree._Element | None) -> Excerpt:
    """Return the piece in which an element begins, or the answer's beginning."""
    if element is None:
        return Excerpt(text=_readable(body[: _BEFORE + _AFTER]))
    offset = _offset(body, element)
    if offset is None:
        return Excerpt(
            text=_readable(etree.tostring(element, encoding="utf-8")[:_AFTER]),
            line=element.sourceline or 0,
        )
    return excerpt_at(body, offset)


def excerpt_at(body: bytes, offset: int) -> Excerpt:
    """Return the piece that begins at a byte, with a little of what stands before."""
    start = body.rfind(b"\n", 0, offset) + 1
    column = len(body[start:offset].decode("utf-8", "replace")) + 1
    return Excerpt(
        text=_readable(body[max(start, offset - _BEFORE) : offset + _AFTER]),
        line=body.count(b"\n", 0, offset) + 1,
        column=column,
    )


def excerpt_in_line(body: bytes, line: int, column: int) -> Excerpt:
    """Return the piece around a line and column, as parsers tell them."""
    lines = body.split(b"\n")
    if not 0 < line <= len(lines):
        return excerpt_of(body, None)
    start = max(0, column - 1 - _BEFORE)
    piece = lines[line - 1][start : start + _BEFORE + _AFTER]
    return Excerpt(text=_readable(piece), line=line, column=column)


def _offset(body: bytes, element: etree._Element) -> int | None:
    name = _written_name(element).encode()
    root = element.getroottree().getroot()
    same = [e for e in root.iter(str(element.tag)) if _written_name(e).encode() == name]
    wanted = same.index(element)
    tags = re.compile(_SKIPPED + rb"|<(" + re.escape(name) + rb")(?=[\s/>])", re.DOTALL)
    found = (match.start() for match in tags.finditer(body) if match[1])
    return next((at for n, at in enumerate(found) if n == wanted), None)


def _written_name(element: etree._Element) -> str:
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def _readable(data: bytes) -> str:
    words = data.decode("utf-8", "replace").split()
    return "".join(
        c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(words)
    )
