"""How the documentation is built: `sphinx-build -n -W docs docs/_build/html`."""

project = "oai-provider"
author = "The oai-provider authors"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "oai-provider"
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]
