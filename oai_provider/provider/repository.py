"""What a repository says of itself, and how it pages its lists."""

from dataclasses import dataclass, field
from datetime import timedelta

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.xml import Payload


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
    page_size: int = 100
    sets_page_size: int = 500
    token_lifetime: timedelta | None = None
    token_keys: tuple[bytes, ...] = field(repr=False)

    def identifier(self, local_id: str) -> str:
        """Return the OAI identifier of an item that has this id here."""
        return f"oai:{self.repository_identifier}:{local_id}"

    def local_id(self, identifier: str) -> str | None:
        """Return the id behind an identifier of this repository; None for others'."""
        prefix = self.identifier("")
        return (
            identifier.removeprefix(prefix) if identifier.startswith(prefix) else None
        )
