"""Where finished records are kept: the Store protocol and its SQL implementation."""
