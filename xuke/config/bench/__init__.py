"""The figures of the product, measured: CPU per operation, stories per second. `xuke bench` prints them as JSON."""
