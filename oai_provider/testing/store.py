"""What every store does."""

from oai_provider.testing.store_foresight import ForesightConformance
from oai_provider.testing.store_lists import ListConformance
from oai_provider.testing.store_quarantine import QuarantineConformance
from oai_provider.testing.store_reassigning import ReassigningConformance
from oai_provider.testing.store_sets import SetConformance
from oai_provider.testing.store_settling import SettlingConformance
from oai_provider.testing.store_writing import WritingConformance


class StoreConformance(
    WritingConformance,
    ListConformance,
    SetConformance,
    QuarantineConformance,
    ReassigningConformance,
    SettlingConformance,
    ForesightConformance,
):
    """Tests of a `Store`: subclass it and override the fixture `store`.

    The fixture returns a new, empty store that reads the fixture `clock`.
    """
