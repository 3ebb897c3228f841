"""Reading from PostgreSQL: statements prepared once, executed by libpq itself.

Psycopg's own way of executing takes as long as the server does for a record: 50 of
120 microseconds; SQLAlchemy's pool takes 40. Psycopg still opens the connections, and
reads what comes back, which is asked for in binary: payloads come at twice their size
otherwise. Only reading is done here: nothing is begun, and nothing has to be ended.

Imported where there is a server, since the driver may lack.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Final, NamedTuple, cast

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from sqlalchemy import Engine, Integer
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from oai_provider.store.faults import translated
from oai_provider.store.reading import Reader, Value, has_ended
from oai_provider.store.rows import Row

_BINARY: Final = 1
_INT8: Final = 20
_FINE: Final = pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK
_UNKNOWN: Final = 0
"""The type of what the server is to take for what it needs."""
_UNKNOWN_STATEMENT: Final = b"26000"
_PREPARED: Final = "oai_provider_prepared"
"""Where a connection keeps the names of what it has prepared."""


class _Form(NamedTuple):
    """A statement as the server is given it."""

    name: bytes
    text: bytes
    parameters: tuple[str, ...]
    types: tuple[int, ...]
    defaults: dict[str, Value]


class PreparedReader(Reader):
    """Executes statements that only read, on a server.

    It keeps up to `most` connections out of the pool while nobody uses them.
    """

    def __init__(self, engine: Engine, most: int) -> None:
        super().__init__(engine)
        self._most = most
        self._idle: deque[PoolProxiedConnection] = deque()
        self._dialect = dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy's
        self._numbers = count(1)
        self._forms: dict[ClauseElement, _Form] = {}

    def __call__(self, statement: ClauseElement, **values: Value) -> Sequence[Row]:
        """Return all rows of a statement."""
        with translated(self.engine):
            connection = self._taken()
            try:
                found = self.over(connection, statement, **values)
            except BaseException:
                connection.close()
                raise
        self._keep(connection)
        return found

    @contextmanager
    def connection(self) -> Iterator[PoolProxiedConnection]:
        """Lend a connection, for statements that must be asked of the same server."""
        with translated(self.engine):
            connection = self._taken()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
        self._keep(connection)

    def close(self) -> None:
        """Let go of all connections."""
        while self._idle:
            self._idle.pop().close()
        super().close()

    def over(
        self,
        connection: PoolProxiedConnection,
        statement: ClauseElement,
        **values: Value,
    ) -> Sequence[Row]:
        """Return all rows of a statement, asked over a connection that was lent."""
        form = self._forms.get(statement) or self._formed(statement)
        known = form.defaults | values
        sent = [_sent(known[name]) for name in form.parameters]
        server = _server(connection)
        result = self._executed(connection, form, sent)
        _check(result)
        found = Transformer(server)
        found.set_pgresult(result)
        return found.load_rows(0, result.ntuples, tuple)

    def _executed(
        self, connection: PoolProxiedConnection, form: _Form, sent: list[bytes]
    ) -> pq.abc.PGresult:
        server = _server(connection).pgconn
        if _server(connection).prepare_threshold is None:
            return server.exec_params(
                form.text, sent, form.types, result_format=_BINARY
            )
        known: set[bytes] = connection.info.setdefault(_PREPARED, set())
        if form.name in known:
            result = server.exec_prepared(form.name, sent, result_format=_BINARY)
            if not _is_forgotten(result):
                return result
            known.clear()
        _check(server.prepare(form.name, form.text, form.types))
        known.add(form.name)
        return server.exec_prepared(form.name, sent, result_format=_BINARY)

    def _taken(self) -> PoolProxiedConnection:
        """Return a connection that is there, as far as can be told."""
        try:
            while has_ended(_server(kept := self._idle.pop())):
                kept.invalidate()
        except IndexError:
            return self.engine.raw_connection()
        return kept

    def _keep(self, connection: PoolProxiedConnection) -> None:
        if len(self._idle) < self._most:
            self._idle.append(connection)
        else:
            connection.close()

    def _formed(self, statement: ClauseElement) -> _Form:
        compiled = cast("SQLCompiler", statement.compile(dialect=self._dialect))
        parameters = tuple(compiled.positiontup or ())
        kinds = [compiled.binds[name].type for name in parameters]
        form = self._forms[statement] = _Form(
            name=b"oai_provider_%d" % next(self._numbers),
            text=compiled.string.encode(),
            parameters=parameters,
            types=tuple(_INT8 if isinstance(k, Integer) else _UNKNOWN for k in kinds),
            defaults=dict(compiled.params),
        )
        return form


def _server(connection: PoolProxiedConnection) -> "psycopg.Connection[object]":
    return cast("psycopg.Connection[object]", connection.dbapi_connection)


def _sent(value: Value) -> bytes:
    """Return a value as a server reads it. What no statement compares with is None."""
    sent = str(value).encode()
    if b"\0" in sent:
        # It would be cut there.
        raise psycopg.DataError("PostgreSQL's texts cannot hold NUL characters")
    return sent


def _is_forgotten(result: pq.abc.PGresult) -> bool:
    """Tell whether a statement was prepared once, but all were deallocated.

    Psycopg does so after a writer has rolled back.
    """
    if result.status in _FINE:
        return False
    return result.error_field(pq.DiagnosticField.SQLSTATE) == _UNKNOWN_STATEMENT


def _check(result: pq.abc.PGresult) -> None:
    """Raise what the server complains of, or that it has gone."""
    if result.status in _FINE:
        return
    error = error_from_result(result)
    if error.sqlstate is None:
        # Not said by the server: nothing came from it.
        raise psycopg.OperationalError(str(error)) from error
    raise error
