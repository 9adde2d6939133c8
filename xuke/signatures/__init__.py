"""Signed statements: what a person saw, bound to who they were and for whom they acted, at the moment of signing."""
