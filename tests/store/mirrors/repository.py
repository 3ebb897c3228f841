"""The repository over the store of the proof, and how to ask it without HTTP."""

from oai_provider.protocol.write import write
from oai_provider.provider.answer import Provider
from oai_provider.provider.repository import Repository
from oai_provider.store.base import Store


def provider_of(store: Store, *, page_size: int) -> Provider:
    """Return the repository over a store."""
    repository = Repository(
        name="Repository of the proof",
        base_url="http://127.0.0.1/oai",
        admin_emails=("library@example.org",),
        repository_identifier="example.org",
        token_keys=store.token_keys(),
        page_size=page_size,
    )
    return Provider(repository=repository, store=store)


class InProcess:
    """Answers harvesters as the endpoint does, without HTTP."""

    def __init__(self, store: Store) -> None:
        self._provider = provider_of(store, page_size=2)

    def ask(self, arguments: dict[str, str]) -> bytes:
        """Return the document that answers."""
        now = self._provider.store.now()
        return b"".join(write(self._provider.answer(arguments.items(), now)))
