"""The id an item has when its source gives none but a name: always the same one."""

import os
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote

# What oai-identifier allows in a local part besides letters, digits and escapes.
_ALLOWED = "-_.!~*'();/?:@&=+$,"


def local_id(name: str) -> str:
    """Return the name as the local part of an identifier, escaped where it must be.

    >>> local_id("Казиев 1")
    '%D0%9A%D0%B0%D0%B7%D0%B8%D0%B5%D0%B2%201'
    """
    # Composed first: systems differ in how they store the same file name.
    return quote(os.fsencode(normalize("NFC", name)), safe=_ALLOWED)


def stem_id(path: Path) -> str:
    """Return the id of the one item that a file holds: its name without suffix."""
    return local_id(path.stem)


def id_of_identifier(identifier: str) -> str:
    """Return the local part of oai:host:local, or the whole of any other identifier.

    A local part that begins with a slash is no id: its page would have no address.
    """
    scheme, _, rest = identifier.partition(":")
    local = rest.partition(":")[2]
    is_id = scheme == "oai" and local and not local.startswith("/")
    return local if is_id else identifier
