"""许可 (Xuke): license producers entirely online and supervise what was licensed.

One package, one app per noun of the office; imports between them point down only (see docs/ARCHITECTURE.md).
"""

__version__ = "0.1.0"
