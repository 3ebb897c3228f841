"""Language codes and scripts out of tags and texts."""

import pytest

from oai_provider.metadata.languages import iso639_2b, iso639_3, script_of


@pytest.mark.parametrize(
    ("tag", "bibliographic", "individual"),
    [
        ("en-US", "eng", "eng"),
        ("ru", "rus", "rus"),
        ("de", "ger", "deu"),
        ("zh-Hant", "chi", "zho"),
        ("no", "nor", "nor"),
        ("nb", "nob", "nob"),
        ("kk", "kaz", "kaz"),
        ("grc", "grc", "grc"),
        ("cmn", "chi", "cmn"),
        ("sr-Latn", "srp", "srp"),
        ("und", "und", "und"),
        ("und-Cyrl", "und", "und"),
        ("mul", "mul", "mul"),
        ("qaa", "qaa", "qaa"),
        ("sla", "sla", None),
        ("ase", None, "ase"),
        ("hmx", None, None),
        ("x-klingon", None, None),
    ],
)
def test_a_code_is_given_only_where_the_standard_has_it(
    tag: str, bibliographic: str | None, individual: str | None
) -> None:
    assert (iso639_2b(tag), iso639_3(tag)) == (bibliographic, individual)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("National policy (1920-1929)", "Latn"),
        ("republic\u2019s — Gesetzgebung für µm²", "Latn"),
        ("национал-коммунисты", "Cyrl"),
        ("Ελλάς", "Grek"),
        ("漢字", "Hani"),
        ("한글", "Hang"),
        ("\u041a\u0430z\u0430k", None),
        ("漢字かな", None),
        ("ᏣᎳᎩ", None),
        ("1920-1929", None),
        ("№ 5", None),
        ("", None),
    ],
)
def test_a_text_has_a_script_if_every_letter_is_of_one(
    text: str, script: str | None
) -> None:
    assert script_of(text) == script
