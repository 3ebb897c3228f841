"""The terms of other vocabularies for what the item model says, in one table each.

Facts only: COAR resource types 3, info:eu-repo (OpenAIRE guidelines 3), MARC genre
terms, MODS typeOfResource, DCMI types, DataCite 4.6, CSL 1.0.2, schema.org, MARC
relators. A vocabulary that has no term for something has none here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product
from typing import Final

COAR_RESOURCE_TYPE: Final = "http://purl.org/coar/resource_type/"
COAR_ACCESS_RIGHT: Final = "http://purl.org/coar/access_right/"
EU_REPO: Final = "info:eu-repo/semantics/"
_COAR_TYPE: Final = re.compile(
    rf"{re.escape(COAR_RESOURCE_TYPE).replace('http:', 'https?:')}"
    r"(?:c_[0-9a-z]{4,}|[A-Z0-9]{4,}-[A-Z0-9]{4,})/?"
)
MARC_RELATORS: Final = "http://id.loc.gov/vocabulary/relators/"


@dataclass(frozen=True, slots=True)
class ResourceTypeTerms:
    """One kind of thing in every vocabulary; empty where a vocabulary has no term."""

    id: str
    coar: str
    coar_label: str
    eu_repo: str
    marcgt: str
    mods: str
    dcmi: str
    datacite: str
    csl: str
    schema_org: str

    @property
    def coar_uri(self) -> str:
        """COAR's address of the concept."""
        return COAR_RESOURCE_TYPE + self.coar

    @property
    def eu_repo_uri(self) -> str:
        """The term as OpenAIRE's guidelines 3 write it in dc:type."""
        return EU_REPO + self.eu_repo


