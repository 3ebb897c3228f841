"""Identifiers with their schemes: read from any spelling people use, kept bare.

`https://doi.org/10.1/x`, `doi:10.1/x` and `10.1/x` are one DOI, whose value is
`10.1/x`. Only the form is looked at; check digits and existence are the validator's.
"""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, ValidationInfo, field_validator

from oai_provider.metadata.text import Line, Part, Short

# Each pattern has one group, the bare value. The first that matches decides.
_DETECTED: Final[Mapping[str, re.Pattern[str]]] = {
    scheme: re.compile(pattern, re.IGNORECASE | re.ASCII)
    for scheme, pattern in {
        "doi": r"(?:https?://(?:dx\.)?doi\.org/|(?:info:)?doi[:/]\s*)?"
        r"(10\.\d+(?:\.\d+)*/\S+)",
        "handle": r"(?:https?://hdl\.handle\.net/|(?:info:)?hdl:)(\S+/\S+)",
        "orcid": r"(?:https?://orcid\.org/|orcid:)?((?:\d{4}-){3}\d{3}[\dX])/?",
        "ror": r"(?:https?://)?ror\.org/(0[a-z0-9]{6}\d{2})/?",
        "isni": r"(?:https?://(?:www\.)?isni\.org/(?:isni/)?|isni:)([\d ]{15,18}[\dX])",
        "isbn": r"(?:urn:)?isbn:\s*([\dX -]{10,17})",
        "issn": r"(?:urn:)?issn:\s*(\d{4}-?\d{3}[\dX])",
        "arxiv": r"(?:https?://arxiv\.org/abs/|arxiv:)(\S+)",
        "ark": r"(?:https?://(?:n2t\.net|arks\.org)/)?(ark:/?\d{5,}/\S+)",
        "urn": r"(urn:[a-z0-9][a-z0-9-]{0,31}:\S+)",
        "url": r"(https?://\S+)",
    }.items()
}
# Schemes whose values have one form only: the groups, joined by hyphens.
_ISSN: Final = (
    re.compile(
        r"(?:(?:urn:)?issn:\s*)?(\d{4})-?(\d{3}[\dX])", re.IGNORECASE | re.ASCII
    ),
    "1234-5678",
)
_STRICT: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "doi": (_DETECTED["doi"], "10.1234/abc"),
    "orcid": (_DETECTED["orcid"], "0000-0002-1825-0097"),
    **dict.fromkeys(("issn", "pissn", "eissn", "lissn"), _ISSN),
}
_SERIAL_NUMBER: Final = re.compile(r"\d{4}-\d{3}[\dXx]", re.ASCII)
_RESOLVERS: Final[Mapping[str, str]] = {
    "doi": "https://doi.org/",
    "handle": "https://hdl.handle.net/",
    "orcid": "https://orcid.org/",
    "ror": "https://ror.org/",
    "isni": "https://isni.org/isni/",
    "arxiv": "https://arxiv.org/abs/",
    "ark": "https://n2t.net/",
    "url": "",
}


def _scheme(value: str) -> str:
    scheme = value.lower()
    if not re.fullmatch(r"[a-z][a-z0-9._-]*", scheme):
        raise ValueError(
            f"{value!r} is not the name of a scheme: write doi, handle, url, local …"
        )
    return scheme


def detected(value: str) -> tuple[str, str]:
    """Return scheme and bare value of an identifier in any usual spelling.

    >>> detected("https://doi.org/10.1/x")
    ('doi', '10.1/x')
    """
    value = value.strip()
    for scheme, pattern in _DETECTED.items():
        match = pattern.fullmatch(value)
        if match:
            return scheme, match[1]
    return "local", value


def _strict(scheme: str, value: str) -> str:
    pattern, example = _STRICT[scheme]
    match = pattern.fullmatch(value)
    if match is None:
        raise ValueError(f"{value!r} is not a {scheme}: write it as {example}")
    # A DOI keeps its letters' case; elsewhere the only letter is a final X.
    bare = "-".join(match.groups())
    return bare if scheme == "doi" else bare.upper()


class Identifier(Part):
    """An identifier and the scheme it belongs to."""

    scalar_field: ClassVar[str] = "value"

    scheme: Annotated[Line, AfterValidator(_scheme)]
    value: Line

    @classmethod
    def from_scalar(cls, scalar: object) -> dict[str, object]:
        """Detect the scheme of an identifier given without one."""
        if not isinstance(scalar, str):
            return {"scheme": "local", "value": scalar}
        scheme, value = detected(scalar)
        return {"scheme": scheme, "value": value}

    @field_validator("value")
    @classmethod
    def _bare(cls, value: str, info: ValidationInfo) -> str:
        scheme = info.data.get("scheme", "")
        if scheme in _STRICT:
            return _strict(scheme, value)
        match = scheme in _DETECTED and _DETECTED[scheme].fullmatch(value)
        return match[1] if match else value

    @property
    def url(self) -> str | None:
        """The web address that leads to what is identified, if the scheme has one."""
        resolver = _RESOLVERS.get(self.scheme)
        return None if resolver is None else resolver + self.value


class SerialIdentifier(Identifier):
    """An identifier of a journal or book, where a bare 1234-5678 is an ISSN."""

    @classmethod
    def from_scalar(cls, scalar: object) -> dict[str, object]:
        """Detect an ISSN by its form alone, and any other as usual."""
        if isinstance(scalar, str) and _SERIAL_NUMBER.fullmatch(scalar.strip()):
            return {"scheme": "issn", "value": scalar}
        return super().from_scalar(scalar)


def identifier_shorts(*schemes: str, to: str = "identifiers") -> dict[str, Short]:
    """Return short forms that give an identifier under its scheme's name."""
    return {s: Short(to, {"scheme": s}) for s in schemes}
