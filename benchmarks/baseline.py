"""What a list can cost at the least: finished records, read by key and joined."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

_PAGE = """
SELECT datestamp, id, xml FROM finished
WHERE (datestamp, id) > (?, ?) ORDER BY datestamp, id LIMIT ?
"""


class Baseline:
    """One finished record a row."""

    def __init__(self, file: Path, records: Iterable[tuple[int, int, bytes]]) -> None:
        self._connection = sqlite3.connect(file)
        self._connection.execute(
            "CREATE TABLE finished (datestamp INT, id INT, xml BLOB)"
        )
        self._connection.executemany("INSERT INTO finished VALUES (?, ?, ?)", records)
        self._connection.execute("CREATE INDEX in_order ON finished (datestamp, id)")
        self._connection.commit()

    def walk(self, limit: int) -> Iterator[bytes]:
        """Yield the pages of the whole list."""
        after = (0, 0)
        while rows := self._connection.execute(_PAGE, (*after, limit)).fetchall():
            after = rows[-1][:2]
            yield b"".join(xml for _, _, xml in rows)
