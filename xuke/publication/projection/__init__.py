"""The only writers of the public tables. They say nothing new, so they record nothing: the journal is where they read.

Each can run at any time, any number of times, in any order: it writes what is so now. `rebuilding.REBUILDERS` names
them all, for `xuke publish --rebuild`.
"""
