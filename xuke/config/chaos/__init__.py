"""What happens when anything dies at any moment: kills, cuts, a full disk and a jumping clock under load, and the proof
that nothing which was acknowledged is lost, nothing is done twice, no number is missing and every job ends.

`plan` says what will happen (from a seed), `faults` does it, `people` tell stories meanwhile and keep a `ledger`
outside the database, `keepers` start again what died, and `checking` holds the ledger against the database.
"""
