"""The syntax of the names a request may carry: prefixes, sets, identifiers.

The patterns are those of OAI-PMH.xsd, always matched against the whole string:
a pattern that only starts well has let `<script>` through elsewhere.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

OAI_NS: Final = "http://www.openarchives.org/OAI/2.0/"
OAI_SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"

# RFC 2396 "unreserved" characters, as OAI-PMH.xsd writes them out.
_UNRESERVED = r"[A-Za-z0-9\-_.!~*'()]+"
_METADATA_PREFIX = re.compile(_UNRESERVED)
_SET_SPEC = re.compile(rf"{_UNRESERVED}(?::{_UNRESERVED})*+")
METADATA_PREFIX_RULE: Final = (
    "a metadataPrefix holds letters A to Z, digits and - _ . ! ~ * ' ( ) only"
)
SET_SPEC_RULE: Final = (
    "a setSpec holds letters A to Z, digits and - _ . ! ~ * ' ( ),"
    " parted by colons as in history:asia"
)

# RFC 3986 with a scheme. What passes must be valid as xs:anyURI too, for it is echoed.
# Possessive throughout, so that a value of megabytes costs neither time nor memory.
_REG_NAME = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=]++|%[0-9A-Fa-f]{2})*+"
_USER = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:]++|%[0-9A-Fa-f]{2})*+"
_PATH = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]++|%[0-9A-Fa-f]{2})*+"
_QUERY = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]++|%[0-9A-Fa-f]{2})*+"
_IP_LITERAL = r"\[[0-9A-Fa-f:.]+\]"
_AUTHORITY = rf"(?:{_USER}@)?(?:{_IP_LITERAL}|{_REG_NAME})(?::[0-9]{{1,5}})?"
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*:(?=.)"
    rf"(?://{_AUTHORITY}(?:/{_PATH})?|(?!//){_PATH})"
    rf"(?:\?{_QUERY})?(?:#{_QUERY})?"
)
_WEB_HOST = re.compile(
    rf"https?://(?:{_USER}@)?(?:{_IP_LITERAL}|(?=[^:/?#]){_REG_NAME})"
    r"(?::(?P<port>[0-9]{1,5}))?(?:[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_HIGHEST_PORT: Final = 65_535
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def is_metadata_prefix(value: str) -> bool:
    """Tell whether the value has the syntax of a metadataPrefix (OAI-PMH 3.4)."""
    return _METADATA_PREFIX.fullmatch(value) is not None


def is_set_spec(value: str) -> bool:
    """Tell whether the value has the syntax of a setSpec (OAI-PMH 2.6)."""
    return _SET_SPEC.fullmatch(value) is not None


def is_identifier(value: str) -> bool:
    """Tell whether the value has the syntax of a URI (OAI-PMH 2.4)."""
    return _URI.fullmatch(value) is not None


def is_any_uri(value: str) -> bool:
    """Tell whether the value is an xs:anyURI with a scheme: a URI in any script."""
    return is_identifier(_ascii(value))


def has_web_host(value: str) -> bool:
    """Tell whether the value begins http(s)://host, with a port there can be or none.

    What comes after is not looked at.
    """
    found = _WEB_HOST.fullmatch(_ascii(value))
    return found is not None and int(found["port"] or 0) <= _HIGHEST_PORT


def _ascii(value: str) -> str:
    # Schemas take characters beyond ASCII for escaped ones.
    return _BEYOND_ASCII.sub("%20", value)


# Few sets have many members.
@lru_cache(maxsize=4096)
def with_ancestors(set_spec: str) -> tuple[str, ...]:
    """Return the set and every set above it, the topmost first (OAI-PMH 2.6).

    >>> with_ancestors("history:asia:central")
    ('history', 'history:asia', 'history:asia:central')
    """
    parts = set_spec.split(":")
    return tuple(":".join(parts[: n + 1]) for n in range(len(parts)))


def without_implied(set_specs: Iterable[str]) -> tuple[str, ...]:
    """Return the sets in order, without those that a set below them implies.

    >>> without_implied(["history", "history:asia", "law"])
    ('history:asia', 'law')
    """
    specs = tuple(dict.fromkeys(set_specs))
    implied = {above for spec in specs for above in with_ancestors(spec)[:-1]}
    return tuple(spec for spec in specs if spec not in implied)
