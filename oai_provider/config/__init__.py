"""The configuration: what can be set, and how it is read."""

from oai_provider.config.loading import ConfigError, load_config
from oai_provider.config.model import (
    PREFIX,
    Config,
    RepositorySettings,
    ServerSettings,
    StoreSettings,
    settings,
)

__all__ = [
    "PREFIX",
    "Config",
    "ConfigError",
    "RepositorySettings",
    "ServerSettings",
    "StoreSettings",
    "load_config",
    "settings",
]
