"""Codecs between bytes and values. No network, no database."""
