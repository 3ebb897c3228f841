"""Identifiers: schemes detected, values kept bare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.metadata.identifiers import Identifier, SerialIdentifier, detected


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://doi.org/10.1/x", ("doi", "10.1/x")),
        ("http://dx.doi.org/10.1234.5/X(y)", ("doi", "10.1234.5/X(y)")),
        ("doi:10.1/x", ("doi", "10.1/x")),
        ("DOI: 10.1/x", ("doi", "10.1/x")),
        ("info:doi/10.1/x", ("doi", "10.1/x")),
        ("10.1/x", ("doi", "10.1/x")),
        ("https://hdl.handle.net/123/4", ("handle", "123/4")),
        ("hdl:123/4", ("handle", "123/4")),
        ("https://orcid.org/0000-0002-1825-009x", ("orcid", "0000-0002-1825-009x")),
        ("https://ror.org/02mhbdp94", ("ror", "02mhbdp94")),
        ("https://isni.org/isni/0000000121032683", ("isni", "0000000121032683")),
        # Too short for an ISBN.
        ("urn:ISBN:978-5-02", ("urn", "urn:ISBN:978-5-02")),
        ("urn:isbn:978-5-02-033888-4", ("isbn", "978-5-02-033888-4")),
        ("ISSN 1234-5678", ("local", "ISSN 1234-5678")),
        ("issn:1234-567X", ("issn", "1234-567X")),
        ("arXiv:1501.00001", ("arxiv", "1501.00001")),
        ("https://n2t.net/ark:/12345/a", ("ark", "ark:/12345/a")),
        ("urn:nbn:de:1-2", ("urn", "urn:nbn:de:1-2")),
        ("https://example.org/10.1/x", ("url", "https://example.org/10.1/x")),
        ("1920-1929", ("local", "1920-1929")),
        (" № 5 ", ("local", "№ 5")),
    ],
)
def test_the_scheme_is_detected_by_the_form(
    written: str, read: tuple[str, str]
) -> None:
    assert detected(written) == read


BEGINNINGS = (
    "doi: 10.1/ urn:isbn: issn: https://orcid.org/ hdl: arXiv: ark:/ https:// urn:nbn:"
)
NAMES = "10.1/x 1234-567x 9785020338884 0000-0002-1825-009x 1501.00001 12345/a x.org/a"
TEXTS = st.text(st.characters(exclude_categories=["C"]), max_size=30)


@given(
    st.sampled_from(["", " ", *BEGINNINGS.split()]),
    st.sampled_from(NAMES.split()) | TEXTS,
)
def test_what_is_detected_is_kept_and_kept_again(beginning: str, name: str) -> None:
    scheme, value = detected(beginning + name)
    if scheme == "local":
        assert value == (beginning + name).strip()
        return
    kept = Identifier(scheme=scheme, value=value)
    assert kept.scheme == scheme
    assert Identifier(scheme=scheme, value=kept.value) == kept


@pytest.mark.parametrize(
    ("scheme", "value", "bare"),
    [
        ("DOI", "https://doi.org/10.1/X", "10.1/X"),
        ("handle", "https://hdl.handle.net/123/4", "123/4"),
        ("handle", "123/4", "123/4"),
        ("eissn", "1234567x", "1234-567X"),
        ("orcid", "https://orcid.org/0000-0002-1825-009x", "0000-0002-1825-009X"),
        ("edn", "ABCDEF", "ABCDEF"),
    ],
)
def test_a_value_is_kept_bare(scheme: str, value: str, bare: str) -> None:
    assert Identifier(scheme=scheme, value=value).value == bare


@pytest.mark.parametrize(
    ("scheme", "value"), [("doi", "x"), ("issn", "123"), ("orcid", "0000-0002")]
)
def test_a_value_not_of_its_scheme_is_refused(scheme: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"is not a {scheme}: write it as"):
        Identifier(scheme=scheme, value=value)


def test_a_bare_number_is_an_issn_only_where_one_is_awaited() -> None:
    assert SerialIdentifier.from_scalar("1234-567x")["scheme"] == "issn"
    assert Identifier.from_scalar("1234-567x")["scheme"] == "local"
    assert SerialIdentifier.from_scalar("10.1/x")["scheme"] == "doi"


@pytest.mark.parametrize(
    ("scheme", "value", "url"),
    [
        ("doi", "10.1/x", "https://doi.org/10.1/x"),
        ("ark", "ark:/12345/a", "https://n2t.net/ark:/12345/a"),
        ("url", "https://example.org/", "https://example.org/"),
        ("isbn", "978-5-02", None),
    ],
)
def test_a_scheme_with_a_resolver_gives_an_address(
    scheme: str, value: str, url: str | None
) -> None:
    assert Identifier(scheme=scheme, value=value).url == url
