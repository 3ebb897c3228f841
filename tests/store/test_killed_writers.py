"""Nothing is lost either when writers are killed at any moment, and the server too."""

from store.mirrors.proof import carried_out

pytest_plugins = ["postgresql", "store.mirrors.databases"]


def test_mirrors_end_equal_to_the_store_though_writers_and_server_were_killed(
    store_url: str,
) -> None:
    figures = carried_out(store_url, kills=True)
    assert (figures.lost, figures.ghosts, figures.faults) == (0, 0, [])
    assert figures.items
    assert figures.killed
