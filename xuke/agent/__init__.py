"""The signing agent (签名助手): a small server on a person's own machine that signs with their key for our pages.

It stands where the middleware of a USB key stands: a page asks it for the certificate and for a signature, the person
types the PIN. It signs what our platform asks for and nothing else. No Django; it needs `foundation.pki` only.
"""
