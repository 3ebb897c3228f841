"""Every setting there is, section by section, in one model.

`OAI_PROVIDER__STORE__URL` sets `url` in `[store]`. The environment wins over the
file, the command line over both. Unknown keys are refused.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from oai_provider.config.values import (
    BaseUrl,
    DomainName,
    EmailAddress,
    Host,
    Line,
    SetSpec,
)
from oai_provider.metadata.journal_profile import JournalProfile, journal_profile
from oai_provider.metadata.journals import journals
from oai_provider.protocol.datestamp import Granularity
from oai_provider.provider.containers import (
    Branding,
    Eprints,
    Friends,
    Rights,
    RightsManifest,
)
from oai_provider.provider.set_rules import SetRule, set_rule

PREFIX: Final = "OAI_PROVIDER__"

_TEN_YEARS: Final = 10 * 366 * 24 * 60 * 60
_DAY_GRANULARITIES: Final = {"day": Granularity.DAY, "second": Granularity.SECOND}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeclaredSet(_Section):
    """A set named for people, whether or not it holds items yet."""

    spec: SetSpec = Field(description="setSpec; colons make it part of a set above")
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
    base_url: BaseUrl | None = Field(
        default=None,
        description="the address harvesters use, never taken from requests;"
        " http://HOST:PORT/oai if not given",
    )
    admin_emails: tuple[EmailAddress, ...] = Field(
        default=("admin@repository.example.org",),
        min_length=1,
        description="adminEmail, one or more",
    )
    identifier: DomainName = Field(
        default="repository.example.org",
        description="domain name that begins every OAI identifier; never change it",
    )
    granularity: Literal["day", "second"] = Field(
        default="second", description="of datestamps"
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
        default="sqlite:///oai-provider.db",
        repr=False,
        description="SQLAlchemy database URL",
    )
    replica_url: str | None = Field(
        default=None,
        repr=False,
        description="streaming replica of PostgreSQL, to read lists from",
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
        default=None,
        ge=60,
        le=_TEN_YEARS,
        description="seconds a resumptionToken lives, ten years at most; unlimited",
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

    host: Host = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8080, ge=1, le=65_535, description="port to listen on")
    workers: int = Field(default=1, ge=1, le=64, description="processes")
    trusted_proxies: int = Field(
        default=0, ge=0, le=10, description="reverse proxies whose headers are believed"
    )
    max_body: int = Field(
        default=65_536, ge=1024, description="bytes a POST request may have"
    )

    @property
    def address(self) -> str:
        """Host and port, as they stand in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class SchemaSettings(_Section):
    """Which XML Schemas records are validated against."""

    folder: Path | None = Field(
        default=None,
        description="schemas laid out by URL, such as `schemas pull` brings;"
        " those of this package if not given",
    )


def _each_issn_once(
    profiles: dict[str, JournalProfile],
) -> dict[str, JournalProfile]:
    journals(profiles)
    return profiles


JournalProfiles = Annotated[
    dict[Line, Annotated[JournalProfile, PlainValidator(journal_profile)]],
    AfterValidator(_each_issn_once),
]


class Config(BaseSettings):
    """The whole configuration."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
    )

    repository: RepositorySettings = RepositorySettings()
    store: StoreSettings = StoreSettings()
    lists: ListSettings = ListSettings()
    schemas: SchemaSettings = SchemaSettings()
    server: ServerSettings = ServerSettings()
    journals: JournalProfiles = Field(
        default={},
        description="What the items of a journal share, a table a journal.",
    )

    @property
    def base_url(self) -> str:
        """The address harvesters use: as configured, else where the server listens."""
        return self.repository.base_url or f"http://{self.server.address}/oai"

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


def settings() -> Iterator[tuple[str, FieldInfo]]:
    """Yield every setting by its dotted name, for documentation and messages."""
    for section, info in Config.model_fields.items():
        model = info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            for name, setting in model.model_fields.items():
                yield f"{section}.{name}", setting
