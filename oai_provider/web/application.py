"""The Flask application: the OAI endpoint before it, the pages for people in it."""

import sys

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from oai_provider.assembly import open_provider, utc_now
from oai_provider.config import Config
from oai_provider.provider.answer import Provider
from oai_provider.web.endpoint import Endpoint
from oai_provider.web.front import Front
from oai_provider.web.log import Log, request_logger
from oai_provider.web.views import add_pages


def create_app(
    config: Config,
    *,
    provider: Provider | None = None,
    log: Log | None = None,
) -> Flask:
    """Return the application for a configuration.

    Without `provider` the store of the configuration is opened; without `log`,
    lines are written to standard error.
    """
    provider = provider or open_provider(config, utc_now)
    app = Flask("oai_provider.web", static_folder=None)
    # Errors reach Front, which logs them and hides them from the client.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.jinja_env.undefined = StrictUndefined
    add_pages(app, provider)
    endpoint = Endpoint(provider=provider, max_body=config.server.max_body)
    front = Front(
        endpoint=endpoint, pages=app.wsgi_app, log=log or request_logger(sys.stderr)
    )
    app.wsgi_app = _behind(config.server.trusted_proxies, front)  # type: ignore[method-assign]  # as Flask documents
    return app


def _behind(proxies: int, front: Front) -> Front | ProxyFix:
    if not proxies:
        return front
    return ProxyFix(
        front,
        x_for=proxies,
        x_proto=proxies,
        x_host=proxies,
        x_port=proxies,
        x_prefix=proxies,
    )
