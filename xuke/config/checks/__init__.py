"""Whether an installation may be opened to people: `configuration`, `database` and `machine` each ask their part.

Every check is a small function that gives the findings it has, none when all is well.
"""
