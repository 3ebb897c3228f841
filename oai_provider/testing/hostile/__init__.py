"""A hostile OAI-PMH endpoint, for tests of harvesters: a plugin of pytest.

    pytest_plugins = ["oai_provider.testing.hostile"]

    def test_cut_pages_are_noticed(hostile):
        endpoint = hostile("cut-page", records=20)
        ...

The fixture `hostile` opens endpoints on 127.0.0.1; `FAULTS` names what can be wrong
with them. `HostileEndpoint` is the same without a fixture, in a `with` statement.
PYTEST_DONT_REWRITE: nothing here asserts.
"""

from oai_provider.testing.hostile.endpoint import Held, HostileEndpoint, UnknownFault
from oai_provider.testing.hostile.fault import NO_FAULT, Fault, Visit
from oai_provider.testing.hostile.faults import FAULTS
from oai_provider.testing.hostile.holdings import SETS, START, UnknownItem
from oai_provider.testing.hostile.plugin import OpensEndpoints, hostile
from oai_provider.testing.hostile.wire import Asked, Ending, Reply

__all__ = [
    "FAULTS",
    "NO_FAULT",
    "SETS",
    "START",
    "Asked",
    "Ending",
    "Fault",
    "Held",
    "HostileEndpoint",
    "OpensEndpoints",
    "Reply",
    "UnknownFault",
    "UnknownItem",
    "Visit",
    "hostile",
]
