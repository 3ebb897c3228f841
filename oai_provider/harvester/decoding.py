"""The body of an answer without its content coding, and never more of it than allowed.

What is cut short or damaged is a fault and no body, since gzip and zlib carry a
checksum. Two faults of servers that lose nothing are read past:

- a body that is labelled as compressed and is plain markup is read as it is;
- what follows the end of the compressed stream is left out. A page must end with
  </OAI-PMH> all the same, so nothing can go missing by this.
"""

from collections.abc import Callable, Generator, Iterator
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Final, cast

from isal import igzip_lib, isal_zlib

from oai_provider.harvester.exchange import FetchFault
from oai_provider.harvester.failing import Failure

_GZIP_MAGIC: Final = b"\x1f\x8b"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
# RFC 9659: what is sent over HTTP needs no larger window, so no more memory.
_ZSTD_WINDOW: Final = 8 * 1024 * 1024
# A block of 4 bytes may become 128 KiB: what one piece becomes stays below 32 MiB.
_ZSTD_PIECE: Final = 1024
_MOST_CODINGS: Final = 4
_MARKUP: Final = (b"<", b"\xef\xbb\xbf")

# Its stubs say that it is an exception, not a class of them.
_ISAL_ERROR: Final = cast(type[Exception], igzip_lib.IsalError)

_GZIP, _ZLIB, _DEFLATE = 31, 15, -15


class _BrokenError(Exception):
    """The bytes are not in the coding they are said to be in."""


def accepted_codings() -> str:
    """Return the codings to offer, as Accept-Encoding has them."""
    return "gzip, deflate, zstd" if _has_zstd() else "gzip, deflate"


@cache
def _has_zstd() -> bool:
    return find_spec("zstandard") is not None


def decoded(wire: bytes, content_encoding: str, *, most_bytes: int) -> bytes:
    """Return the body that came as `wire`, coded as Content-Encoding says.

    Raises `Failure` with CODING for what is not whole, and with TOO_LARGE for more
    than `most_bytes`, of which hardly more are held in memory.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in {"", "identity"}]
    if len(codings) > _MOST_CODINGS:
        raise Failure(FetchFault.CODING, f"{len(codings)} content codings in a row")
    # They are named in the order in which they were applied.
    for coding in reversed(codings):
        wire = _without(coding, wire, most_bytes)
    return wire


def _without(coding: str, data: bytes, most_bytes: int) -> bytes:
    reader = _READERS.get(coding, _unasked)
    try:
        return _joined(reader(data, most_bytes), most_bytes) if data else data
    except _BrokenError as error:
        if data.lstrip().startswith(_MARKUP):
            return data
        reason = f"the body is not {coding}, as it is said to be: {error}"
        raise Failure(FetchFault.CODING, reason) from error


def _joined(parts: Iterator[bytes], most_bytes: int) -> bytes:
    kept, size = [], 0
    for part in parts:
        size += len(part)
        if size > most_bytes:
            raise too_large(most_bytes)
        kept.append(part)
    return kept[0] if len(kept) == 1 else b"".join(kept)


def too_large(most_bytes: int) -> Failure:
    """Return the failure of a body that is larger than what is accepted."""
    return Failure(
        FetchFault.TOO_LARGE, f"the answer is larger than {most_bytes:,} bytes"
    )


def _unasked(data: bytes, most_bytes: int) -> Iterator[bytes]:
    del data, most_bytes
    raise _BrokenError("it was not asked for")


def _gzip(data: bytes, most_bytes: int) -> Iterator[bytes]:
    """Yield what each member of a gzip stream holds."""
    if not data.startswith(_GZIP_MAGIC):
        raise _BrokenError("it does not begin so")
    while data.startswith(_GZIP_MAGIC):
        part, data = _inflated(data, _GZIP, most_bytes)
        yield part


def _deflate(data: bytes, most_bytes: int) -> Iterator[bytes]:
    """Yield what a zlib stream holds, or one without zlib's header.

    RFC 9110, 8.4.1.2, means the first; some servers send the other.
    """
    # RFC 1950, 2.2: method 8, and the first two bytes are a multiple of 31.
    is_zlib = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0  # noqa: PLR2004 - the RFC's numbers
    yield _inflated(data, _ZLIB if is_zlib else _DEFLATE, most_bytes)[0]


def _inflated(data: bytes, wbits: int, most_bytes: int) -> tuple[bytes, bytes]:
    """Return what one stream holds, a byte more than allowed at the most, and the rest.

    Raises `_BrokenError` for a stream that does not reach its end.
    """
    stream = isal_zlib.decompressobj(wbits=wbits)
    try:
        part: bytes = stream.decompress(data, most_bytes + 1)
    except _ISAL_ERROR as error:
        raise _BrokenError(str(error)) from error
    if not stream.eof and len(part) <= most_bytes:
        raise _BrokenError(f"it is cut short after {len(data):,} bytes")
    return part, stream.unused_data


def _zstd(data: bytes, most_bytes: int) -> Iterator[bytes]:
    """Yield what the frames of a zstd stream hold, a little at a time."""
    del most_bytes
    if not _has_zstd():
        raise _BrokenError("it was not asked for")
    import zstandard  # noqa: PLC0415 - an extra

    if not data.startswith(_ZSTD_MAGIC):
        raise _BrokenError("it does not begin so")
    while data.startswith(_ZSTD_MAGIC):
        data = yield from _frame(zstandard, data)


def _frame(zstandard: ModuleType, data: bytes) -> Generator[bytes, None, bytes]:
    stream = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    for start in range(0, len(data), _ZSTD_PIECE):
        try:
            yield stream.decompress(data[start : start + _ZSTD_PIECE])
        except zstandard.ZstdError as error:
            raise _BrokenError(str(error)) from error
        if stream.eof:
            rest: bytes = stream.unused_data
            return rest + data[start + _ZSTD_PIECE :]
    raise _BrokenError(f"it is cut short after {len(data):,} bytes")


_READERS: Final[dict[str, Callable[[bytes, int], Iterator[bytes]]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstd,
}
