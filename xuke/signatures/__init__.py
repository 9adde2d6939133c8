"""Signed statements: what a person saw, bound to who they were and for whom they acted, at the moment of signing.

Owns statements (`statement`), the signatures under them (`Signature`), what each means of signing proves and how it is
checked again years later (`checking`, without a database), and the package in which both are taken away. What is
declared, by whom and when, is composed by the apps above; whose certificate or passkey it is, by `identity`.
"""
