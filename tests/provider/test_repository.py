"""The addresses of a repository's pages."""

from dataclasses import replace

import pytest
from provider.world import REPOSITORY


@pytest.mark.parametrize(
    ("base_url", "root"),
    [
        ("http://example.org/oai", "http://example.org"),
        ("http://example.org/oai/", "http://example.org"),
        ("http://example.org/a/b/oai", "http://example.org/a/b"),
        ("http://example.org/a/oai%2Fpmh", "http://example.org/a"),
    ],
)
def test_pages_stand_in_the_folder_of_the_endpoint(base_url: str, root: str) -> None:
    repository = replace(REPOSITORY, base_url=base_url)
    assert repository.root == root
    assert repository.item_url("oai:example.org:1") == f"{root}/items/1"
