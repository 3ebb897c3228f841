"""Where `records/` and `schemas/` are: the checkout, else the wheel's copy."""

from pathlib import Path

from oai_provider.errors import OaiProviderError

_PACKAGE = Path(__file__).parent


class ResourceMissing(OaiProviderError):
    """A folder that belongs to the program is not there."""


def schemas_folder() -> Path:
    """Return the folder of XML Schemas with its `catalog.xml`."""
    return bundled_folder("schemas", package=_PACKAGE)


def records_folder() -> Path:
    """Return the folder of the records the program brings along."""
    return bundled_folder("records", package=_PACKAGE)


def bundled_folder(name: str, *, package: Path) -> Path:
    """Return a folder beside the package in a checkout, or inside it in a wheel."""
    checkout = package.parent / name
    if checkout.is_dir() and (package.parent / "pyproject.toml").is_file():
        return checkout
    bundled = package / "_bundled" / name
    if bundled.is_dir():
        return bundled
    raise ResourceMissing(
        f"the folder {name}/ is neither at {checkout} (a checkout) nor at {bundled}"
        " (an installed wheel): install oai-provider again"
    )
