"""A document under repair: its text, what was done, and where that was before."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from oai_provider.harvester.listing import PageError, PageFault, Repair, RepairKind

MOST_REPAIRS: Final = 10_000
"""A document that needs more is not one that anybody meant."""


class Edit(NamedTuple):
    """Bytes to be put in the place of others; told as a repair if it has a kind."""

    start: int
    end: int
    put: bytes = b""
    kind: RepairKind | None = None
    reason: str = ""


def _same(position: int) -> int:
    return position


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document as it came, and as it is after the repairs."""

    original: bytes
    text: bytes
    repairs: tuple[Repair, ...] = ()
    offset: Callable[[int], int] = _same
    """Returns where in the original a byte of the text was."""

    def edited(self, edits: Iterable[Edit]) -> "Draft":
        """Return the draft after edits in order; raises `PageError` at too many."""
        pieces: list[bytes] = []
        repairs = [*self.repairs]
        moved = _Moved()
        end = 0
        for edit in edits:
            kept = self.text[end : edit.start]
            pieces += (kept, edit.put)
            end = edit.end
            moved.add(edit, len(kept))
            if edit.kind is not None:
                repairs.append(Repair(edit.kind, self.offset(edit.start), edit.reason))
            if len(repairs) > MOST_REPAIRS:
                raise _hopeless()
        if not pieces:
            return self
        before = self.offset
        return Draft(
            original=self.original,
            text=b"".join((*pieces, self.text[end:])),
            repairs=tuple(repairs),
            offset=lambda position: before(moved.back(position)),
        )


class _Moved:
    """Where the bytes of a text were before edits."""

    def __init__(self) -> None:
        self._length = 0
        self._now, self._then = [0], [0]

    def add(self, edit: Edit, kept: int) -> None:
        self._length += kept
        self._mark(edit.start)
        self._length += len(edit.put)
        self._mark(edit.end)

    def _mark(self, then: int) -> None:
        self._now.append(self._length)
        self._then.append(then)

    def back(self, position: int) -> int:
        index = bisect_right(self._now, position) - 1
        return self._then[index] + position - self._now[index]


def transcoded(body: bytes, encoding: str, *, skipped: int = 0) -> Draft | None:
    """Return a document as UTF-8, None if it is not in that encoding."""
    try:
        said = body[skipped:].decode(encoding)
        text = said.encode()
    except UnicodeError:
        return None
    now, then = [0], [skipped]
    for start in range(0, len(said), _STEP):
        part = said[start : start + _STEP]
        now.append(now[-1] + len(part.encode()))
        then.append(then[-1] + len(part.encode(encoding)))

    def offset(position: int) -> int:
        index = bisect_right(now, position) - 1
        part = text[now[index] : position].decode(errors="ignore")
        return then[index] + len(part.encode(encoding))

    return Draft(original=body, text=text, offset=offset)


_STEP: Final = 1_024


def _hopeless() -> PageError:
    return PageError(
        f"the answer is not well-formed XML, and needs more than {MOST_REPAIRS:,}"
        " repairs: the endpoint must write XML",
        fault=PageFault.NOT_XML,
    )
