"""The next page, asked for while the one before it is read.

A list is known to go on as soon as its page is here: the token stands at its end. Only
one request is under way at a time, and what came in vain is told to the archive like
all else. Whoever is stopped does not wait for it.
"""

import re
from collections.abc import Callable
from concurrent.futures import Future
from html import unescape
from threading import Thread
from typing import Final

from oai_provider.harvester.exchange import Arguments, Exchange

_TAIL: Final = 4_000
_TOKEN: Final = re.compile(
    rb"<(?:[\w.-]+:)?resumptionToken(?:\s[^<>]*)?>\s*([^<>]*[^<>\s])\s*"
    rb"</(?:[\w.-]+:)?resumptionToken\s*>"
    rb"\s*</(?:[\w.-]+:)?List\w+\s*>\s*</(?:[\w.-]+:)?OAI-PMH\s*>\s*\Z"
)


def token_of(body: bytes) -> str:
    """Return the token at the end of a page, empty where none is seen at a glance."""
    found = _TOKEN.search(body, max(0, len(body) - _TAIL))
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


class Ahead:
    """A request that is under way."""

    def __init__(self, arguments: Arguments, ask: Callable[[], Exchange]) -> None:
        """Ask in a thread of its own, which ends with the program."""
        self.arguments = arguments
        self._ask = ask
        self._answer: Future[Exchange] = Future()
        Thread(target=self._run, name="ahead", daemon=True).start()

    def _run(self) -> None:
        try:
            self._answer.set_result(self._ask())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            self._answer.set_exception(error)

    def exchange(self) -> Exchange:
        """Return the answer when it is here; raises what asking raised."""
        return self._answer.result()
