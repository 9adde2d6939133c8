"""`/api/v1`: what everybody may read, for other systems: the register, verification, progress, announcements.

It answers out of the public tables in the role that sees nothing else, knows no sessions, and writes nothing.
"""
