"""The one place where settings become objects."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from oai_provider.config import Config
from oai_provider.metadata.format import load_formats
from oai_provider.metadata.journals import journals
from oai_provider.protocol.model import Set
from oai_provider.protocol.xml import Payload
from oai_provider.provider.answer import Provider
from oai_provider.provider.containers import OaiIdentifier, SetDescription, container
from oai_provider.provider.ingest import Ingest
from oai_provider.provider.preparing import Preparing
from oai_provider.provider.records import RecordMaker
from oai_provider.provider.repository import Repository
from oai_provider.provider.set_rules import SetRules
from oai_provider.resources import schemas_folder
from oai_provider.store.base import Store
from oai_provider.store.engines import Server, open_store
from oai_provider.xsd import Schemas

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time, of this machine."""
    return datetime.now(UTC)  # noqa: TID251 - the one clock; all else is given it


def open_configured_store(config: Config, clock: Clock) -> Store:
    """Open the store, knowing the installed formats and the configured sets."""
    store = open_store(
        config.store.url,
        clock=clock,
        server=_server(config),
        tells_left_sets=config.repository.tells_left_sets,
    )
    store.declare_formats(f.described for f in load_formats().values())
    store.declare_sets(
        Set(spec=s.spec, name=s.name, descriptions=_set_descriptions(s.description))
        for s in config.repository.sets
    )
    return store


def _server(config: Config) -> Server:
    settings = config.store
    return Server(
        pool_size=settings.pool_size,
        statement_timeout=settings.statement_timeout,
        replica_url=settings.replica_url,
    )


def open_provider(config: Config, clock: Clock) -> Provider:
    """Open the repository for answering requests."""
    store = open_configured_store(config, clock)
    repository = repository_of(config, store)
    return Provider(repository=repository, store=store, formats=load_formats())


def open_ingest(config: Config, clock: Clock) -> Ingest:
    """Open the repository for taking items in."""
    store = open_configured_store(config, clock)
    preparing = opener_of_preparing(config, repository_of(config, store))()
    return Ingest(store=store, maker=preparing.maker, set_rules=preparing.set_rules)


def opener_of_preparing(
    config: Config, repository: Repository
) -> Callable[[], Preparing]:
    """Return what makes items fit to be stored, to be opened in any process."""
    folder = config.schemas.folder or schemas_folder()
    return partial(_preparing, repository, folder, set_rules_of(config))


def _preparing(repository: Repository, folder: Path, rules: SetRules) -> Preparing:
    maker = RecordMaker(
        repository=repository, schemas=Schemas(folder), formats=load_formats()
    )
    return Preparing(maker=maker, set_rules=rules)


def set_rules_of(config: Config) -> SetRules:
    """Return the rules of the virtual sets that are configured."""
    sets = config.repository.sets
    return SetRules({s.spec: s.rule for s in sets if s.rule is not None})


def repository_of(config: Config, store: Store) -> Repository:
    """Return what the configuration says of the repository."""
    settings = config.repository
    keys = tuple(key.encode() for key in config.lists.token_keys)
    return Repository(
        name=settings.name,
        base_url=config.base_url,
        admin_emails=settings.admin_emails,
        repository_identifier=settings.identifier,
        granularity=settings.datestamps,
        descriptions=_descriptions(config),
        record_rights=container(settings.record_rights)
        if settings.record_rights
        else None,
        page_size=config.lists.page_size,
        page_bytes=config.lists.page_bytes,
        sets_page_size=config.lists.sets_page_size,
        token_lifetime=config.lists.lifetime,
        token_keys=keys or store.token_keys(),
        journals=journals(config.journals),
    )


def _descriptions(config: Config) -> tuple[Payload, ...]:
    settings = config.repository
    identifier = OaiIdentifier(
        repository_identifier=settings.identifier,
        sample=f"oai:{settings.identifier}:sample",
    )
    optional = (
        settings.eprints,
        settings.friends,
        settings.branding,
        settings.rights_manifest,
    )
    return tuple(map(container, (identifier, *(o for o in optional if o is not None))))


def _set_descriptions(text: str | None) -> tuple[Payload, ...]:
    return () if text is None else (container(SetDescription(text=text)),)
