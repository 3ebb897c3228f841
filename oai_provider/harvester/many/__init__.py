"""Many endpoints: what is due is harvested, one source of a host at a time."""
