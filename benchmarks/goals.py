"""What is to be reached, in one place."""

from typing import Final

from benchmarks.table import Bound, Goal


def _at_most(limit: float, words: str) -> Goal:
    return Goal(limit=limit, words=words, bound=Bound.AT_MOST)


RECORDS: Final = Goal(limit=0.8, words="0.80 of the baseline")
GZIP: Final = Goal(limit=0.6, words="0.60 of the uncompressed baseline")
PEER: Final = Goal(limit=8, words="8 times the better peer")
IDENTIFIERS: Final = Goal(limit=0.8, words="0.80 of the baseline")
GET_RECORD: Final = Goal(limit=0.5, words="0.50 of the baseline's requests a second")
TAIL: Final = _at_most(3, "at most 3 times")
DEPTH: Final = _at_most(1.2, "at most 1.2 times")
POSTGRESQL: Final = Goal(limit=0.6, words="0.6 of SQLite")
ITEMS: Final = Goal(limit=3_000, words="3,000 a second")
DUMP: Final = Goal(limit=10_000, words="10,000 a second")
DISK: Final = _at_most(1.5, "at most 1.5 times")
MEMORY: Final = _at_most(200, "under 200 MB")
FLAT: Final = _at_most(1.1, "flat: at most 1.1 times")
SIZE: Final = _at_most(5, "under 5 times")
HARVEST_LINES: Final = Goal(limit=3, words="3 times sickle")
HARVEST_STORE: Final = Goal(limit=2, words="2 times sickle")
HARVEST_PARSE: Final = Goal(limit=0.6, words="0.60 of the bare parse")
VALIDATED: Final = _at_most(20, "under 20 s")
REQUESTS: Final = _at_most(300, "at most 300")
QUICK_REQUESTS: Final = _at_most(60, "at most 60")
VERIFIED: Final = Goal(limit=1_000, words="1,000 a second")
