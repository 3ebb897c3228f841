"""The tables of terms: whole, of one mind, and read as they are written."""

from pathlib import Path
from typing import get_args

import pytest

from oai_provider.metadata.access import Access
from oai_provider.metadata.vocabularies import (
    ACCESS,
    RELATION_TYPES,
    RESOURCE_TYPES,
    ROLES,
    ResourceTypeTerms,
    access_for,
    resource_type_for,
    resource_type_id,
    role_for,
    role_term,
)
from oai_provider.protocol.xml import parse

MODS_TYPES = {
    "", "text", "cartographic", "notated music", "sound recording",
    "sound recording-musical", "sound recording-nonmusical", "still image",
    "moving image", "three dimensional object", "software, multimedia",
    "mixed material",
}  # fmt: skip
DCMI_TYPES = {
    "", "Collection", "Dataset", "Event", "Image", "InteractiveResource",
    "MovingImage", "PhysicalObject", "Service", "Software", "Sound", "StillImage",
    "Text",
}  # fmt: skip


def test_an_article_is_known_to_every_vocabulary() -> None:
    assert RESOURCE_TYPES["article"] == ResourceTypeTerms(
        id="article",
        coar="c_6501",
        coar_label="journal article",
        eu_repo="article",
        marcgt="article",
        mods="text",
        dcmi="Text",
        datacite="JournalArticle",
        csl="article-journal",
        schema_org="ScholarlyArticle",
    )


def test_every_resource_type_has_a_concept_of_its_own_in_coar() -> None:
    assert len({terms.coar for terms in RESOURCE_TYPES.values()}) == len(RESOURCE_TYPES)


@pytest.mark.parametrize("terms", RESOURCE_TYPES.values(), ids=str)
def test_every_resource_type_is_read_back_from_its_id_and_from_coar(
    terms: ResourceTypeTerms,
) -> None:
    for term in (terms.id, terms.coar, terms.coar_uri, terms.coar_label):
        assert resource_type_for(term) == terms.id


@pytest.mark.parametrize("terms", RESOURCE_TYPES.values(), ids=str)
def test_closed_vocabularies_have_the_terms_given(terms: ResourceTypeTerms) -> None:
    assert terms.mods in MODS_TYPES
    assert terms.dcmi in DCMI_TYPES


@pytest.mark.parametrize(
    ("term", "read"),
    [
        ("info:eu-repo/semantics/article", "article"),
        ("info:eu-repo/semantics/doctoralThesis", "doctoral-thesis"),
        ("info:eu-repo/semantics/other", "other"),
        ("Text", "text"),
        ("Dissertation", "thesis"),
        ("article-journal", "article"),
        ("moving image", "moving-image"),
        (" Journal Article ", "article"),
        ("poem", None),
        ("", None),
    ],
)
def test_a_term_of_several_types_is_read_as_the_widest(
    term: str, read: str | None
) -> None:
    assert resource_type_for(term) == read


def test_an_unknown_resource_type_is_told_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'zzz' is not .*: write one of other, text"):
        resource_type_id("zzz")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("aut", "aut"),
        ("Author", "aut"),
        ("http://id.loc.gov/vocabulary/relators/trl", "trl"),
        ("Editor", "edt"),
        ("Supervisor", "ths"),
        ("ContactPerson", "ContactPerson"),
        ("contact person", "ContactPerson"),
        ("bell ringer", "bell ringer"),
    ],
)
def test_a_role_is_kept_as_its_code_or_else_in_its_words(
    written: str, kept: str
) -> None:
    assert role_term(written) == kept


def test_a_role_that_no_vocabulary_knows_has_no_terms() -> None:
    assert role_for("bell ringer") is None


def test_a_role_without_a_code_has_no_address() -> None:
    assert ROLES["ContactPerson"].marc_uri == ""
    assert ROLES["aut"].marc_uri == "http://id.loc.gov/vocabulary/relators/aut"


def test_the_levels_of_access_are_those_of_the_model() -> None:
    assert set(ACCESS) == set(get_args(Access))


@pytest.mark.parametrize(
    ("term", "read"),
    [
        ("open access", "open"),
        ("http://purl.org/coar/access_right/c_14cb", "metadata-only"),
        ("info:eu-repo/semantics/closedAccess", "closed"),
        ("info:eu-repo/semantics/embargoedAccess", "embargoed"),
        ("free", None),
    ],
)
def test_a_level_of_access_is_read_from_coar_and_info_eu_repo(
    term: str, read: str | None
) -> None:
    assert access_for(term) == read


def test_closed_access_has_no_concept_in_coar() -> None:
    assert ACCESS["closed"].coar_uri == ""
    assert ACCESS["open"].coar_uri == "http://purl.org/coar/access_right/c_abf2"
    assert ACCESS["open"].eu_repo_uri == "info:eu-repo/semantics/openAccess"


@pytest.mark.parametrize(
    ("schema", "terms"),
    [
        ("resourceType", {terms.datacite for terms in RESOURCE_TYPES.values()}),
        ("relationType", set(RELATION_TYPES.values())),
        ("contributorType", {terms.datacite for terms in ROLES.values()} - {""}),
    ],
)
def test_terms_of_datacite_are_in_its_published_schemas(
    shared: Path, schema: str, terms: set[str]
) -> None:
    folder = shared / "schemas/schema.datacite.org/meta/kernel-4.7/include"
    root = parse((folder / f"datacite-{schema}-v4.xsd").read_bytes())
    published = {str(value) for value in root.xpath("//@value")}
    assert terms <= published
