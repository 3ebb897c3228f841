"""Every setting, in one model: read from one TOML file and the environment.

`OAI_PROVIDER__STORE__URL` sets `url` in `[store]`. The environment wins over the
file, the command line over both. Unknown keys are refused, and all problems of a
configuration are reported together.
"""

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from oai_provider.errors import OaiProviderError
from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.names import (
    SET_SPEC_RULE,
    has_web_host,
    is_identifier,
    is_set_spec,
)
from oai_provider.protocol.xml import not_xml
from oai_provider.provider.containers import (
    Branding,
    Eprints,
    Friends,
    Rights,
    RightsManifest,
)
from oai_provider.provider.set_rules import SetRule, set_rule

PREFIX: Final = "OAI_PROVIDER__"
DEFAULT_FILE: Final = Path("oai-provider.toml")

# OAI identifier scheme 2.0: a domain name with at least one dot.
_DOMAIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z][A-Za-z0-9-]*)+")
# OAI-PMH.xsd, emailType.
_EMAIL = re.compile(r"\S+@\S+\.\S+")
# What else stands beside the endpoint, where base_url ends with one more name.
_OTHER_PAGES: Final = frozenset({"", "items", "static", "robots.txt"})
_DAY_GRANULARITIES: Final = {"day": Granularity.DAY, "second": Granularity.SECOND}


class ConfigError(OaiProviderError):
    """A configuration cannot be used; the message lists every problem in it."""


def _legal(pattern: re.Pattern[str], rule: str, value: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError(f"{value!r} is not {rule}")
    return value


def _domain(value: str) -> str:
    return _legal(_DOMAIN, "a domain name such as repository.example.org", value)


def _email(value: str) -> str:
    if value.lower().startswith("mailto:"):
        raise ValueError(f"{value!r} is an address and a scheme: leave out mailto:")
    return _legal(_EMAIL, "an e-mail address such as library@example.org", _line(value))


def _base_url(value: str) -> str:
    if not is_identifier(value) or not has_web_host(value):
        raise ValueError(
            f"{value!r} is not an http(s) URL: write https://host/oai, with %20 for"
            " spaces and letters of other scripts"
        )
    if "?" in value or "#" in value:
        raise ValueError(f"{value!r} has a query or fragment: leave it out")
    if "@" in urlsplit(value).netloc:
        raise ValueError("the URL holds a user name, which everyone would be told")
    name = urlsplit(value).path.strip("/").rpartition("/")[2]
    if name in _OTHER_PAGES:
        raise ValueError(f"{value!r} needs a path of its own: end it with /oai")
    return value


def _set_spec(value: str) -> str:
    if not is_set_spec(value):
        raise ValueError(f"{value!r} is not legal: {SET_SPEC_RULE}")
    return value


def _line(value: str) -> str:
    if not value.strip() or not_xml(value) is not None:
        raise ValueError(f"{value!r} is empty or holds characters XML cannot carry")
    return value.strip()


Line = Annotated[str, AfterValidator(_line)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=False)


class DeclaredSet(_Section):
    """A set named for people, whether or not it holds items yet."""

    spec: Annotated[str, AfterValidator(_set_spec)] = Field(
        description="setSpec; colons make it part of a set above"
    )
    name: Line = Field(description="setName")
    description: Line | None = Field(
        default=None, description="plain text, served as a Dublin Core setDescription"
    )
    rule: Annotated[SetRule, PlainValidator(set_rule)] | None = Field(
        default=None, description="conditions on items that make it a virtual set"
    )


def _once(sets: tuple[DeclaredSet, ...]) -> tuple[DeclaredSet, ...]:
    specs = [declared.spec for declared in sets]
    twice = sorted({spec for spec in specs if specs.count(spec) > 1})
    if twice:
        raise ValueError(f"the set {twice[0]} stands there twice: keep one")
    return sets


class RepositorySettings(_Section):
    """What the repository says of itself (Identify, ListSets)."""

    name: Line = Field(default="OAI repository", description="repositoryName")
    base_url: Annotated[str, AfterValidator(_base_url)] | None = Field(
        default=None,
        description="the address harvesters use, never taken from requests;"
        " http://HOST:PORT/oai if not given",
    )
    admin_emails: tuple[Annotated[str, AfterValidator(_email)], ...] = Field(
        default=("admin@repository.example.org",),
        min_length=1,
        description="adminEmail, one or more",
    )
    identifier: Annotated[str, AfterValidator(_domain)] = Field(
        default="repository.example.org",
        description="domain name that begins every OAI identifier; never change it",
    )
    granularity: str = Field(
        default="second", pattern="^(day|second)$", description="of datestamps"
    )
    friends: Friends | None = Field(
        default=None, description="base URLs of confederate repositories"
    )
    branding: Branding | None = Field(
        default=None, description="icon and stylesheets for those who show records"
    )
    eprints: Eprints | None = Field(
        default=None, description="policies on content, metadata, data, submission"
    )
    rights_manifest: RightsManifest | None = Field(
        default=None, description="rights that apply to all records or sets"
    )
    record_rights: Rights | None = Field(
        default=None,
        description="rights in each record's metadata, such as CC0; told in <about>",
    )
    tells_left_sets: bool = Field(
        default=False,
        description="in the lists of a set, items that left it are told as deleted",
    )
    sets: Annotated[tuple[DeclaredSet, ...], AfterValidator(_once)] = Field(
        default=(), description="named sets"
    )

    @property
    def datestamps(self) -> Granularity:
        """The granularity, as the protocol names it."""
        return _DAY_GRANULARITIES[self.granularity]


class StoreSettings(_Section):
    """Where the records are kept."""

    url: str = Field(
        default="sqlite:///oai-provider.db", description="SQLAlchemy database URL"
    )
    replica_url: str | None = Field(
        default=None, description="streaming replica of PostgreSQL, to read lists from"
    )
    pool_size: int = Field(
        default=8, ge=1, description="connections of a process to PostgreSQL, at most"
    )
    statement_timeout: int = Field(
        default=30, ge=1, description="seconds PostgreSQL may take to read"
    )


class ListSettings(_Section):
    """How lists are paged."""

    page_size: int = Field(
        default=100, ge=1, le=500, description="records a page of a list"
    )
    page_bytes: int = Field(
        default=2_000_000, ge=1, description="metadata bytes a page of records may hold"
    )
    sets_page_size: int = Field(
        default=500, ge=1, description="sets a page of ListSets"
    )
    token_lifetime: int | None = Field(
        default=None, ge=60, description="seconds a resumptionToken lives; unlimited"
    )
    token_keys: tuple[Annotated[str, Field(min_length=32)], ...] = Field(
        default=(),
        repr=False,
        description="secrets that sign tokens, newest first; kept in the store if none",
    )

    @property
    def lifetime(self) -> timedelta | None:
        """How long a token lives; None for ever."""
        seconds = self.token_lifetime
        return None if seconds is None else timedelta(seconds=seconds)


class ServerSettings(_Section):
    """How `oai-provider serve` listens."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8080, ge=1, le=65_535, description="port to listen on")
    workers: int = Field(default=1, ge=1, le=64, description="processes")
    trusted_proxies: int = Field(
        default=0, ge=0, le=10, description="reverse proxies whose headers are believed"
    )
    max_body: int = Field(
        default=65_536, ge=1024, description="bytes a POST request may have"
    )


class SchemaSettings(_Section):
    """Which XML Schemas records are validated against."""

    folder: Path | None = Field(
        default=None,
        description="schemas laid out by URL, such as `schemas pull` brings;"
        " those of this package if not given",
    )


class Config(BaseSettings):
    """The whole configuration."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    repository: RepositorySettings = RepositorySettings()
    store: StoreSettings = StoreSettings()
    lists: ListSettings = ListSettings()
    schemas: SchemaSettings = SchemaSettings()
    server: ServerSettings = ServerSettings()

    @property
    def base_url(self) -> str:
        """The address harvesters use: as configured, else where the server listens."""
        host = f"[{self.server.host}]" if ":" in self.server.host else self.server.host
        return self.repository.base_url or f"http://{host}:{self.server.port}/oai"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - its signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read, the first winning: the command line, the environment, the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_config(
    file: Path | None = None,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
) -> Config:
    """Return the settings from overrides, the environment and the file.

    `overrides` are sections of settings, those that are None left out. Without
    `file`, `oai-provider.toml` in the current folder is read if it is there.
    Raises `ConfigError` with every problem.
    """
    source = _source(file)

    class Located(Config):
        model_config = SettingsConfigDict(toml_file=source)

    given = {
        section: {name: value for name, value in values.items() if value is not None}
        for section, values in (overrides or {}).items()
    }
    # An empty section would hide what the file has in its place.
    given = {section: values for section, values in given.items() if values}
    problems = list(_unknown_variables(os.environ))
    try:
        config = Located(**given)  # type: ignore[arg-type]  # sections are validated here
    except OSError as error:
        raise _unreadable(source, error) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source} is not in UTF-8: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not TOML: {error}") from error
    except SettingsError as error:
        hint = "write lists and tables in variables as JSON"
        problems += _unread_variables(os.environ) or [f"{error}: {hint}"]
    except ValidationError as error:
        problems += _problems(error)
    if problems:
        where = f" (file {source})" if source else ""
        raise ConfigError(
            f"the configuration{where} has problems:\n" + "\n".join(problems)
        )
    return config


