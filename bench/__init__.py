"""Measurements: what a letter costs maild, beside the least that it can cost. Run `make bench`; not installed."""
