"""The root of every exception this package raises on purpose."""


class OaiProviderError(Exception):
    """Something a user can mend: the message names the thing, the value, the remedy."""
