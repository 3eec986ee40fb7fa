"""`rules/<desk>/` as values: everything that one desk's regulation says."""

from maild.regulation.load import Regulation, load_regulation

__all__ = ["Regulation", "load_regulation"]
