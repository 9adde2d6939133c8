"""What everybody may know: the public register with its history, decisions, progress by receipt number, public figures.

A projection: handlers of news write it, the pages and interfaces of the public read it in a database role that sees
nothing else. It can be made anew from the journal at any time, and holds nothing that is not published.
"""
