"""Logging in with the certificate of a certification authority (数字证书): challenge and response, or TLS.

Owns which certificates are bound to which person (`BoundCertificate`), challenges and those already used
(`SpentChallenge`), the trust store, and the header by which a proxy passes on a client certificate. What a chain and a
signature are worth is judged by `xuke.foundation.pki`.
"""
