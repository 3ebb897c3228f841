"""One source of `sources.toml`: an endpoint, where its records go, when and how.

No secret stands in a source: it names the environment variables and files that hold
them, which are read where and when the source is harvested.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.many.schedule import (
    Cron,
    Every,
    parse_interval,
    parse_schedule,
)
from oai_provider.harvester.order import Connecting, Order
from oai_provider.protocol.datestamp import parse_datestamp
from oai_provider.protocol.names import (
    METADATA_PREFIX_RULE,
    SET_SPEC_RULE,
    has_web_host,
    is_identifier,
    is_metadata_prefix,
    is_set_spec,
)

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
NAME_PLACE: Final = "{name}"
"""What is replaced by the name of the source, in `to` and other paths."""


class SecretError(OaiProviderError):
    """A secret that a source names is not there; the message says where it was."""


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(
            f"{value!r} is not a name: write letters A to Z, digits and . _ -,"
            " the first a letter or digit"
        )
    return value


def _base_url(value: str) -> str:
    if "@" in urlsplit(value).netloc:
        raise ValueError(
            "the URL holds a user name: write it as user in auth, and the variable"
            " with the password as password_env"
        )
    if not is_identifier(value) or not has_web_host(value):
        raise ValueError(f"{value!r} is not an http(s) URL: write https://host/oai")
    if "#" in value or "verb=" in value:
        raise ValueError(f"{value!r} is not a base URL: leave out what comes after it")
    return value


def _prefix(value: str) -> str:
    if not is_metadata_prefix(value):
        raise ValueError(f"{value!r} is not legal: {METADATA_PREFIX_RULE}")
    return value


def _set_spec(value: str) -> str:
    if not is_set_spec(value):
        raise ValueError(f"{value!r} is not legal: {SET_SPEC_RULE}")
    return value


def _written(value: object) -> object:
    """Return a date of TOML as it is asked for; anything else as it is."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _datestamp(value: str) -> str:
    try:
        parse_datestamp(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a datestamp: {error}") from error
    return value


def _interval(value: str) -> str:
    parse_interval(value)
    return value


def _schedule(value: str) -> str:
    parse_schedule(value)
    return value


def _full(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError('is empty: write one or more, ["oai_dc"], or leave it out')
    return value


Datestamp = Annotated[str, BeforeValidator(_written), AfterValidator(_datestamp)]
Seconds = Annotated[float, Field(gt=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Limits(_Part):
    """How far a source may go."""

    per_second: float | None = Field(default=None, gt=0, le=1000)
    """Requests a second that the host gets at the most."""
    records: int | None = Field(default=None, ge=1)
    """Records of a harvest at the most."""
    longest: Annotated[str, AfterValidator(_interval)] = "1d"
    """How long a harvest may take before it is given up for hanging."""
    connect_timeout: Seconds | None = None
    read_timeout: Seconds | None = None
    page_timeout: Seconds | None = None
    most_bytes: int | None = Field(default=None, ge=1)
    most_tries: int | None = Field(default=None, ge=1)
    longest_wait: float | None = Field(default=None, ge=0)


class Auth(_Part):
    """Where the secrets are; none of them stands here."""

    user: str | None = None
    password_env: str | None = None
    password_file: Path | None = None
    bearer_env: str | None = None
    bearer_file: Path | None = None
    headers_env: Mapping[str, str] = Field(default_factory=dict)
    """Names of variables, by the name of the header that each is sent as."""

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:
        if self.password_env and self.password_file:
            raise ValueError("password_env and password_file: keep one of them")
        if self.bearer_env and self.bearer_file:
            raise ValueError("bearer_env and bearer_file: keep one of them")
        has_password = bool(self.password_env or self.password_file)
        if has_password != (self.user is not None):
            raise ValueError("user and password_env (or password_file) go together")
        return self


class Connection(_Part):
    """How the endpoint is reached, where that is not as usual."""

    method: Literal["GET", "POST"] | None = None
    contact: str | None = None
    proxy: str | None = None
    ca_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class Source(_Part):
    """One endpoint that is harvested again and again."""

    name: Annotated[str, AfterValidator(_name)]
    base_url: Annotated[str, AfterValidator(_base_url)]
    to: Annotated[str, Field(min_length=1)]
    formats: Annotated[
        tuple[Annotated[str, AfterValidator(_prefix)], ...], AfterValidator(_full)
    ] = ("oai_dc",)
    sets: tuple[Annotated[str, AfterValidator(_set_spec)], ...] = ()
    schedule: Annotated[str, AfterValidator(_schedule)] = "1d"
    from_: Datestamp | None = Field(default=None, alias="from")
    until: Datestamp | None = None
    prove: bool = False
    enabled: bool = True
    state: Path | None = None
    warc: Path | None = None
    limits: Limits = Field(default_factory=Limits)
    auth: Auth = Field(default_factory=Auth)
    connection: Connection = Field(default_factory=Connection)

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.from_ and self.until and _moment(self.from_) > _moment(self.until):
            raise ValueError(f"from {self.from_} is after until {self.until}")
        return self

    @property
    def host(self) -> str:
        """The host, of which one source is harvested at a time."""
        return (urlsplit(self.base_url).hostname or "").rstrip(".").lower()

    @property
    def place(self) -> str:
        """Where the records go, with the name of the source put in."""
        return self.to.replace(NAME_PLACE, self.name)

    @property
    def timing(self) -> Every | Cron:
        """When it is harvested again."""
        return parse_schedule(self.schedule)

    @property
    def spacing(self) -> timedelta:
        """How long the host is left alone between two requests."""
        rate = self.limits.per_second
        return timedelta(seconds=1 / rate) if rate else timedelta(0)

    def order(self, environ: Mapping[str, str]) -> Order:
        """Return what is asked of a harvest, secrets read. Raises `SecretError`."""
        return Order(
            base_url=self.base_url,
            to=self.place,
            metadata_prefixes=self.formats,
            set_specs=self.sets,
            from_=self.from_,
            until=self.until,
            prove=self.prove,
            most=self.limits.records,
            warc=self._named(self.warc),
            state=self._named(self.state),
            connecting=self._connecting(environ),
        )

    def _named(self, path: Path | None) -> Path | None:
        return path and Path(str(path).replace(NAME_PLACE, self.name))

    def _connecting(self, environ: Mapping[str, str]) -> Connecting:
        limits = self.limits.model_dump(exclude={"records", "longest"})
        given = limits | self.connection.model_dump()
        auth, secrets = self.auth, _Secrets(self.name, environ)
        headers = auth.headers_env.items()
        return Connecting(
            **{name: value for name, value in given.items() if value is not None},
            user=auth.user,
            password=secrets.found(auth.password_env, auth.password_file),
            bearer=secrets.found(auth.bearer_env, auth.bearer_file),
            headers=tuple((n, secrets.variable(value)) for n, value in headers),
        )


class _Secrets:
    """Finds what is named, and tells of which source it is if it is not there."""

    def __init__(self, source: str, environ: Mapping[str, str]) -> None:
        self._source = source
        self._environ = environ

    def found(self, variable: str | None, file: Path | None) -> str | None:
        """Return the secret, or None if none is named."""
        if variable:
            return self.variable(variable)
        return self._in_file(file) if file else None

    def variable(self, name: str) -> str:
        """Return what a variable holds."""
        value = self._environ.get(name)
        if not value:
            raise SecretError(
                f"source {self._source}: the environment variable {name} is not set:"
                " set it where the source is harvested"
            )
        return value

    def _in_file(self, file: Path) -> str:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SecretError(
                f"source {self._source}: cannot read the secret in {file}: {error}"
            ) from error


def _moment(value: str) -> datetime:
    return parse_datestamp(value)[0]
