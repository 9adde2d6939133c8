"""How a person proves who they are: passwords, second factors, certificates, the identity platform, sessions.

Owns sessions, factors and every attempt to come in. Who people are and what they may do belongs to `accounts` below,
whom they act for to `parties` above.
"""
