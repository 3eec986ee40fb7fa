"""`rules/<desk>/` as values: everything that one desk's regulation says. `load` brings it all together."""
