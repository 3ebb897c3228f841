"""The gate before records that are no longer listed are taken for deleted."""

import pytest

from oai_provider.harvester.deletions import inferred


@pytest.mark.parametrize(
    ("gone", "force", "applies", "is_told"),
    [
        (0, False, False, False),
        (1, False, True, False),
        (15, False, True, False),
        (16, False, True, True),
        (30, False, True, True),
        (31, False, False, True),
        (31, True, True, True),
        (100, False, False, True),
        (100, True, True, True),
    ],
)
def test_many_are_warned_of_and_more_are_stopped(
    gone: int, *, force: bool, applies: bool, is_told: bool
) -> None:
    inference = inferred(gone, 100, force=force)
    assert inference.applies is applies
    assert bool(inference.told) is is_told


def test_remedy_is_named() -> None:
    told = inferred(50, 100, force=False).told
    assert "50 of 100" in told
    assert "--force" in told
