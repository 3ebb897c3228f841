"""What a repository says of itself, and how it pages its lists."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, urlsplit

from oai_provider.metadata.journals import Journals
from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.xml import Payload

# Names that no public resolver answers: RFC 6761, 6762, 8375, 9476 and custom.
_PRIVATE_NAMES: Final = (
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "test",
    "invalid",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The settings of one repository; `descriptions` are finished containers."""

    name: str
    base_url: str
    admin_emails: tuple[str, ...]
    repository_identifier: str
    """The namespace of its OAI identifiers: a domain name (oai-identifier 2.0)."""
    granularity: Granularity = Granularity.SECOND
    compressions: tuple[str, ...] = ("gzip",)
    descriptions: tuple[Payload, ...] = ()
    record_rights: Payload | None = None
    """What every record says in <about> of the rights in its metadata."""
    page_size: int = 100
    page_bytes: int = 2_000_000
    """What a page of records may hold of payload; one record it always holds."""
    sets_page_size: int = 500
    token_lifetime: timedelta | None = None
    token_keys: tuple[bytes, ...] = field(repr=False)
    journals: Journals = field(default_factory=Journals, repr=False)
    """What fills the items of a journal with what they share."""

    def identifier(self, local_id: str) -> str:
        """Return the OAI identifier of an item that has this id here."""
        return f"oai:{self.repository_identifier}:{local_id}"

    def named(self, name: str) -> str:
        """Return the OAI identifier people mean by a local id, or by one in full."""
        return name if name.startswith("oai:") else self.identifier(name)

    def local_id(self, identifier: str) -> str | None:
        """Return the id behind an identifier of this repository; None for others'."""
        prefix = self.identifier("")
        return (
            identifier.removeprefix(prefix) if identifier.startswith(prefix) else None
        )

    @property
    def root(self) -> str:
        """The address below which pages stand: that of the OAI endpoint's folder."""
        return self.base_url.rstrip("/").rpartition("/")[0]

    def item_url(self, identifier: str) -> str:
        """Return the address of an item's landing page."""
        name = self.local_id(identifier) or identifier
        return f"{self.root}/items/{quote(name, safe=_UNESCAPED)}"

    def public_item_url(self, identifier: str) -> str | None:
        """Return the landing page's address if the public can reach it."""
        return self.item_url(identifier) if is_public(self.base_url) else None


# What RFC 3986 lets stand in a path segment as it is, and the slash.
_UNESCAPED: Final = "/-._~!$&'()*+,;=:@"


@lru_cache(maxsize=16)
def is_public(url: str) -> bool:
    """Tell whether an address names a host that the public can reach."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_global
    except ValueError:
        pass
    if "." not in host.rstrip("."):
        return False
    return not any(host.rstrip(".").endswith(f".{name}") for name in _PRIVATE_NAMES)
