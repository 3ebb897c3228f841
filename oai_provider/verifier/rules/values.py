"""Values that a vocabulary has: kinds of things, levels of access, licences."""

import re
from collections.abc import Iterator
from typing import Final

from oai_provider.metadata.vocabularies import (
    COAR_ACCESS_RIGHT,
    EU_REPO,
    access_for,
    is_coar_type,
)
from oai_provider.metadata.wording import license_uri
from oai_provider.validator.rule import check
from oai_provider.verifier.finding import Breach
from oai_provider.verifier.subject import Subject

_ACCESS_TERMS: Final = (EU_REPO, COAR_ACCESS_RIGHT)
# Families of the list of SPDX; versions are not told apart.
_SPDX: Final = re.compile(
    r"CC0-1\.0|CC-PDDC|CC-BY(?:-NC)?(?:-SA|-ND)?-\d\.\d(?:-[A-Z]{2,3})?"
    r"|MIT(?:-\w+)?|Apache-\d\.\d|BSD-\d-Clause[\w-]*|ISC|0BSD|Unlicense|Zlib"
    r"|(?:A|L)?GPL-\d\.\d(?:-only|-or-later|\+)?|GFDL-\d\.\d[\w-]*|MPL-\d\.\d[\w-]*"
    r"|EPL-\d\.\d|EUPL-\d\.\d|CECILL-[\w.]+|etalab-2\.0|OGL-UK-\d\.\d"
    r"|ODbL-1\.0|ODC-By-1\.0|PDDL-1\.0|CDLA-[\w.-]+|OFL-\d\.\d[\w-]*|Artistic-\d\.\d"
    r"|LPPL-\d\.\d\w*|WTFPL|FAL-1\.3|LAL-\d\.\d|NLOD-\d\.\d|DL-DE-[\w.-]+"
)
_CC: Final = re.compile(r"https?://(?:www\.)?creativecommons\.org/.*", re.IGNORECASE)
_CC_WHOLE: Final = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(?:licenses/by(?:-nc)?(?:-sa|-nd)?"
    r"|publicdomain/(?:zero|mark))/\d\.\d(?:/.*)?",
    re.IGNORECASE,
)
_SHUT: Final = frozenset(("closed", "metadata-only"))


@check("type-unknown")
def unknown_type(subject: Subject) -> Iterator[Breach]:
    """Find kinds of things that no vocabulary knows."""
    kind = subject.item.resource_type
    if kind and kind.id == "other" and kind.local:
        message = f"{kind.local!r} is a kind of thing that no vocabulary knows"
        yield Breach(message=message, field="resource_type", value=kind.local)


@check("type-coar-address")
def coar_type(subject: Subject) -> Iterator[Breach]:
    """Find what stands for a term of COAR and is none."""
    kind = subject.item.resource_type
    if kind and kind.coar and not is_coar_type(kind.coar):
        message = f"{kind.coar} is no resource type of COAR"
        yield Breach(message=message, field="resource_type.coar", value=kind.coar)


@check("access-unknown")
def unknown_access(subject: Subject) -> Iterator[Breach]:
    """Find levels of access that are no term of theirs; they are read as licences."""
    rights = subject.item.rights
    for n, licence in enumerate(rights.licenses if rights else ()):
        uri = licence.uri or ""
        if uri.startswith(_ACCESS_TERMS) and access_for(uri) is None:
            message = f"{uri} is no access level"
            field = f"rights.licenses[{n}].uri"
            yield Breach(message=message, field=field, value=uri)


@check("access-and-files")
def access_and_files(subject: Subject) -> Iterator[Breach]:
    """Find files that are open where their item is shut, or the other way round."""
    item = subject.item
    access = item.rights.access if item.rights else None
    levels = {file.access for file in item.files if file.access}
    is_said_open = access == "open" and levels and "open" not in levels
    if (access in _SHUT and "open" in levels) or is_said_open:
        found = ", ".join(sorted(levels))
        message = f"the item is {access}, and its files are {found}"
        yield Breach(message=message, field="rights.access", value=access or "")


@check("access-and-licence")
def access_and_licence(subject: Subject) -> Iterator[Breach]:
    """Find a licence for everybody on what nobody may read."""
    rights = subject.item.rights
    if rights is None or rights.access != "closed":
        return
    for n, licence in enumerate(rights.licenses):
        uri = license_uri(licence) or ""
        if _CC.match(uri):
            message = f"the item is closed, and its licence is {uri}"
            yield Breach(message=message, field=f"rights.licenses[{n}]", value=uri)


@check("licence-unknown")
def unknown_licence(subject: Subject) -> Iterator[Breach]:
    """Find names of licences that SPDX does not list."""
    rights = subject.item.rights
    for n, licence in enumerate(rights.licenses if rights else ()):
        if licence.spdx and not licence.uri and not _SPDX.fullmatch(licence.spdx):
            message = f"{licence.spdx!r} is no licence that SPDX lists"
            field = f"rights.licenses[{n}].spdx"
            yield Breach(message=message, field=field, value=licence.spdx)


@check("licence-address")
def licence_address(subject: Subject) -> Iterator[Breach]:
    """Find addresses at Creative Commons that are no licence's."""
    rights = subject.item.rights
    for n, licence in enumerate(rights.licenses if rights else ()):
        uri = licence.uri or ""
        if _CC.match(uri) and not _CC_WHOLE.fullmatch(uri):
            message = f"{uri} leads to no licence"
            field = f"rights.licenses[{n}].uri"
            yield Breach(message=message, field=field, value=uri)


CHECKS = (
    unknown_type,
    coar_type,
    unknown_access,
    access_and_files,
    access_and_licence,
    unknown_licence,
    licence_address,
)
