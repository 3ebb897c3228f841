"""The repository over HTTP: OAI-PMH for harvesters, pages for people."""

from oai_provider.web.application import create_app

__all__ = ["create_app"]
