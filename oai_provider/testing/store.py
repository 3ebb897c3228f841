"""What every store does."""

from oai_provider.testing.store_lists import ListConformance
from oai_provider.testing.store_sets import SetConformance
from oai_provider.testing.store_settling import SettlingConformance
from oai_provider.testing.store_writing import WritingConformance


class StoreConformance(
    WritingConformance, ListConformance, SetConformance, SettlingConformance
):
    """Tests of a `Store`: subclass it and override the fixture `store`.

    The fixture returns a new, empty store that reads the fixture `clock`.
    """
