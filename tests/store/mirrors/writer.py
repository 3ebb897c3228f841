"""A process that writes to the store of the proof until its standard input ends.

Writers share their items. They put one and many, delete, revive and move between
sets; some transactions are held up between stamp and commit, or after it. Run as
`python -m store.mirrors.writer URL SEED SLOW IS_CONFIRMING`.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import Final

from sqlalchemy import Connection
from store.mirrors.stopping import stop_asked_for
from store.mirrors.world import (
    SETS,
    before_each_commit,
    identifier_of,
    into_the_next_second,
    opened,
    write_of,
)

from oai_provider.store import writer
from oai_provider.store.base import ItemWrite, Store, StoreAway
from oai_provider.store.changes import Change
from oai_provider.store.confirming import Mark, changes_again, leave_mark

_ITEMS: Final = 2000
_MOST_AT_ONCE: Final = 1000
_LONGEST_PAUSE: Final = 0.1
_LONGEST_DELAY: Final = 1.5


@dataclass
class Figures:
    """What a writer did; printed as JSON at its end."""

    commits: int = 0
    confirmed_again: int = 0


class Hand:
    """Makes one random change after another."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        self._store = store
        self._chance = chance

    def change(self) -> None:
        """Change something."""
        kinds: tuple[Callable[[], object], ...] = (
            self._put_one,
            self._put_many,
            self._delete,
        )
        (kind,) = self._chance.choices(kinds, weights=(6, 2, 3))
        kind()

    def _put_one(self) -> None:
        list(self._store.put([self._write(self._chance.randrange(_ITEMS))]))

    def _put_many(self) -> None:
        count = int(_MOST_AT_ONCE ** self._chance.random())
        chosen = self._chance.sample(range(_ITEMS), count)
        list(self._store.put(map(self._write, chosen)))

    def _delete(self) -> None:
        chosen = self._chance.sample(range(_ITEMS), self._chance.randint(1, 5))
        list(self._store.delete(identifier_of(n) for n in chosen))

    def _write(self, n: int) -> ItemWrite:
        # Few texts, so that sets often change alone, and often nothing does.
        text = f"text {self._chance.randrange(4)}"
        sets = self._chance.sample(SETS, self._chance.randint(0, 2))
        return write_of(n, text, sets)


def count(figures: Figures) -> None:
    """Have what the writers of this process do counted."""

    def counted_mark(
        connection: Connection, stamp: int, records: Collection[int]
    ) -> Mark | None:
        figures.commits += 1
        return leave_mark(connection, stamp, records)

    def counted_changes(connection: Connection, mark: Mark) -> Iterator[Change]:
        figures.commits -= 1
        figures.confirmed_again += 1
        return changes_again(connection, mark)

    vars(writer).update(leave_mark=counted_mark, changes_again=counted_changes)


def leave_no_mark(_: Connection, __: int, ___: Collection[int]) -> Mark | None:
    """Switch the mechanism off: without a mark nothing is confirmed, nor settled."""
    return None


def hold_up(chance: random.Random, slow: float) -> None:
    """Sleep at the end of some transactions; of all, into another second, if 1."""
    if slow >= 1:
        into_the_next_second(by=0.7)
    elif chance.random() < slow:
        time.sleep(chance.uniform(0, _LONGEST_DELAY))


def write_until(stop: Event, hand: Hand, chance: random.Random) -> None:
    """Change things, with pauses."""
    while not stop.is_set():
        # Somebody else was writing for long: a writer in the field tries again.
        with suppress(StoreAway):
            hand.change()
        stop.wait(chance.uniform(0, _LONGEST_PAUSE))


def main(url: str, seed: str, slow: str, is_confirming: str) -> None:
    """Be a writer."""
    stop, figures = stop_asked_for(), Figures()
    chance = random.Random(seed)
    store = opened(url)
    count(figures)
    if is_confirming == "False":
        vars(writer).update(leave_mark=leave_no_mark)
    print(flush=True)  # noqa: T201 - the parent waits for it
    with before_each_commit(lambda: hold_up(chance, float(slow))):
        write_until(stop, Hand(store, chance), chance)
    store.close()
    json.dump(vars(figures), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
