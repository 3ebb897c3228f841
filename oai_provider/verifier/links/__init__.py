"""Whether the addresses in items lead anywhere, asked of their hosts politely.

Done only when somebody asks for it. What is in items was written by strangers: no
address inside a network is asked, however it is named or reached.
"""