# Where a term stands in several rows, it is read as the first of them.
_RESOURCE_TYPES: Final = """
other                  | c_1843     | other                   | other           | -                      | -                    | -                   | Other                | document         | CreativeWork
text                   | c_18cf     | text                    | other           | -                      | text                 | Text                | Text                 | document         | TextDigitalDocument
image                  | c_c513     | image                   | other           | picture                | still image          | Image               | Image                | graphic          | ImageObject
still-image            | c_ecc8     | still image             | other           | picture                | still image          | StillImage          | Image                | graphic          | ImageObject
moving-image           | c_8a7e     | moving image            | other           | motion picture         | moving image         | MovingImage         | Audiovisual          | motion_picture   | VideoObject
video                  | c_12ce     | video                   | other           | videorecording         | moving image         | MovingImage         | Audiovisual          | motion_picture   | VideoObject
sound                  | c_18cc     | sound                   | other           | sound                  | sound recording      | Sound               | Sound                | song             | AudioObject
software               | c_5ce6     | software                | other           | -                      | software, multimedia | Software            | Software             | software         | SoftwareSourceCode
dataset                | c_ddb1     | dataset                 | other           | -                      | software, multimedia | Dataset             | Dataset              | dataset          | Dataset
interactive-resource   | c_e9a0     | interactive resource    | other           | -                      | software, multimedia | InteractiveResource | InteractiveResource  | webpage          | CreativeWork
website                | c_7ad9     | website                 | other           | web site               | software, multimedia | InteractiveResource | InteractiveResource  | webpage          | WebSite
workflow               | c_393c     | workflow                | other           | -                      | -                    | -                   | Workflow             | document         | CreativeWork
learning-object        | c_e059     | learning object         | other           | -                      | -                    | -                   | InteractiveResource  | document         | LearningResource
map                    | c_12cd     | map                     | other           | map                    | cartographic         | Image               | Image                | map              | Map
cartographic-material  | c_12cc     | cartographic material   | other           | -                      | cartographic         | -                   | Image                | map              | Map
musical-notation       | c_18cw     | musical notation        | other           | -                      | notated music        | -                   | Other                | musical_score    | SheetMusic
article                | c_6501     | journal article         | article         | article                | text                 | Text                | JournalArticle       | article-journal  | ScholarlyArticle
research-article       | c_2df8fbb1 | research article        | article         | article                | text                 | Text                | JournalArticle       | article-journal  | ScholarlyArticle
review-article         | c_dcae04bc | review article          | article         | article                | text                 | Text                | JournalArticle       | article-journal  | ScholarlyArticle
data-paper             | c_beb9     | data paper              | article         | article                | text                 | Text                | DataPaper            | article-journal  | ScholarlyArticle
editorial              | c_b239     | editorial               | contributionToPeriodical | article       | text                 | Text                | JournalArticle       | article-journal  | Article
letter-to-the-editor   | c_545b     | letter to the editor    | contributionToPeriodical | -             | text                 | Text                | JournalArticle       | article-journal  | Article
newspaper-article      | c_998f     | newspaper article       | contributionToPeriodical | article       | text                 | Text                | Text                 | article-newspaper | NewsArticle
review                 | c_efa0     | review                  | review          | review                 | text                 | Text                | Text                 | review           | Review
book-review            | c_ba08     | book review             | review          | review                 | text                 | Text                | Text                 | review-book      | Review
book                   | c_2f33     | book                    | book            | book                   | text                 | Text                | Book                 | book             | Book
book-part              | c_3248     | book part               | bookPart        | -                      | text                 | Text                | BookChapter          | chapter          | Chapter
bibliography           | c_86bc     | bibliography            | other           | bibliography           | text                 | Text                | Text                 | document         | CreativeWork
conference-output      | c_c94f     | conference output       | conferenceObject | conference publication | text                | Text                | Text                 | paper-conference | ScholarlyArticle
conference-paper       | c_5794     | conference paper        | conferenceObject | conference publication | text                | Text                | ConferencePaper      | paper-conference | ScholarlyArticle
conference-poster      | c_6670     | conference poster       | conferenceObject | conference publication | text                | Text                | Text                 | speech           | Poster
conference-presentation | R60J-J5BD | conference presentation | conferenceObject | conference publication | text                | Text                | Text                 | speech           | PresentationDigitalDocument
conference-proceedings | c_f744     | conference proceedings  | conferenceObject | conference publication | text                | Text                | ConferenceProceeding | book             | Book
lecture                | c_8544     | lecture                 | lecture         | speech                 | text                 | Text                | Text                 | speech           | CreativeWork
thesis                 | c_46ec     | thesis                  | other           | thesis                 | text                 | Text                | Dissertation         | thesis           | Thesis
bachelor-thesis        | c_7a1f     | bachelor thesis         | bachelorThesis  | thesis                 | text                 | Text                | Dissertation         | thesis           | Thesis
master-thesis          | c_bdcc     | master thesis           | masterThesis    | thesis                 | text                 | Text                | Dissertation         | thesis           | Thesis
doctoral-thesis        | c_db06     | doctoral thesis         | doctoralThesis  | thesis                 | text                 | Text                | Dissertation         | thesis           | Thesis
report                 | c_93fc     | report                  | report          | -                      | text                 | Text                | Report               | report           | Report
technical-report       | c_18gh     | technical report        | report          | technical report       | text                 | Text                | Report               | report           | Report
research-report        | c_18ws     | research report         | report          | technical report       | text                 | Text                | Report               | report           | Report
working-paper          | c_8042     | working paper           | workingPaper    | -                      | text                 | Text                | Text                 | report           | ScholarlyArticle
preprint               | c_816b     | preprint                | preprint        | article                | text                 | Text                | Preprint             | article          | ScholarlyArticle
annotation             | c_1162     | annotation              | annotation      | -                      | text                 | Text                | Text                 | document         | CreativeWork
manuscript             | c_0040     | manuscript              | other           | -                      | text                 | Text                | Text                 | manuscript       | Manuscript
patent                 | c_15cd     | patent                  | patent          | patent                 | text                 | Text                | Text                 | patent           | CreativeWork
periodical             | QX5C-AR31  | other periodical        | other           | periodical             | text                 | Text                | Text                 | periodical       | Periodical
journal                | c_0640     | journal                 | other           | periodical             | text                 | Text                | Journal              | periodical       | Periodical
newspaper              | c_2fe3     | newspaper               | other           | newspaper              | text                 | Text                | Text                 | periodical       | Newspaper
"""  # noqa: E501 - a table is read across


