"""Several threads and processes on one store."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from oai_provider.store.engines import open_store
from oai_provider.testing import (
    MODS,
    OAI_DC,
    StandingClock,
    locals_of,
    put,
    selection,
    walk,
    write_of,
)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///{}/store.db"])
def test_threads_store_and_list_at_the_same_time(url: str, tmp_path: Path) -> None:
    store = open_store(url.format(tmp_path), clock=StandingClock())
    store.declare_formats([OAI_DC, MODS])

    def write(thread: int) -> None:
        for n in range(30):
            put(store, write_of(f"{thread}-{n}", sets=["x"]))

    def read(_: int) -> None:
        for _ in range(30):
            # What the whole list held a moment ago is in the set's by now.
            whole = locals_of(store, selection(), limit=1000)
            of_set = locals_of(store, selection("oai_dc", "x"), limit=1000)
            assert of_set[: len(whole)] == whole

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(3)))
        done = [pool.submit(write, 3), *(pool.submit(read, n) for n in range(4))]
        for future in done:
            future.result()
    assert store.count(selection("mods", "x")) == 120
    assert len(list(walk(store, selection("mods", "x"), limit=7))) == 120
    store.close()
