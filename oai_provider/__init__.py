"""An OAI-PMH 2.0 repository: parse once, answer from finished XML, write bytes."""
