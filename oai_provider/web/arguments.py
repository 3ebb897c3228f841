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

_MALFORMED = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def read_arguments(form: bytes) -> list[tuple[str, str]]:
    """Return the pairs of application/x-www-form-urlencoded octets."""
    return [
        (_decoded(name), _decoded(value))
        for name, _, value in (
            piece.partition(b"=") for piece in form.split(b"&") if piece
        )
    ]


def _decoded(octets: bytes) -> str:
    if (b"%" in octets or b"+" in octets) and not _MALFORMED.search(octets):
        octets = unquote_to_bytes(octets.replace(b"+", b" "))
    return octets.decode("utf-8", "surrogateescape")