@dataclass(frozen=True, slots=True)
class RoleTerms:
    """One role of an agent: MARC's code and label, DataCite's contributor type."""

    code: str
    label: str
    datacite: str

    @property
    def id(self) -> str:
        """The form the item keeps: MARC's code, or DataCite's type without one."""
        return self.code or self.datacite

    @property
    def marc_uri(self) -> str:
        """The Library of Congress's address of the role, empty without a code."""
        return self.code and MARC_RELATORS + self.code


# MARC code and label, and the contributor type of DataCite that says the same.
_ROLES: Final = """
aut | author                  | -
edt | editor                  | Editor
trl | translator              | Translator
ill | illustrator             | -
com | compiler                | -
ctb | contributor             | -
ths | thesis advisor          | Supervisor
dgs | degree supervisor       | Supervisor
dgc | degree committee member | -
dgg | degree granting institution | -
opn | opponent                | -
rev | reviewer                | -
pbl | publisher               | -
isb | issuing body            | -
dst | distributor             | Distributor
prt | printer                 | -
spn | sponsor                 | Sponsor
fnd | funder                  | -
his | host institution        | HostingInstitution
orm | organizer               | -
cph | copyright holder        | RightsHolder
pth | patent holder           | -
inv | inventor                | -
res | researcher              | Researcher
rth | research team head      | -
rtm | research team member    | -
pdr | project director        | ProjectLeader
dtc | data contributor        | -
dtm | data manager            | DataManager
cur | curator                 | -
col | collector               | -
dnr | donor                   | -
fmo | former owner            | -
rps | repository              | -
cre | creator                 | -
art | artist                  | -
arc | architect               | -
pht | photographer            | -
egr | engraver                | -
ctg | cartographer            | -
cov | cover designer          | -
cmp | composer                | -
arr | arranger                | -
lbt | librettist              | -
lyr | lyricist                | -
cnd | conductor               | -
mus | musician                | -
sng | singer                  | -
prf | performer               | -
act | actor                   | -
drt | director                | -
pro | producer                | Producer
cng | cinematographer         | -
aus | screenwriter            | -
nrt | narrator                | -
spk | speaker                 | -
mod | moderator               | -
pan | panelist                | -
ive | interviewee             | -
ivr | interviewer             | -
adp | adapter                 | -
abr | abridger                | -
ann | annotator               | -
cmm | commentator             | -
aui | author of introduction, etc. | -
aft | author of afterword, colophon, etc. | -
trc | transcriber             | -
rcp | addressee               | -
prg | programmer              | -
oth | other                   | Other
-   | contact person          | ContactPerson
-   | data collector          | DataCollector
-   | data curator            | DataCurator
-   | project manager         | ProjectManager
-   | project member          | ProjectMember
-   | registration agency     | RegistrationAgency
-   | registration authority  | RegistrationAuthority
-   | related person          | RelatedPerson
-   | research group          | ResearchGroup
-   | work package leader     | WorkPackageLeader
"""


@dataclass(frozen=True, slots=True)
class AccessTerms:
    """One level of access: COAR's concept and label, and info:eu-repo's term."""

    id: str
    coar: str
    coar_label: str
    eu_repo: str

    @property
    def coar_uri(self) -> str:
        """COAR's address of the concept, empty where it has none."""
        return self.coar and COAR_ACCESS_RIGHT + self.coar

    @property
    def eu_repo_uri(self) -> str:
        """The term as OpenAIRE's guidelines 3 write it in dc:rights."""
        return EU_REPO + self.eu_repo


# COAR has no concept for closed access, info:eu-repo none for metadata alone.
_ACCESS: Final = """
open          | c_abf2 | open access          | openAccess
embargoed     | c_f1cf | embargoed access     | embargoedAccess
restricted    | c_16ec | restricted access    | restrictedAccess
closed        | -      | -                    | closedAccess
metadata-only | c_14cb | metadata only access | closedAccess
"""