def _source(file: Path | None) -> Path | None:
    """Return the file to be read: the one named, or the usual one if it is there."""
    named = file or DEFAULT_FILE
    try:
        if named.is_file():
            return named
    except OSError as error:
        raise _unreadable(named, error) from error
    if file is not None:
        raise ConfigError(f"there is no configuration file {file}")
    return None


def _unreadable(file: Path | None, error: OSError) -> ConfigError:
    return ConfigError(f"cannot read {file}: {error.strerror}")


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    for name in environ:
        if name.startswith(PREFIX):
            section = name.removeprefix(PREFIX).split("__")[0].lower()
            if section not in Config.model_fields:
                sections = ", ".join(Config.model_fields)
                yield f"{name}: there is no section {section}; there is {sections}"


def _unread_variables(environ: Mapping[str, str]) -> list[str]:
    """Tell of variables that begin like JSON and are none."""
    found = []
    for name, value in environ.items():
        if name.startswith(PREFIX) and value.lstrip()[:1] in {"[", "{"}:
            try:
                json.loads(value)
            except ValueError as error:
                found.append(f"{name}: {value!r} is not JSON: {error}")
    return found


def _problems(error: ValidationError) -> Iterator[str]:
    problems = error.errors()
    for problem in problems:
        loc = problem["loc"]
        inner = (p["loc"] for p in problems if p is not problem)
        if problem["type"] == "too_short" and any(i[: len(loc)] == loc for i in inner):
            continue  # What is wrong with its entries is told.
        path = ".".join(map(str, loc))
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = f"there is no such setting{_nearest(path)}"
        yield f"{path}: {message}"


def _nearest(path: str) -> str:
    near = get_close_matches(path, [name for name, _ in settings()], n=1)
    return f"; did you mean {near[0]}?" if near else ""


def settings() -> Iterator[tuple[str, FieldInfo]]:
    """Yield every setting by its dotted name, for documentation and messages."""
    for section, info in Config.model_fields.items():
        model = info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            for name, setting in model.model_fields.items():
                yield f"{section}.{name}", setting
