"""Other people's keys: certificates of licensed certification authorities (RSA, ECDSA, SM2), chains and signatures.

Who somebody is, what a signature obliges to and whose enterprise a credit code names is for the apps above. Here is
only what mathematics and X.509 can answer. Pure: no Django, no database, no clock; `at` and `now` are arguments.
"""
