"""What repository managers want to know of their records before anybody harvests them.

Items are judged, in the store or in files not loaded yet: whether they can be served,
whether a harvester that matters would take them, and whether what they say looks right.
Nothing is changed and nothing is asked of the network.
"""
