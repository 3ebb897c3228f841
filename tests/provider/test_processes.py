"""Processes that work on pieces: few at a time, and in order."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial

from oai_provider.provider.processes import Workforce

COUNT = 24
# Opened, it is a function that returns how long a piece is.
MEASURING: Workforce[str, int] = Workforce(
    opened=partial(partial, len), module="collections", jobs=2, ended=""
)


def test_results_come_in_the_order_of_their_pieces() -> None:
    pieces = ["x" * n for n in range(COUNT)]
    assert [*MEASURING.done(pieces)] == [(piece, len(piece)) for piece in pieces]


def test_few_pieces_are_under_way_at_a_time() -> None:
    given: list[str] = []

    def pieces() -> Iterator[str]:
        for n in range(COUNT):
            given.append("x" * n)
            yield given[-1]

    with closing(MEASURING.done(pieces())) as done:
        ahead = [len(given) - n for n, _ in enumerate(done, 1)]
    assert max(ahead) < 4
    assert len(given) == COUNT
