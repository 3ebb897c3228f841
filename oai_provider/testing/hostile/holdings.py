"""The items of the hostile endpoint, made when they are asked for.

A million cost nothing until they are listed: what item n says and when it was last
changed follow from n. Only what was changed since is kept. Places are the order of
the list, by datestamp; whatever changes moves to its end.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from oai_provider.errors import OaiProviderError
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.model import Header, Record
from oai_provider.protocol.request import Selection
from oai_provider.protocol.written import WrittenRecords
from oai_provider.protocol.xml import XSI, Payload, text
from oai_provider.testing.values import OAI_DC

START: Final = datetime(2024, 1, 1, tzinfo=UTC)
SETS: Final = {"even": 2, "third": 3}
"""Every second item is in the one, every third in the other, some in both."""

_PREFIX: Final = "oai:hostile.example:"
_SPAN: Final = 30 * 86_400
_TITLES: Final = tuple(
    text(title).encode()
    for title in (
        "Grüße aus Köln: a façade",
        "Записки путешественника",
        "A plain title",
        "漢字の研究 \U00020bb7",
        "Fish & chips < caviar",
    )
)
_DUBLIN_CORE: Final = (
    f'<oai_dc:dc xmlns:oai_dc="{OAI_DC.namespace}"'
    f' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="{XSI}"'
    f' xsi:schemaLocation="{OAI_DC.namespace} {OAI_DC.schema}">'
    "<dc:title>%b</dc:title><dc:creator>Author %d</dc:creator>"
    "<dc:description>Revision %d</dc:description>"
    "<dc:identifier>https://hostile.example/%d</dc:identifier></oai_dc:dc>"
).encode()
# Of a number, all that matters to the sets is what is left when it is divided by six.
_SET_SPECS: Final = tuple(
    tuple(spec for spec, step in SETS.items() if left % step == 0) for left in range(6)
)
_WRITTEN_SETS: Final = tuple(
    "".join(f"<setSpec>{spec}</setSpec>" for spec in specs).encode()
    for specs in _SET_SPECS
)
_HEADER: Final = (
    b"<identifier>%b%%07d</identifier><datestamp>%%b</datestamp>%%b</header>"
    % _PREFIX.encode()
)
_DELETED: Final = b'<record><header status="deleted">' + _HEADER + b"</record>\n"
_RECORD: Final = b"<record><header>" + _HEADER + b"<metadata>%b</metadata></record>\n"


class UnknownItem(OaiProviderError):
    """A test names an item that the endpoint does not hold."""


class Version(NamedTuple):
    """What an item is at present; revision 0 is what it was at the start."""

    number: int
    datestamp: datetime
    deleted: bool
    revision: int = 0

    @property
    def identifier(self) -> str:
        """The identifier of the item."""
        return identifier_of(self.number)

    @property
    def set_specs(self) -> tuple[str, ...]:
        """The sets that the item is in."""
        return _SET_SPECS[self.number % len(_SET_SPECS)]

    def record(self) -> Record:
        """Return the item as a record in oai_dc."""
        identifier, datestamp = self.identifier, self.datestamp
        header = Header(identifier, datestamp, self.set_specs, self.deleted)
        return Record(header, None if self.deleted else Payload(_content(self)))

    def written(self) -> bytes:
        """Return the same as `write` writes it, in a third of the time."""
        stamp = format_datestamp(self.datestamp, Granularity.SECOND).encode()
        sets = _WRITTEN_SETS[self.number % len(_WRITTEN_SETS)]
        if self.deleted:
            return _DELETED % (self.number, stamp, sets)
        return _RECORD % (self.number, stamp, sets, _content(self))


Hides = Callable[[Version], bool]
"""Which versions a repository does not show."""


def identifier_of(number: int) -> str:
    """Return the identifier of an item, which are numbered from 0."""
    return f"{_PREFIX}{number:07}"


def _content(version: Version) -> bytes:
    number = version.number
    title = _TITLES[number % len(_TITLES)]
    return _DUBLIN_CORE % (title, number, version.revision, number)


class VersionsListed(WrittenRecords):
    """A page of records, written already: benchmarks wait for nothing else."""

    __slots__ = ("_versions",)

    def __init__(self, versions: Sequence[Version]) -> None:
        written = [version.written() for version in versions]
        super().__init__(written, versions[-1].datestamp)
        self._versions = versions

    def __iter__(self) -> Iterator[Record]:
        """Yield the records."""
        return (version.record() for version in self._versions)


class Holdings:
    """All items of a repository, and what happens to them."""

    def __init__(self, count: int, clock: Callable[[], datetime]) -> None:
        self._count = count
        self._clock = clock
        self._step = max(1, _SPAN // max(1, count))
        self._gone: set[int] = set()
        self._later: dict[int, Version] = {}
        self._places: dict[int, int] = {}
        self._next_place = self._next_number = count
        self._newest = self._stamp(max(0, count - 1))

    @property
    def marked(self) -> str:
        """The identifier of the item that faults of one record strike."""
        return identifier_of(self._count * 2 // 5)

    def current(self, identifier: str) -> Version | None:
        """Return what an item is at present; None if there is none."""
        digits = identifier.removeprefix(_PREFIX)
        if not digits.isdecimal() or identifier != identifier_of(int(digits)):
            return None
        number = int(digits)
        if number in self._places:
            return self._later[self._places[number]]
        is_there = number < self._count and number not in self._gone
        return self._original(number) if is_there else None

    def after(
        self, selected: Selection, place: int = -1
    ) -> Iterator[tuple[int, Version]]:
        """Yield what is selected beyond a place, with the place of each."""
        base = self._base(selected)
        for number in base[bisect_right(base, place) :]:
            if number not in self._gone:
                yield number, self._original(number)
        for later, version in self._later.items():
            if later > place and includes(selected, version):
                yield later, version

    def size(self, selected: Selection) -> int:
        """Return how many items are selected."""
        base = self._base(selected)
        gone = sum(number in base for number in self._gone)
        later = sum(includes(selected, version) for version in self._later.values())
        return len(base) - gone + later

    def revise(self, identifier: str, *, deleted: bool) -> None:
        """Change an item now, or delete it.

        Raises `UnknownItem`.
        """
        old = self._known(identifier)
        self._drop(old.number)
        self._append(Version(old.number, self._stamp_now(), deleted, old.revision + 1))

    def add(self) -> str:
        """Add an item now, and return its identifier."""
        number, self._next_number = self._next_number, self._next_number + 1
        self._append(Version(number, self._stamp_now(), deleted=False))
        return identifier_of(number)

    def forget(self, identifier: str) -> None:
        """Lose an item without a trace.

        Raises `UnknownItem`.
        """
        self._drop(self._known(identifier).number)

    def _known(self, identifier: str) -> Version:
        version = self.current(identifier)
        if version is None:
            raise UnknownItem(
                f"there is no item {identifier}; `records` of the endpoint has all"
            )
        return version

    def _drop(self, number: int) -> None:
        place = self._places.pop(number, None)
        if place is None:
            self._gone.add(number)
        else:
            del self._later[place]

    def _append(self, version: Version) -> None:
        self._places[version.number] = self._next_place
        self._later[self._next_place] = version
        self._next_place += 1

    def _stamp_now(self) -> datetime:
        # Never backwards, whatever the clock says: places are in order of datestamps.
        self._newest = max(self._newest, self._clock().replace(microsecond=0))
        return self._newest

    def _stamp(self, number: int) -> datetime:
        # The first of five is stamped as the last of the five before: with the usual
        # pages of five, one second is parted by every end of a page.
        tied = number > 0 and number % 5 == 0
        return START + timedelta(0, (number - tied) * self._step)

    def _original(self, number: int) -> Version:
        return Version(number, self._stamp(number), number % 10 == 7)  # noqa: PLR2004 - 2 of 20

    def _base(self, selected: Selection) -> range:
        numbers, low, high = range(self._count), 0, self._count
        if selected.from_ is not None:
            low = bisect_left(numbers, selected.from_, key=self._stamp)
        if selected.until is not None:
            high = bisect_right(numbers, selected.until, key=self._stamp)
        if selected.set_spec is None:
            return range(low, high)
        if selected.set_spec not in SETS:
            return range(0)
        step = SETS[selected.set_spec]
        return range(-(-low // step) * step, high, step)


def includes(selected: Selection, version: Version) -> bool:
    """Tell whether a version is in a list."""
    start, end, spec = selected.from_, selected.until, selected.set_spec
    return (
        (start is None or start <= version.datestamp)
        and (end is None or version.datestamp <= end)
        and (spec is None or spec in version.set_specs)
    )
