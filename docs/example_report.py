"""Writes the page with a report of `validate` on two libraries that others wrote.

`python docs/example_report.py` judges them over a socket and writes what was found;
`--check` fails if the page is not as it would be written. Ports and times are replaced,
so that the same is written each time.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

DOCS: Final = Path(__file__).parent
PAGE: Final = DOCS / "reference" / "example-report.md"
# What serves the libraries is no part of what is installed.
sys.path.append(str(DOCS.parent / "tests"))

from interop.providers import APPS, holdings_of  # noqa: E402
from interop.serving import serving  # noqa: E402

from oai_provider.harvester.order import Connecting  # noqa: E402
from oai_provider.resources import schemas_folder  # noqa: E402
from oai_provider.validator.catalogue import catalogue  # noqa: E402
from oai_provider.validator.endpoint import Endpoint  # noqa: E402
from oai_provider.validator.report import tell  # noqa: E402
from oai_provider.validator.rules import checks  # noqa: E402
from oai_provider.validator.run import Judgement, validate  # noqa: E402
from oai_provider.validator.transport import HttpTransport  # noqa: E402
from oai_provider.xsd import Schemas  # noqa: E402

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_WIDTH: Final = 88
_CHANGING: Final = (
    (re.compile(r"http://127\.0\.0\.1:\d+/"), "http://127.0.0.1:8080/"),
    (re.compile(r"(?<=<responseDate>)[^<]+"), "2026-01-01T00:00:00Z"),
)
_NAMES: Final = {"oaipmh": "oaipmh 4.0", "oai_repo": "oai_repo 0.5"}
_HEAD: Final = """\
# A report, and how to read it

Two libraries for Python with which people write repositories, served on a socket with
250 items each, and judged by `oai-provider validate BASE_URL --seed 1`. A script writes
this page from a real run; ports and times are replaced. The findings hold for the
versions that are named, and for the few lines of code by which they are served here.

## Reading it as the manager of such a repository

*Not compliant* does not mean that nobody can harvest it. Both libraries are harvested
whole by ours, and answer all six verbs, windows and sets. Whoever answers for a
repository reads the list by what it costs whom:

- *Records may be missed.* With `oai_repo`, a harvester that asks for a day gets its
  first second only (`dates-days`): a nightly harvest from and until yesterday brings
  next to nothing. This comes first. Until it is mended, let harvesters ask by seconds.
- *A harvester cannot know that it is done.* `oaipmh` ends lists without the empty
  resumptionToken (`token-last-empty`) and tells no size. Harvesters do stop, but none
  can prove that the list was complete.
- *Mistakes of others go unnoticed.* Dates that are turned round, a format that does not
  exist, an item that does not exist: what should be refused is answered, or by another
  error. That harms only who makes mistakes, and they will ask you about it.
- *What is repeated in `<request>` is not what was asked* (`xml-request-echo`). Few
  harvesters look at it; a validator that compares byte by byte will complain.
- *Not theirs at all.* Both take the arguments of a request as a dictionary, so that
  repeated ones (`error-repeated-verb`, `error-repeated-argument` and
  `error-repeated-from`) have to be refused by the application around them. The one here
  does not.

What is *not checked* is said with its reason, and has not passed: `oai_repo` is served
without deleted records here, so that nothing is known of how it tells them. An *info*
breaks nothing.
"""


def judgement(provider: str) -> Judgement:
    """Return the judgement of a library over a socket."""
    holdings = holdings_of(provider)

    def app(base_url: str) -> "WSGIApplication":
        holdings.base_url = base_url
        return APPS[provider](holdings)

    with serving(app) as base_url:
        transport = HttpTransport(base_url, Connecting())
        schemas = Schemas(schemas_folder())
        endpoint = Endpoint(base_url, transport, schemas=schemas, seed=1)
        found = validate(endpoint, checks(), catalogue())
        transport.close()
    return found


def page(judgements: Mapping[str, Judgement]) -> str:
    """Return the page for the judgements of all libraries."""
    return "\n".join(_lines(judgements)).rstrip("\n") + "\n"


def _lines(judgements: Mapping[str, Judgement]) -> Iterator[str]:
    yield _HEAD
    for provider, found in judgements.items():
        yield f"## {_NAMES[provider]}\n"
        yield f"```text\n{_told(found)}\n```\n"


def _told(found: Judgement) -> str:
    written = StringIO()
    tell(found, Console(file=written, width=_WIDTH, color_system=None))
    text = written.getvalue().strip("\n")
    for pattern, steady in _CHANGING:
        text = pattern.sub(steady, text)
    return "\n".join(line.rstrip() for line in text.splitlines())


def main(arguments: Sequence[str]) -> int:
    """Write the page, or check it; return the exit code."""
    written = page({name: judgement(name) for name in APPS})
    if list(arguments) == ["--check"]:
        is_stale = not PAGE.is_file() or PAGE.read_text("utf-8") != written
        if is_stale:
            sys.stderr.write(f"{PAGE} is out of date: run docs/example_report.py\n")
        return is_stale
    PAGE.write_text(written, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
