"""The register of those who verify (核查人员名册): credentials, specialities, training, recusal; who may go, and teams.

Who holds the office of a verifier is a posting (`accounts`); what visits there are is known above, in `licensing`.
"""
