"""The installation cannot be used like this."""


class Unusable(Exception):
    """The message says why, in Chinese, and what to do; the command line prints it and ends with 2."""
