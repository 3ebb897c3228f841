"""The application for any WSGI server, as `oai_provider.wsgi:app`.

Made when a server first asks for it, from the file that OAI_PROVIDER_CONFIG names,
else `oai-provider.toml` if there is one, and from the environment.
"""

import os
from functools import cache
from pathlib import Path

from flask import Flask

from oai_provider.config import load_config
from oai_provider.web import create_app


def __getattr__(name: str) -> Flask:
    if name == "app":
        return _app()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _app() -> Flask:
    file = os.environ.get("OAI_PROVIDER_CONFIG")
    return create_app(load_config(Path(file) if file else None))
