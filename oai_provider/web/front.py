"""What stands before Flask: the endpoint answered at once, the log, the last resort.

Harvesters ask for one path, and Flask's dispatch would cost them more than the
answer does, so that path is looked for first. Paths are whole here, SCRIPT_NAME and
PATH_INFO together, because base_url is: the application answers to the same paths
wherever it is mounted.
"""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from oai_provider.store.base import StoreAway
from oai_provider.web.addresses import Addresses, wsgi_path
from oai_provider.web.answer import Answer, plain
from oai_provider.web.endpoint import Endpoint
from oai_provider.web.log import Log, escaped

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_RETRY_AFTER: Final = 60
_AWAY: Final = plain(
    HTTPStatus.SERVICE_UNAVAILABLE,
    f"The repository's store does not answer now. Try again in {_RETRY_AFTER} seconds.",
    ("Retry-After", str(_RETRY_AFTER)),
)
_FAILED: Final = plain(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Something went wrong here. The repository's log says what.",
)


class Front:
    """The WSGI application that servers call."""

    def __init__(
        self,
        *,
        endpoint: Endpoint,
        pages: "WSGIApplication",
        log: Log,
    ) -> None:
        base_url = endpoint.provider.repository.base_url
        path = wsgi_path(base_url).rstrip("/")
        self._endpoint_paths = {p: escaped(p) for p in (path, f"{path}/")}
        self._endpoint_name = "/" + path.rpartition("/")[2]
        self._host = urlsplit(base_url).netloc
        self._endpoint = endpoint
        self._addresses = Addresses(base_url, log)
        self._pages = pages
        self._log = log

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request and write its line in the log."""
        start = perf_counter()
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        sent = _Sent(start_response)
        body: Iterable[bytes]
        try:
            if path in self._endpoint_paths:
                self._addresses.notice(environ, path)
                body = sent.whole(self._endpoint.answer(environ), environ)
            else:
                body = self._page(environ, path, sent)
        except StoreAway as away:
            self._log.error("the store is away", reason=str(away))
            body = sent.whole(_AWAY, environ)
        except Exception:  # noqa: BLE001 - the last resort: nothing may pass this edge
            self._log.exception("a request failed", path=escaped(path))
            body = sent.whole(_FAILED, environ)
        self._log.info(
            "request",
            method=environ["REQUEST_METHOD"],
            path=self._endpoint_paths.get(path) or escaped(path),
            status=sent.status,
            **sent.facts,
            bytes=sent.length,
            ms=round((perf_counter() - start) * 1000, 2),
            client=environ.get("REMOTE_ADDR"),
        )
        return body

    def _page(
        self, environ: "WSGIEnvironment", path: str, sent: "_Sent"
    ) -> Iterable[bytes]:
        """Return a page for people; a path that nearly is the endpoint's is noticed."""
        if path.rstrip("/").endswith(self._endpoint_name):
            # A proxy that cuts the path short makes the endpoint hard to find.
            self._addresses.notice(environ, path)
        # What is due by now is seen on pages, too.
        self._endpoint.provider.store.now()
        # Flask resolves every request's host; a made-up one may be beyond it.
        whole = {"SCRIPT_NAME": "", "PATH_INFO": path, "HTTP_HOST": self._host}
        return self._pages(environ | whole, sent)


class _Sent:
    """A start_response that remembers what the log wants to know."""

    __slots__ = ("_start_response", "facts", "length", "status")

    def __init__(self, start_response: "StartResponse") -> None:
        self._start_response = start_response
        self.status = 0
        self.length: int | None = None
        self.facts: Mapping[str, object] = {}

    def __call__(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: "OptExcInfo | None" = None,
        /,
    ) -> "Callable[[bytes], object]":
        self.status = int(status[:3])
        lengths = (int(value) for name, value in headers if name == "Content-Length")
        self.length = next(lengths, None)
        return self._start_response(status, headers, exc_info)

    def whole(self, answer: Answer, environ: "WSGIEnvironment") -> list[bytes]:
        self.status, self.facts = answer.status.value, answer.facts
        self.length = answer.length
        self._start_response(answer.status_line, list(answer.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
