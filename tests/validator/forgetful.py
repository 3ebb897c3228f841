"""A repository that keeps tokens to itself, and forgets all but the last one."""

import re
from dataclasses import replace
from xml.sax.saxutils import quoteattr, unescape

from validator.specification import Repository

from oai_provider.validator.exchange import Exchange, Request


class Forgetful:
    """A transport to a repository that knows no token but the last of each list."""

    def __init__(self, of: Repository) -> None:
        self._of = of
        self._known: dict[str, tuple[int, str]] = {}
        """Of each token the list it is of, and what it stands for."""
        self._lists = 0
        self._issued = 0

    def send(self, request: Request) -> Exchange:
        """Return the exchange, in which tokens are mere numbers."""
        names = [name for name, _ in request.arguments]
        asked = request
        if names == ["verb", "resumptionToken"]:
            token = request.arguments[1][1]
            number, real = self._known.get(token, (0, "none"))
            self._known = {
                name: one
                for name, one in self._known.items()
                if one[0] != number or name == token
            }
            pairs = (request.arguments[0], ("resumptionToken", real))
            asked = replace(request, arguments=pairs, written=None)
        else:
            self._lists += 1
            number = self._lists
        exchange = self._of.send(asked)
        value = re.search(rb"<resumptionToken[^>]*>([^<]+)<", exchange.body)
        body = exchange.body.replace(
            quoteattr(dict(asked.arguments).get("resumptionToken", "?")).encode(),
            quoteattr(dict(request.arguments).get("resumptionToken", "?")).encode(),
        )
        if value:
            self._issued += 1
            name = str(self._issued)
            self._known[name] = number, unescape(value[1].decode())
            body = body.replace(value[1] + b"<", name.encode() + b"<")
        return replace(exchange, request=request, body=body)
