"""Names of files that stand for identifiers: readable, and safe on every system.

Two identifiers never share a name, not even where systems do not tell capitals from
small letters. What is long ends in a hash of the whole.
"""

import re
from hashlib import blake2b
from typing import Final

# Of the characters that all systems take, those that URIs are made of.
_MARKS: Final = {":": "+", "/": "="}
_OTHERS: Final = re.compile(r"[^a-z0-9._\-]")
# Windows has devices of these names, whatever suffix they are given.
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")
_LONGEST: Final = 180
_SHOWN: Final = 120
_CUT: Final = "!"


def safe_name(text: str) -> str:
    """Return the name, of at most 180 bytes, of small ASCII letters and few marks.

    A capital is its small letter behind a tilde; what is rare is escaped as in URLs.

    >>> safe_name("oai:arXiv.org:hep-th/9901001")
    'oai+ar~xiv.org+hep-th=9901001'
    """
    name = _OTHERS.sub(_escaped, text)
    if name.startswith(".") or _DEVICE.match(name):
        name = _percent(name[0]) + name[1:]
    if len(name) <= _LONGEST and name:
        return name
    digest = blake2b(text.encode(), digest_size=20).hexdigest()
    return f"{name[:_SHOWN]}{_CUT}{digest}"


def shelf_of(text: str) -> str:
    """Return one of 256 names, so that no folder holds all that there is."""
    return blake2b(text.encode(), digest_size=1).hexdigest()


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    if character in _MARKS:
        return _MARKS[character]
    if character.isascii() and character.isupper():
        return f"~{character.lower()}"
    return _percent(character)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02x}" for byte in character.encode())
