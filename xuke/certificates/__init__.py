"""The register of rights (`Licence`) and their files (`CertificateVersion`): issue, make, verify.

It lies below `licensing`: a decision calls `commands.issue` in its own transaction, so that the decision and the right
are born together or not at all.
"""
