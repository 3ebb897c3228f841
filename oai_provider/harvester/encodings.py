"""Bytes that are not in the encoding they claim, read as what they can only be.

UTF-8 is believed first. What is neither that nor what is declared is read as
Windows-1252, byte by byte, where it looks like letters with accents among others; a
longer run of such bytes is of another script, and is left as it stands.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from oai_provider.harvester.draft import Draft, Edit, transcoded
from oai_provider.harvester.listing import RepairKind

_NAMED: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+<\?xml\s[^<>]*?\bencoding\s*+=\s*+[\"']([^\"'<>]*+)[\"']"
)
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:\-]+)", re.IGNORECASE)
_WIDE: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le", 4),
    (codecs.BOM_UTF32_BE, "utf-32-be", 4),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
    (b"<\0?\0", "utf-16-le", 0),
    (b"\0<\0?", "utf-16-be", 0),
    (b"<\0O\0", "utf-16-le", 0),
    (b"\0<\0O", "utf-16-be", 0),
)
# Those in which markup is ASCII; Python has others that no document is written in.
_BYTEWISE: Final = (
    *("iso8859", "cp125", "koi8", "mac", "gb", "big5", "euc", "shift_jis", "tis"),
)
# Surrogates are let pass: they are characters that XML cannot carry, and told so.
_CHARACTER: Final = (
    rb"(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2})"
)
# Never without a match before the end, and so linear.
_RUN: Final = re.compile(
    rb"(?:[\x00-\x7f]++|%b)*+((?:(?!%b)[\x80-\xff])++|\Z)" % (_CHARACTER, _CHARACTER)
)
_BEYOND_ASCII: Final = bytes(range(0x80, 0x100))
_LONGEST: Final = 3
"""Bytes beyond ASCII in a row that may be letters with accents."""


def decoded(body: bytes, content_type: str) -> Draft:
    """Return the document as UTF-8, as far as it can be told."""
    for mark, encoding, length in _WIDE:
        if body.startswith(mark):
            draft = transcoded(body, encoding, skipped=length)
            wide = encoding[:6]
            return _labelled(draft or Draft(original=body, text=body), wide)
    name = _named(body)
    codec = _codec(name)
    if codec and codec != "utf-8":
        draft = transcoded(body, codec)
        if draft is not None:
            return _labelled(draft, name)
    return _labelled(_utf8(body, content_type), "utf-8")


def _named(text: bytes) -> str:
    found = _NAMED.match(text)
    return "utf-8" if found is None else found[1].decode("ascii", "replace").strip()


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if found.startswith(("utf-8", *_BYTEWISE)) else None


def _labelled(draft: Draft, true_name: str) -> Draft:
    """Let the declaration say UTF-8; a repair if it did not say what was true."""
    found = _NAMED.match(draft.text)
    if found is None:
        return draft
    name = _named(draft.text)
    is_true = name.lower().startswith(true_name.lower())
    if is_true and true_name == "utf-8":
        return draft
    kind = None if is_true else RepairKind.ENCODING
    reason = f"encoding {name[:40]!r} is declared, it is {true_name.upper()}"
    return draft.edited([Edit(*found.span(1), b"UTF-8", kind, reason)])


def _utf8(body: bytes, content_type: str) -> Draft:
    draft = Draft(original=body, text=body)
    if _is_utf8(body):
        return draft
    first, total, longest = -1, 0, 0
    for start, end in _runs(body):
        first = start if first < 0 else first
        total, longest = total + end - start, max(longest, end - start)
    if not total:
        return draft
    beyond = len(body) - len(body.translate(None, _BEYOND_ASCII))
    if beyond > total:
        return draft.edited(_mixed(body))
    charset = _CHARSET.search(content_type)
    whole = _as(body, charset[1], first) if charset else None
    if whole is not None or longest > _LONGEST:
        return whole or draft
    return _as(body, "windows-1252", first) or draft.edited(_mixed(body))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _as(body: bytes, name: str, first: int) -> Draft | None:
    """Return all of it in the encoding that is named, None if it is not in that."""
    codec = _codec(name)
    draft = transcoded(body, codec) if codec and codec != "utf-8" else None
    if draft is None:
        return None
    reason = f"no byte beyond ASCII is UTF-8: all are read as {name[:40]}"
    # All before the first of them is ASCII, and stands where it stood.
    return draft.edited([Edit(first, first, b"", RepairKind.ENCODING, reason)])


def _runs(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield where bytes are that cannot be UTF-8, side by side in one run."""
    for found in _RUN.finditer(body):
        if found[1]:
            yield found.span(1)


def _mixed(body: bytes) -> Iterator[Edit]:
    for start, end in _runs(body):
        if end - start <= _LONGEST:
            found = body[start:end]
            said = f"bytes {found.hex(' ').upper()} are not UTF-8"
            reason = f"{said}: read as windows-1252"
            yield Edit(start, end, _letters(found), RepairKind.ENCODING, reason)


def _letters(run: bytes) -> bytes:
    # Five bytes have no meaning there; as in browsers, they stay controls.
    return "".join(
        bytes([byte]).decode("latin-1" if byte in _UNUSED else "cp1252") for byte in run
    ).encode()


_UNUSED: Final = b"\x81\x8d\x8f\x90\x9d"