_RELATIONS: Final = """
    IsCitedBy Cites IsSupplementTo IsSupplementedBy IsContinuedBy Continues
    IsDescribedBy Describes HasMetadata IsMetadataFor HasVersion IsVersionOf
    IsNewVersionOf IsPreviousVersionOf IsPartOf HasPart IsPublishedIn IsReferencedBy
    References IsDocumentedBy Documents IsCompiledBy Compiles IsVariantFormOf
    IsOriginalFormOf IsIdenticalTo IsReviewedBy Reviews IsDerivedFrom IsSourceOf
    IsRequiredBy Requires IsObsoletedBy Obsoletes IsCollectedBy Collects
    HasTranslation IsTranslationOf Other
"""


def _rows(table: str) -> list[list[str]]:
    lines = table.strip().splitlines()
    return [[_cell(cell) for cell in line.split("|")] for line in lines]


def _cell(cell: str) -> str:
    return cell.strip().removeprefix("-")


RESOURCE_TYPES: Final[Mapping[str, ResourceTypeTerms]] = {
    row[0]: ResourceTypeTerms(*row) for row in _rows(_RESOURCE_TYPES)
}
ROLES: Final[Mapping[str, RoleTerms]] = {
    role.id: role for role in (RoleTerms(*row) for row in _rows(_ROLES))
}
ACCESS: Final[Mapping[str, AccessTerms]] = {
    row[0]: AccessTerms(*row) for row in _rows(_ACCESS)
}
# DataCite's relation types, by their lower-case form.
RELATION_TYPES: Final[Mapping[str, str]] = {r.lower(): r for r in _RELATIONS.split()}


_Terms = ResourceTypeTerms | RoleTerms | AccessTerms
# Our own ids first, so that no other vocabulary's term hides one of them.
_OWN: Final = ("id", "coar", "coar_uri", "coar_label", "code", "marc_uri", "label")
_OTHERS: Final = ("eu_repo", "eu_repo_uri", "marcgt", "mods", "dcmi", "datacite", "csl")


def _index(rows: Iterable[_Terms]) -> Mapping[str, str]:
    """Return ids by every spelling of every term; the first row of a term has it."""
    index: dict[str, str] = {}
    rows = list(rows)
    for names in (_OWN, (*_OTHERS, "schema_org")):
        for row, name in product(rows, names):
            index.setdefault(str(getattr(row, name, "")).casefold(), row.id)
    del index[""]
    return index


_RESOURCE_TYPE_INDEX: Final = _index(RESOURCE_TYPES.values())
_ROLE_INDEX: Final = _index(ROLES.values())
_ACCESS_INDEX: Final = _index(ACCESS.values())


def resource_type_for(term: str) -> str | None:
    """Return our id for a resource type, by any vocabulary's term or URI."""
    return _RESOURCE_TYPE_INDEX.get(term.strip().casefold())


def is_coar_type(value: str) -> bool:
    """Tell whether it is written as the address of one of COAR's resource types."""
    return _COAR_TYPE.fullmatch(value) is not None


def role_for(term: str) -> str | None:
    """Return our id for a role, by MARC's code, label or URI, or DataCite's type."""
    return _ROLE_INDEX.get(term.strip().casefold())


def access_for(term: str) -> str | None:
    """Return our id for a level of access, by COAR's or info:eu-repo's term or URI."""
    return _ACCESS_INDEX.get(term.strip().casefold())


def resource_type_id(value: str) -> str:
    """Return our id for a resource type, or raise ValueError with the nearest ones."""
    found = resource_type_for(value)
    if found is None:
        near = get_close_matches(value.casefold(), RESOURCE_TYPES, n=1)
        known = ", ".join(RESOURCE_TYPES)
        meant = f"did you mean {near[0]}?" if near else f"write one of {known}"
        raise ValueError(f"{value!r} is not a resource type: {meant}")
    return found


def role_term(value: str) -> str:
    """Return our id for a role; a role that no vocabulary knows stays in its words."""
    return role_for(value) or value
