"""An endpoint judged, over a socket: how long that takes, and how many requests."""

from collections.abc import Iterator
from contextlib import closing
from time import perf_counter, process_time

from benchmarks.bench import Bench, Contender
from benchmarks.goals import QUICK_REQUESTS, REQUESTS, VALIDATED
from benchmarks.table import Row
from oai_provider.harvester.order import Connecting
from oai_provider.resources import schemas_folder
from oai_provider.validator.catalogue import catalogue
from oai_provider.validator.endpoint import QUICK, USUAL, Depth, Endpoint
from oai_provider.validator.rules import checks
from oai_provider.validator.run import validate as judge
from oai_provider.validator.transport import HttpTransport
from oai_provider.xsd import Schemas


def validate(bench: Bench) -> Iterator[Row]:
    """Judge our own endpoint by default, and quickly."""
    for depth, most in ((USUAL, REQUESTS), (QUICK, QUICK_REQUESTS)):
        requests, seconds, busy = _judged(bench.harvested, depth)
        said = f"{seconds:.1f} s, {busy:.1f} of them its own processor's"
        what = f"validate ({depth.name}): an endpoint of {bench.harvested.count:,}"
        yield Row(what=what, said=said, value=seconds, goal=VALIDATED)
        what = f"validate ({depth.name}): requests"
        yield Row(what=what, said=f"{requests}", value=requests, goal=most)


def _judged(server: Contender, depth: Depth) -> tuple[int, float, float]:
    """Return the requests that were made, and the seconds, all and of work."""
    base_url = f"http://127.0.0.1:{server.port}/oai"
    start, busy = perf_counter(), process_time()
    with closing(HttpTransport(base_url, Connecting())) as transport:
        schemas = Schemas(schemas_folder())
        endpoint = Endpoint(base_url, transport, schemas=schemas, depth=depth, seed=1)
        judgement = judge(endpoint, checks(), catalogue())
    return judgement.requests, perf_counter() - start, process_time() - busy
