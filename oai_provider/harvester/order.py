"""What is asked of a harvest, and what it reports."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from oai_provider.errors import OaiProviderError


class Verdict(StrEnum):
    """How a harvest ended."""

    COMPLETE = "complete"
    """All that the endpoint says it has was received."""
    INCOMPLETE = "incomplete"
    """Something is missing; the reasons say what."""
    UNPROVABLE = "unprovable"
    """Nothing is known to be missing, and the endpoint does not say enough."""


class OrderError(OaiProviderError):
    """An order cannot be carried out as it is; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting:
    """How an endpoint is asked."""

    method: str = "GET"
    connect_timeout: float = 15.0
    """Seconds until there is a connection."""
    read_timeout: float = 120.0
    """Seconds in which nothing comes."""
    page_timeout: float = 900.0
    """Seconds for a whole answer, however slowly it drips."""
    most_bytes: int = 200_000_000
    """Of an answer without its content coding."""
    most_tries: int = 6
    longest_wait: float = 900.0
    """Seconds to wait between tries in all, for one request."""
    most_redirects: int = 5
    per_second: float | None = None
    """Requests a second at the most."""
    contact: str | None = None
    """An e-mail address or URL for the User-Agent."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    bearer: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    proxy: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One endpoint to be harvested into one place."""

    base_url: str
    to: str
    """A path (.jsonl, .parquet, or a folder ending in /) or the URL of a store."""
    metadata_prefixes: tuple[str, ...] = ("oai_dc",)
    set_specs: tuple[str, ...] = ()
    """Each harvested by a list of its own; none: the whole repository."""
    from_: str | None = None
    until: str | None = None
    full: bool = False
    """Whether all is harvested again, whatever is known."""
    prove: bool = False
    """Whether a ListIdentifiers sweep is made in the end."""
    most: int | None = None
    """Records at the most."""
    dry_run: bool = False
    force: bool = False
    """Whether deletions are applied that look like a fault of the endpoint."""
    keep_datestamps: bool = False
    """Whether records that are new in a store keep the datestamps they had.

    Safe for a first harvest into a store that nobody harvests yet. Whoever harvested
    it before would never ask for what comes under a datestamp of before.
    """
    warc: Path | None = None
    state: Path | None = None
    """The folder of the harvest's memory; beside the target if it is not given."""
    connecting: Connecting = field(default_factory=Connecting)

    def __post_init__(self) -> None:
        """Raise `OrderError` for an address with a password in it, which is kept."""
        if "@" in urlsplit(self.base_url).netloc:
            raise OrderError(
                "the base URL holds a user: give user and password by themselves"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a harvest went; counts are of this run alone."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    """What is missing and why, or what the endpoint would have to say."""
    records: int = 0
    """Kept, tombstones among them."""
    deleted: int = 0
    unchanged: int = 0
    """Received again, the same as before."""
    pages: int = 0
    repairs: int = 0
    quarantined: int = 0
    retries: int = 0
    seconds: float = 0.0
    watermark: datetime | None = None
    """Where the next harvest begins."""
    stopped: bool = False
    """Whether it was stopped at as many records as were asked for."""
    healed: tuple[str, ...] = ()
    """Each step that was taken to get on, in order."""
    quirks: tuple[str, ...] = ()
    """What was learned of the endpoint."""
