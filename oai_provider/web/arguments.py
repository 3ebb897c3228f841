"""The octets of a query string or form, read into key=value pairs.

Everything comes through in order: repeated, empty and nameless arguments are for
the protocol to judge. Nothing is replaced: octets that are not UTF-8 become lone
surrogates, which XML cannot carry, and what holds a malformed escape stays as it
was sent, "%" and all; no argument's syntax admits either, so both are refused in
words. The charset parameter of a form changes nothing, since every legal argument
is ASCII.
"""

import re
from urllib.parse import unquote_to_bytes

_MALFORMED = re.compile(r"%(?![0-9A-Fa-f]{2})")


def read_arguments(form: bytes) -> list[tuple[str, str]]:
    """Return the pairs of application/x-www-form-urlencoded octets."""
    text = form.decode("utf-8", "surrogateescape")
    parted = [piece.partition("=") for piece in text.split("&") if piece]
    if "%" not in text and "+" not in text:
        return [(name, value) for name, _, value in parted]
    return [(_unescaped(name), _unescaped(value)) for name, _, value in parted]


def _unescaped(text: str) -> str:
    if ("%" not in text and "+" not in text) or _MALFORMED.search(text):
        return text
    octets = text.replace("+", " ").encode("utf-8", "surrogateescape")
    return unquote_to_bytes(octets).decode("utf-8", "surrogateescape")
