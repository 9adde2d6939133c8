"""Backup and restore: a folder that says what it holds, made while people work, and a new installation made from it.

`manifest` is what a backup says of itself, `pool` the contents that backups share, `database` the dump, `making` and
`restoring` the two commands, `history` the copy of the server from which any later moment can be reached.
"""
