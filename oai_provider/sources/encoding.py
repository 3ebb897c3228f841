"""Bytes become text: UTF-8, and for pages windows-1251 where the text proves it.

windows-1251 makes letters of almost any bytes. It is believed only when what is
not ASCII becomes Russian, in words of its own, written small more than large:
Latin-1 fails the second test, KOI8-R the third, CP866 the first; and UTF-16 leaves
characters that no text has.
"""

import codecs
import re
from collections.abc import Collection
from typing import Final

from oai_provider.errors import OaiProviderError
from oai_provider.protocol.xml import not_xml
from oai_provider.sources.repairs import Change, Repaired, Rule
from oai_provider.sources.scripts import ENGLISH, RUSSIAN

_MARKS: Final = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_MOST: Final = 0.8
_R, _E = RUSSIAN.pattern, ENGLISH.pattern
_MIXED: Final = re.compile(f"{_R}{_E}|{_E}{_R}")


class EncodingError(OaiProviderError):
    """Bytes are not text in an encoding that is read."""

    def __init__(self, reason: str, *, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def utf8(data: bytes, *, first_line: int = 1) -> str:
    """Return the text of UTF-8 bytes, less a byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = first_line + data.count(b"\n", 0, error.start)
        mark = next((name for m, name in _MARKS.items() if data.startswith(m)), None)
        found = f"it is {mark}" if mark else f"byte 0x{data[error.start]:02X}"
        reason = f"is not UTF-8 ({found}): save the file as UTF-8"
        raise EncodingError(reason, line=line) from error


def page_text(data: bytes, rules: Collection[Rule]) -> Repaired:
    """Return the text of a page, read as windows-1251 if it can be nothing else."""
    try:
        return Repaired(utf8(data))
    except EncodingError:
        text = _windows_1251(data) if Rule.ENCODING in rules else None
        if text is None:
            raise
    change = Change(rule=Rule.ENCODING, before="windows-1251", after="utf-8")
    return Repaired(text, (change,))


def _windows_1251(data: bytes) -> str | None:
    try:
        text = data.decode("windows-1251")
    except UnicodeDecodeError:
        return None
    return text if _is_russian(text) else None


def _is_russian(text: str) -> bool:
    letters = RUSSIAN.findall(text)
    beyond_ascii = sum(not character.isascii() for character in text)
    return (
        not_xml(text) is None
        and len(letters) >= _MOST * beyond_ascii
        and not _MIXED.search(text)
        and 2 * sum(map(str.islower, letters)) > len(letters)
    )
