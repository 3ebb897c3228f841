"""Every fault by its name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oai_provider.testing.hostile.document_faults import DOCUMENT_FAULTS
from oai_provider.testing.hostile.fault import Fault
from oai_provider.testing.hostile.record_faults import RECORD_FAULTS
from oai_provider.testing.hostile.token_faults import TOKEN_FAULTS
from oai_provider.testing.hostile.transport_faults import TRANSPORT_FAULTS

FAULTS: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        fault.name: fault
        for fault in (
            *DOCUMENT_FAULTS,
            *TOKEN_FAULTS,
            *RECORD_FAULTS,
            *TRANSPORT_FAULTS,
        )
    }
)
