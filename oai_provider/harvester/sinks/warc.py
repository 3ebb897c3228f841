"""Every response as it came over the network, in a WARC 1.1 file (ISO 28500:2017).

One gzip member a record, as readers of WARC expect, so whatever a crash cut off at the
end can be told from what is whole. Of a request its line and its arguments are kept,
not its headers, which may hold passwords.
"""

import re
from base64 import b32encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlencode, urlsplit
from uuid import NAMESPACE_URL, uuid5

from isal import igzip, isal_zlib
from isal.igzip_lib import IsalError

from oai_provider.harvester.exchange import Exchange
from oai_provider.harvester.sinks.base import SinkError
from oai_provider.harvester.sinks.durable import Lock, sync, writing

_LEVEL: Final = 2
_GZIP: Final = 31
_CHUNK: Final = 65_536
_FORM: Final = "application/x-www-form-urlencoded"
_ABOUT: Final = b"software: oai-provider\r\nformat: WARC File Format 1.1\r\n"
# What one hop says to the next; the body was put together again.
_NOT_KEPT: Final = frozenset({"transfer-encoding"})
_BREAK: Final = re.compile(r"[\r\n]+[ \t]*")

_Field = tuple[str, str]


class Warc:
    """A WARC file that grows."""

    def __init__(self, path: Path) -> None:
        """Open a file, cutting off a torn end; raises `SinkError`."""
        self._path = path
        self._lock = Lock(path)
        try:
            with writing(path):
                self._file, self._size = _opened(path)
        except SinkError:
            self._lock.release()
            raise

    def write(self, exchange: Exchange) -> None:
        """Add a request and its answer."""
        records = [*_records(exchange)]
        if not self._size:
            records.insert(0, _warcinfo(exchange.sent))
        data = b"".join(igzip.compress(record, _LEVEL, mtime=0) for record in records)
        with writing(self._path):
            self._file.write(data)
        self._size += len(data)

    def commit(self) -> int:
        """Return the size of the file, which is on the disk."""
        with writing(self._path):
            sync(self._file)
        return self._size

    def close(self) -> None:
        """Close the file; what was not committed may be lost."""
        # What cannot be written is what nobody was promised.
        with suppress(OSError):
            self._file.close()
        self._lock.release()


def _opened(path: Path) -> tuple[BinaryIO, int]:
    file = path.open("ab")
    try:
        whole = _end_of_whole(path)
    except SinkError:
        file.close()
        raise
    file.truncate(whole)
    return file, whole


def _end_of_whole(path: Path) -> int:
    """Return where the last whole member ends.

    Raises `SinkError` where something else than a crash did damage: cutting the file
    off there would lose what stands behind it.
    """
    end = 0
    with path.open("rb") as file:
        try:
            for end in _member_ends(file):  # noqa: B007 - the last one is wanted
                pass
        except IsalError as error:  # type: ignore[misc] # stubs say an instance
            file.seek(end)
            # Some file systems leave zeros for what was never written.
            if any(any(chunk) for chunk in iter(lambda: file.read(_CHUNK), b"")):
                raise SinkError(
                    f"{path} is damaged, or no .warc.gz, at byte {end}: name another"
                    " file"
                ) from error
    return end


def _member_ends(file: BinaryIO) -> Iterator[int]:
    """Yield where each member ends; what follows the last may be the torn next."""
    rest, read = b"", 0
    member = isal_zlib.decompressobj(_GZIP)
    while chunk := rest or file.read(_CHUNK):
        read += 0 if rest else len(chunk)
        member.decompress(chunk)
        rest = member.unused_data
        if member.eof:
            yield read - len(rest)
            member = isal_zlib.decompressobj(_GZIP)


def _warcinfo(moment: datetime) -> bytes:
    fields = [("Content-Type", "application/warc-fields")]
    return _record("warcinfo", moment, fields, _ABOUT)


def _records(exchange: Exchange) -> Iterator[bytes]:
    """Yield the record of the answer, and that of the request, as they refer."""
    target = ("WARC-Target-URI", exchange.url)
    block = _answer_head(exchange) + exchange.wire
    answer = _record_id("response", exchange.sent, exchange.url, block)
    yield _record(
        "response",
        exchange.sent,
        [
            target,
            ("WARC-Payload-Digest", _digest(exchange.wire)),
            ("Content-Type", "application/http;msgtype=response"),
        ],
        block,
    )
    yield _record(
        "request",
        exchange.sent,
        [
            target,
            ("WARC-Concurrent-To", answer),
            ("Content-Type", "application/http;msgtype=request"),
        ],
        _request(exchange),
    )


def _answer_head(exchange: Exchange) -> bytes:
    known = {status.value: status.phrase for status in HTTPStatus}
    phrase = known.get(exchange.status, "")
    lines = [f"HTTP/1.1 {exchange.status} {phrase}"]
    for name, value in exchange.headers:
        kept = f"X-Archive-Orig-{name}" if name.lower() in _NOT_KEPT else name
        lines.append(f"{kept}: {_BREAK.sub(' ', value)}")
    return _head(lines)


def _request(exchange: Exchange) -> bytes:
    url = urlsplit(exchange.url)
    path = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    lines = [f"{exchange.method} {path} HTTP/1.1", f"Host: {url.netloc}"]
    if exchange.method != "POST":
        return _head(lines)
    body = urlencode(exchange.arguments).encode()
    lines += [f"Content-Type: {_FORM}", f"Content-Length: {len(body)}"]
    return _head(lines) + body


def _record(
    kind: str, moment: datetime, fields: Sequence[_Field], block: bytes
) -> bytes:
    target = dict(fields).get("WARC-Target-URI", "")
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: {_record_id(kind, moment, target, block)}",
        f"WARC-Date: {_date(moment)}",
        *(f"{name}: {value}" for name, value in fields),
        f"WARC-Block-Digest: {_digest(block)}",
        f"Content-Length: {len(block)}",
    ]
    return _head(lines) + block + b"\r\n\r\n"


def _head(lines: Sequence[str]) -> bytes:
    return "\r\n".join((*lines, "", "")).encode("latin-1", "replace")


def _record_id(kind: str, moment: datetime, target: str, block: bytes) -> str:
    """Return the id of a record: the same for the same, and for nothing else."""
    said = f"{kind} {_date(moment)} {target} {_digest(block)}"
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, said)}>"


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def _digest(data: bytes) -> str:
    return f"sha256:{b32encode(sha256(data).digest()).decode()}"
