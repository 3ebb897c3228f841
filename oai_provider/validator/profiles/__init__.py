"""Would they take me? What known harvesters need, measured over a sample of records.

A profile is what one of them wants of records and of the endpoint: `profiles.toml`. A
sample is read, every need is measured over it, and the shares make an assessment. What
is broken of the protocol itself is for the rules to say.
"""
